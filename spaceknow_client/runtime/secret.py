"""Passwords, tokens and messages that hold them, as values whose repr shows nothing.

Error trackers, debuggers and `pytest -l` record the local variables of each frame by their repr. What
is made of such a value (`f"Bearer {token}"`) is plain text again; a part of it is not.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

T = TypeVar("T")


class Secret(str):
    """A text that is shown only to who asks for it by `str`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"

    def __getitem__(self, index: Any) -> Secret:
        return Secret(super().__getitem__(index))


class SecretBytes(bytes):
    """Bytes of which the repr shows the number."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return found if isinstance(found, int) else SecretBytes(found)


def hidden(value: T) -> T:
    """The same text or bytes, with a repr that shows nothing; any other value as it is."""
    if isinstance(value, str):
        return cast("T", Secret(value))
    if isinstance(value, (bytes, bytearray)):
        return cast("T", SecretBytes(value))
    return value
