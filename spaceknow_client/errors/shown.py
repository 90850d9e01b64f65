"""Values and texts as messages show them: short, printable, and without raising."""

from __future__ import annotations

from reprlib import Repr


class _Brief(Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 80

    def repr_int(self, x: int, level: int) -> str:
        try:
            return super().repr_int(x, level)
        except ValueError:  # more than 4,300 digits are not written
            return f"an integer of {x.bit_length()} bits"


_brief = _Brief()


def shown(value: object) -> str:
    """A value's repr, of about 80 characters at most."""
    return printable(_brief.repr(value))


def printable(text: str) -> str:
    """A text with everything escaped that does something to a terminal instead of being seen."""
    if text.isprintable():
        return text
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )
