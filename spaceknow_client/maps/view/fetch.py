# Compiled by `python -m generator` from fetch_async.py. Never edit by hand.
# ruff: noqa
"""What a page shows of maps, fetched."""

from __future__ import annotations

from collections.abc import Callable

from ...runtime.concurrency import Promise, fan_out
from ..grid_file import GridFile
from ..kraken_map import KrakenMap
from ..map_files import tiles_of
from ..tile import Tile
from .frames import Dates, Frame, Maps, dated, layers_of, pictured

Fetch = Callable[[KrakenMap, Tile, str], Promise[GridFile | None]]


def frames(maps: Maps | Dates, zoom: int | None, fetch: Fetch, concurrency: int) -> list[Frame]:
    """The frames of a page. Each file is fetched once."""
    steps = dated(maps)
    wanted = [
        (map, name, list(tiles_of(map, zoom)))
        for _, some in steps
        for map in some
        for name in pictured(map)
    ]

    def one(asked: tuple[KrakenMap, Tile, str]) -> GridFile | None:
        return fetch(*asked)

    asked = [(map, tile, name) for map, name, tiles in wanted for tile in tiles]
    came = iter(fan_out(one, asked, concurrency))
    files = iter([(map, name, [next(came) for _ in tiles]) for map, name, tiles in wanted])
    return [
        Frame(
            label=label,
            layers=layers_of(some, [next(files) for map in some for _ in pictured(map)]),
        )
        for label, some in steps
    ]
