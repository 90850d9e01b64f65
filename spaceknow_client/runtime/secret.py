"""Strings and bytes (passwords, tokens, messages that contain them) whose repr is masked.

Error trackers, debuggers and `pytest -l` record the repr of local variables of each frame. A string
built from such a value (`f"Bearer {token}"`) is not masked; a slice of it is.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

T = TypeVar("T")


class Secret(str):
    """A string whose repr is masked; `str(secret)` shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"

    def __getitem__(self, index: Any) -> Secret:
        return Secret(super().__getitem__(index))


class SecretBytes(bytes):
    """Bytes whose repr shows only their number."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return found if isinstance(found, int) else SecretBytes(found)


def hidden(value: T) -> T:
    """The same string or bytes with a masked repr; other values unchanged."""
    if isinstance(value, str):
        return cast("T", Secret(value))
    if isinstance(value, (bytes, bytearray)):
        return cast("T", SecretBytes(value))
    return value
