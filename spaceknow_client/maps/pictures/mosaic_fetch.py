# Compiled by `python -m generator` from mosaic_fetch_async.py. Never edit by hand.
# ruff: noqa
"""One picture of all tiles of a map, stitched while they are fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...runtime.bounded_map import bounded_map
from ...runtime.concurrency import Promise, off_loop
from ..grid_file import GridFile
from ..tile import Tile
from .mosaic_builder import MosaicBuilder

Fetch = Callable[[Tile], Promise[GridFile | None]]


def fetch_mosaic(
    stitching: MosaicBuilder, fetch: Fetch, tiles: Iterable[Tile], concurrency: int
) -> None:
    """Fetches each tile's file and puts it in its place. Nothing is left of a picture that fails."""

    def one(tile: Tile) -> None:
        off_loop(stitching.add, tile, fetch(tile))

    try:
        bounded_map(one, tiles, concurrency)
        off_loop(stitching.close)
    except BaseException:
        stitching.drop()
        raise
