"""Values and texts as messages show them: short, printable, and without raising."""

from __future__ import annotations

from reprlib import Repr

LONGEST = 80  # characters of what is not a list, which may have some more


class _Brief(Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = LONGEST

    def repr_int(self, x: int, level: int) -> str:
        try:
            return super().repr_int(x, level)
        except ValueError:  # more than 4,300 digits are not written
            return f"an integer of {x.bit_length()} bits"


_brief = _Brief()


def shown(value: object) -> str:
    """A value's repr, of about LONGEST characters at most."""
    return printable(_brief.repr(value))


def printable(text: str) -> str:
    """A text with everything escaped that does something to a terminal instead of being seen."""
    if text.isprintable():
        return text
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )
