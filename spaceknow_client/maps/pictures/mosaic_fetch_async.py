"""Fetches the tiles of a map, and builds one picture of them."""

from __future__ import annotations

from collections.abc import Iterable

from ...runtime.bounded_map_async import async_bounded_map
from ...runtime.concurrency import async_off_loop
from ..named_file_async import AsyncNamedFile
from ..tile import Tile
from .mosaic_builder import MosaicBuilder


async def async_fetch_mosaic(
    stitching: MosaicBuilder, file: AsyncNamedFile, tiles: Iterable[Tile], concurrency: int
) -> None:
    """Fetches and adds the file of each tile. If that fails, the incomplete picture is deleted."""

    async def one(tile: Tile) -> None:
        await async_off_loop(stitching.add, tile, await file.next(tile))

    rest = iter(tiles)
    try:
        for tile in rest:
            await async_off_loop(stitching.add, tile, await file.first(tile))
            break
        await async_bounded_map(one, rest, concurrency)
        await async_off_loop(stitching.close)
    except BaseException:
        stitching.drop()
        raise
