# Compiled by `python -m generator` from mosaic_fetch_async.py. Never edit by hand.
# ruff: noqa
"""Fetches the tiles of a map, and builds one picture of them."""

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
    """Fetches and adds the file of each tile. If that fails, the incomplete picture is deleted."""

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
