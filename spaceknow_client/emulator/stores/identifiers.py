"""Identifiers that look random but depend only on the seed."""

from __future__ import annotations

import hashlib
import itertools
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


def digest(*parts: object) -> bytes:
    """64 bytes that depend only on the parts."""
    text = "\x1f".join(repr(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace")).digest()


def identifier(length: int, *parts: object) -> str:
    """Up to 64 letters and digits, derived from `parts`."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest(*parts)[:length])


class Identifiers:
    """An endless sequence of different identifiers of one kind. Thread-safe."""

    def __init__(self, length: int, *parts: object) -> None:
        self._length = length
        self._parts = parts
        self._numbers = itertools.count()

    def next(self) -> str:
        """The next identifier."""
        return identifier(self._length, *self._parts, next(self._numbers))
