"""Files to download that are no operations of the document: images and tables.

Their addresses are those of storage somewhere else at the real API. Here they lie under PREFIX.
Whoever knows an address may read the file, without a token, so its name cannot be guessed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from .identifiers import identifier

PREFIX = "/emulator-files/"


class Download(NamedTuple):
    """A file: its media type, and what makes its bytes whenever it is fetched."""

    media_type: str
    content: Callable[[], bytes]


class Downloads:
    """All files so far. May be used by several threads."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._files: dict[str, Download] = {}

    def add(self, key: str, name: str, file: Download) -> str:
        """Offers a file; returns its path. Equal keys share a path."""
        path = f"{PREFIX}{identifier(40, self._seed, 'download', key)}/{name}"
        with self._lock:
            self._files[path] = file
        return path

    def get(self, path: str) -> Download | None:
        """The file of a path."""
        with self._lock:
            return self._files.get(path)
