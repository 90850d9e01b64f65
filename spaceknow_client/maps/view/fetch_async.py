"""Fetches the files for a page of maps."""

from __future__ import annotations

from collections.abc import Callable

from ...runtime.concurrency import AsyncPromise, async_fan_out
from ..grid_file import GridFile
from ..kraken_map import KrakenMap
from ..map_files import check_count, checked_zoom, count_tiles, tiles_of
from ..named_file_async import AsyncNamedFile
from ..tile import Tile
from ..touched import Zoom
from .frames import Dates, Frame, Maps, dated, layers_of, pictured

AsyncFetch = Callable[[KrakenMap, Tile, str], AsyncPromise[GridFile | None]]


async def async_frames(
    maps: Maps | Dates, zoom: Zoom, max_files: int | None, fetch: AsyncFetch, concurrency: int
) -> list[Frame]:
    """The frames of a page. Each file is fetched once."""
    steps = dated(maps)
    shown = [(map, name) for _, some in steps for map in some for name in pictured(map)]
    levels = [checked_zoom(map, zoom) for map, _ in shown]
    check_count(
        sum(count_tiles(map, level) for (map, _), level in zip(shown, levels, strict=True)),
        zoom,
        max_files,
    )
    wanted = [
        (_named(fetch, map, name), list(tiles_of(map, level)))
        for (map, name), level in zip(shown, levels, strict=True)
    ]

    async def first(asked: tuple[AsyncNamedFile, list[Tile]]) -> GridFile | None:
        file, tiles = asked
        return await file.first(tiles[0]) if tiles else None

    async def next_one(asked: tuple[AsyncNamedFile, Tile]) -> GridFile | None:
        file, tile = asked
        return await file.next(tile)

    started = await async_fan_out(first, wanted, concurrency)
    rest = [(file, tile) for file, tiles in wanted for tile in tiles[1:]]
    came = iter(await async_fan_out(next_one, rest, concurrency))
    found = [
        [one, *(next(came) for _ in tiles[1:])]
        for one, (_, tiles) in zip(started, wanted, strict=True)
    ]
    files = iter([(*which, some) for which, some in zip(shown, found, strict=True)])
    return [
        Frame(
            label=label,
            layers=layers_of(some, [next(files) for map in some for _ in pictured(map)]),
        )
        for label, some in steps
    ]


def _named(fetch: AsyncFetch, map: KrakenMap, name: str) -> AsyncNamedFile:
    async def one(tile: Tile) -> GridFile | None:
        return await fetch(map, tile, name)

    return AsyncNamedFile(one, by_default=True)
