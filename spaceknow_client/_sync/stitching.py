# Compiled by `python -m generator` from _async/. Never edit by hand.
"""One picture of all tiles of a map, stitched while they are fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .._concurrency import Promise, off_loop
from ..grid_file import GridFile
from ..stitching import Stitching
from ..tile import Tile
from .each import each

Fetch = Callable[[Tile], Promise[GridFile | None]]


def stitch(stitching: Stitching, fetch: Fetch, tiles: Iterable[Tile], concurrency: int) -> None:
    """Fetches each tile's file and puts it in its place. Nothing is left of a picture that fails."""

    def one(tile: Tile) -> None:
        off_loop(stitching.add, tile, fetch(tile))

    try:
        each(one, tiles, concurrency)
        off_loop(stitching.close)
    except BaseException:
        stitching.drop()
        raise
