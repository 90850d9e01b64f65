"""Identifiers that look random and are the same in every run with the same seed."""

from __future__ import annotations

import hashlib
import itertools
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


def digest(*parts: object) -> bytes:
    """64 bytes that depend on every part and on nothing else."""
    text = "\x1f".join(repr(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace")).digest()


def identifier(length: int, *parts: object) -> str:
    """Up to 64 letters and digits, derived from `parts`."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest(*parts)[:length])


class Identifiers:
    """An endless supply of different identifiers of one kind. May be used by several threads."""

    def __init__(self, length: int, *parts: object) -> None:
        self._length = length
        self._parts = parts
        self._numbers = itertools.count()

    def next(self) -> str:
        """An identifier that this object has not given before."""
        return identifier(self._length, *self._parts, next(self._numbers))
