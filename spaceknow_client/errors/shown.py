"""Values and strings as shown in messages: short, printable, and never raising."""

from __future__ import annotations

from reprlib import Repr

LONGEST = 80  # characters, except for lists, which may be somewhat longer


class _Brief(Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = LONGEST

    def repr_int(self, x: int, level: int) -> str:
        try:
            return super().repr_int(x, level)
        except ValueError:  # more than 4,300 digits
            return f"an integer of {x.bit_length()} bits"


_brief = _Brief()


def shown(value: object) -> str:
    """The repr of a value, shortened to about LONGEST characters."""
    return printable(_brief.repr(value))


def printable(text: str) -> str:
    """A string with control characters for terminals escaped."""
    if text.isprintable():
        return text
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )
