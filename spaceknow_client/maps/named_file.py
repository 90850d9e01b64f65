# Compiled by `python -m generator` from named_file_async.py. Never edit by hand.
# ruff: noqa
"""One file of a map's tiles, under a name that the caller chose or that the map type has by default."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors.codes import UnsupportedFileNameError
from ..runtime.concurrency import Promise, fan_out
from .grid_file import GridFile
from .tile import Tile

Fetch = Callable[[Tile], Promise[GridFile | None]]


class NamedFile:
    """What `fetch` gives of each tile. The first one is asked for before the others.

    If the service refuses a name that nobody chose (UNSUPPORTED-FILE-NAME), no tile has the file, and
    none of the others is asked for it. A name that the caller chose is an error then.
    """

    def __init__(self, fetch: Fetch, *, by_default: bool) -> None:
        self._fetch = fetch
        self._by_default = by_default
        self._is_refused = False

    def first(self, tile: Tile) -> GridFile | None:
        """The file of the tile that is asked first."""
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
        """Those of many tiles, in their order."""
        rest = iter(tiles)
        for tile in rest:
            return [self.first(tile), *fan_out(self.next, rest, concurrency)]
        return []
