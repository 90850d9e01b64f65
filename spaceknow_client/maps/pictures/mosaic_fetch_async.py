"""One picture of all tiles of a map, stitched while they are fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...runtime.bounded_map_async import async_bounded_map
from ...runtime.concurrency import AsyncPromise, async_off_loop
from ..grid_file import GridFile
from ..tile import Tile
from .mosaic_builder import MosaicBuilder

AsyncFetch = Callable[[Tile], AsyncPromise[GridFile | None]]


async def async_fetch_mosaic(
    stitching: MosaicBuilder, fetch: AsyncFetch, tiles: Iterable[Tile], concurrency: int
) -> None:
    """Fetches each tile's file and puts it in its place. Nothing is left of a picture that fails."""

    async def one(tile: Tile) -> None:
        await async_off_loop(stitching.add, tile, await fetch(tile))

    try:
        await async_bounded_map(one, tiles, concurrency)
        await async_off_loop(stitching.close)
    except BaseException:
        stitching.drop()
        raise
