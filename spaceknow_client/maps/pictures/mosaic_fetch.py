# Compiled by `python -m generator` from mosaic_fetch_async.py. Never edit by hand.
# ruff: noqa
"""One picture of all tiles of a map, stitched while they are fetched."""

from __future__ import annotations

from collections.abc import Iterable

from ...runtime.bounded_map import bounded_map
from ...runtime.concurrency import off_loop
from ..named_file import NamedFile
from ..tile import Tile
from .mosaic_builder import MosaicBuilder


def fetch_mosaic(
    stitching: MosaicBuilder, file: NamedFile, tiles: Iterable[Tile], concurrency: int
) -> None:
    """Fetches each tile's file and puts it in its place. Nothing is left of a picture that fails."""

    def one(tile: Tile) -> None:
        off_loop(stitching.add, tile, file.next(tile))

    rest = iter(tiles)
    try:
        for tile in rest:
            off_loop(stitching.add, tile, file.first(tile))
            break
        bounded_map(one, rest, concurrency)
        off_loop(stitching.close)
    except BaseException:
        stitching.drop()
        raise
