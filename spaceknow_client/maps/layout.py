"""The positions of a map's tiles in a picture or an array. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors.base import InvalidArgumentError
from .tile import Tile

# Includes empty positions: each takes 16 bytes of memory in a GeoTIFF, and is a task of an array.
MAX_PLACES = 1_000_000
MAX_SIDE = 16_384  # of an array, whose coordinates of rows and columns are in memory


class Layout(NamedTuple):
    """A rectangle of tiles of one zoom level: its top left tile and its size in tiles.

    It can cross 180 degrees: column 0 then follows the last column.
    """

    zoom: int
    left: int
    top: int
    columns: int
    rows: int

    def place(self, tile: Tile) -> tuple[int, int]:
        """The row and the column at which a tile begins; the tile can be larger than one position."""
        side = 1 << (self.zoom - tile.z)
        return tile.y * side - self.top, (tile.x * side - self.left) % 2**self.zoom

    def tile(self, row: int, column: int) -> Tile:
        """The tile at a position."""
        return Tile(self.zoom, (self.left + column) % 2**self.zoom, self.top + row)


def layout_of(tiles: Sequence[Tile], zoom: int | None = None) -> Layout:
    """The rectangle around tiles, or around their child tiles at `zoom`.

    Raises InvalidArgumentError for tiles of several zoom levels, and for a rectangle that is too large.
    """
    if not tiles:
        raise InvalidArgumentError("the map has no tiles to show.")
    level = tiles[0].z if zoom is None else zoom
    other = next((tile.z for tile in tiles if zoom is None and tile.z != level), None)
    if other is not None:
        raise InvalidArgumentError(
            f"the tiles are at several zoom levels, such as {level} and {other}.",
            hint="Pass a zoom at which all of them have child tiles.",
        )
    found = rectangle(tiles, level)
    if found.columns * found.rows > MAX_PLACES:
        raise InvalidArgumentError(
            f"the rectangle around the tiles has {found.columns} x {found.rows} tiles, more than "
            f"{MAX_PLACES:,}.",
            hint=f"Process each of map.parts({'' if zoom is None else f'zoom={zoom}'}) separately.",
        )
    return found


def rectangle(tiles: Sequence[Tile], zoom: int) -> Layout:
    """The smallest rectangle around tiles."""
    spans = {(tile.x << (zoom - tile.z), (tile.x + 1) << (zoom - tile.z)) for tile in tiles}
    left, right = shortest_arc(spans, 2**zoom)
    top = min(tile.y << (zoom - tile.z) for tile in tiles)
    bottom = max((tile.y + 1) << (zoom - tile.z) for tile in tiles)
    return Layout(zoom, int(left), top, int(right - left), bottom - top)


def shortest_arc(spans: Iterable[tuple[float, float]], around: float) -> tuple[float, float]:
    """The shortest range of a circle that contains all spans; its end can exceed `around`, the length.

    Among equally short ranges, one that does not exceed it is chosen.
    """
    ordered = sorted(spans)
    left = ordered[0][0]
    gap, begin, end = 0.0, left, ordered[0][1]
    for low, high in ordered:
        if low - end > gap:
            gap, begin = low - end, low
        end = max(end, high)
    if gap > left + around - end:
        return begin, begin + around - gap
    return left, end
