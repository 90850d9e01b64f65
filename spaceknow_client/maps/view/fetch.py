# Compiled by `python -m generator` from fetch_async.py. Never edit by hand.
# ruff: noqa
"""Fetches the files for a page of maps."""

from __future__ import annotations

from collections.abc import Callable

from ...runtime.concurrency import Promise, fan_out
from ..grid_file import GridFile
from ..kraken_map import KrakenMap
from ..map_files import check_count, checked_zoom, count_tiles, tiles_of
from ..named_file import NamedFile
from ..tile import Tile
from ..touched import Zoom
from .frames import Dates, Frame, Maps, dated, layers_of, pictured

Fetch = Callable[[KrakenMap, Tile, str], Promise[GridFile | None]]


def frames(
    maps: Maps | Dates, zoom: Zoom, max_files: int | None, fetch: Fetch, concurrency: int
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

    def first(asked: tuple[NamedFile, list[Tile]]) -> GridFile | None:
        file, tiles = asked
        return file.first(tiles[0]) if tiles else None

    def next_one(asked: tuple[NamedFile, Tile]) -> GridFile | None:
        file, tile = asked
        return file.next(tile)

    started = fan_out(first, wanted, concurrency)
    rest = [(file, tile) for file, tiles in wanted for tile in tiles[1:]]
    came = iter(fan_out(next_one, rest, concurrency))
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


def _named(fetch: Fetch, map: KrakenMap, name: str) -> NamedFile:
    def one(tile: Tile) -> GridFile | None:
        return fetch(map, tile, name)

    return NamedFile(one, by_default=True)
