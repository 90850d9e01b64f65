"""One picture of all tiles of a map, stitched while they are fetched."""

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
    """Fetches each tile's file and puts it in its place. Nothing is left of a picture that fails."""

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
