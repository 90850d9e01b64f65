# Compiled by `python -m generator` from named_file_async.py. Never edit by hand.
# ruff: noqa
"""One file of each tile of a map, with a name from the caller or the default of the map type."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors.codes import UnsupportedFileNameError
from ..runtime.concurrency import Promise, fan_out
from .grid_file import GridFile
from .tile import Tile

Fetch = Callable[[Tile], Promise[GridFile | None]]


class NamedFile:
    """Fetches the file of each tile with `fetch`, that of the first tile before the others.

    If the service refuses the name (UNSUPPORTED-FILE-NAME), it is an error if the caller chose the
    name. For a default name, no tile has the file, and no further requests are sent.
    """

    def __init__(self, fetch: Fetch, *, by_default: bool) -> None:
        self._fetch = fetch
        self._by_default = by_default
        self._is_refused = False

    def first(self, tile: Tile) -> GridFile | None:
        """The file of the first tile."""
        try:
            return self._fetch(tile)
        except UnsupportedFileNameError:
            if not self._by_default:
                raise
            self._is_refused = True
            return None

    def next(self, tile: Tile) -> GridFile | None:
        """The file of another tile."""
        return None if self._is_refused else self._fetch(tile)

    def all(self, tiles: Iterable[Tile], concurrency: int) -> list[GridFile | None]:
        """The files of many tiles, in their order."""
        rest = iter(tiles)
        for tile in rest:
            return [self.first(tile), *fan_out(self.next, rest, concurrency)]
        return []
