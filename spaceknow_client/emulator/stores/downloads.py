"""Downloadable files that are not operations of the document: images and tables.

The real API stores them on another host. Here they are under PREFIX. Anyone who knows a URL can read the
file without a token, so its name cannot be guessed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from .identifiers import identifier

PREFIX = "/emulator-files/"


class Download(NamedTuple):
    """A file: its media type, and a function that creates its bytes on each download."""

    media_type: str
    content: Callable[[], bytes]


class Downloads:
    """All files. Thread-safe."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._files: dict[str, Download] = {}

    def add(self, key: str, name: str, file: Download) -> str:
        """Adds a file; returns its path. Equal keys share a path."""
        path = f"{PREFIX}{identifier(40, self._seed, 'download', key)}/{name}"
        with self._lock:
            self._files[path] = file
        return path

    def get(self, path: str) -> Download | None:
        """The file at a path."""
        with self._lock:
            return self._files.get(path)
