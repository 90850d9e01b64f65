"""Where the tiles of a map lie in a picture or an array of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from ..errors.base import InvalidArgumentError
from .tile import Tile

# Empty places included: a GeoTIFF keeps 16 bytes of each in memory, and each is a task of an array.
MAX_PLACES = 1_000_000


class Layout(NamedTuple):
    """The rectangle of tiles of one zoom level: its top left tile, and how many."""

    zoom: int
    left: int
    top: int
    columns: int
    rows: int


def layout_of(tiles: Sequence[Tile], zoom: int | None = None) -> Layout:
    """The rectangle around tiles, or around their children at `zoom`.

    Raises InvalidArgumentError for what makes no one rectangle, and for too many places.
    """
    if not tiles:
        raise InvalidArgumentError("the map has no tile, so there is nothing to show.")
    level = tiles[0].z if zoom is None else zoom
    left, top, right, bottom = inf, inf, 0, 0
    for tile in tiles:
        if zoom is None and tile.z != level:
            raise InvalidArgumentError(
                f"the tiles lie on several zoom levels, such as {level} and {tile.z}.",
                hint="Give a zoom at which all of them have children.",
            )
        side = 1 << (level - tile.z)
        left, top = min(left, tile.x * side), min(top, tile.y * side)
        right, bottom = max(right, (tile.x + 1) * side), max(bottom, (tile.y + 1) * side)
    columns, rows = right - int(left), bottom - int(top)
    if columns * rows > MAX_PLACES:
        raise InvalidArgumentError(
            f"the rectangle around the tiles has {columns} x {rows} of them.",
            hint="Take the parts of the map that lie together, each alone: evolve it with some of its tiles.",
        )
    return Layout(level, int(left), int(top), columns, rows)
