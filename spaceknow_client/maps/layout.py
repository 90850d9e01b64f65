"""Where the tiles of a map lie in a picture or an array of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors.base import InvalidArgumentError
from .tile import Tile

# Empty places included: a GeoTIFF keeps 16 bytes of each in memory, and each is a task of an array.
MAX_PLACES = 1_000_000
MAX_SIDE = 16_384  # of an array, which has the place of each row and column of pixels in memory


class Layout(NamedTuple):
    """The rectangle of tiles of one zoom level: its top left tile, and how many.

    It may go on beyond 180 degrees: column 0 of the world is then beside the last one.
    """

    zoom: int
    left: int
    top: int
    columns: int
    rows: int

    def place(self, tile: Tile) -> tuple[int, int]:
        """The row and the column in which a tile begins, which may be larger than a place."""
        side = 1 << (self.zoom - tile.z)
        return tile.y * side - self.top, (tile.x * side - self.left) % 2**self.zoom

    def tile(self, row: int, column: int) -> Tile:
        """The tile at a place."""
        return Tile(self.zoom, (self.left + column) % 2**self.zoom, self.top + row)


def layout_of(tiles: Sequence[Tile], zoom: int | None = None) -> Layout:
    """The rectangle around tiles, or around their children at `zoom`.

    Raises InvalidArgumentError for what makes no one rectangle, and for too many places.
    """
    if not tiles:
        raise InvalidArgumentError("the map has no tile, so there is nothing to show.")
    level = tiles[0].z if zoom is None else zoom
    other = next((tile.z for tile in tiles if zoom is None and tile.z != level), None)
    if other is not None:
        raise InvalidArgumentError(
            f"the tiles lie on several zoom levels, such as {level} and {other}.",
            hint="Give a zoom at which all of them have children.",
        )
    found = rectangle(tiles, level)
    if found.columns * found.rows > MAX_PLACES:
        raise InvalidArgumentError(
            f"the rectangle around the tiles has {found.columns} x {found.rows} of them, more than "
            f"{MAX_PLACES:,}.",
            hint=f"Take each of map.parts({'' if zoom is None else f'zoom={zoom}'}) for itself.",
        )
    return found


def rectangle(tiles: Sequence[Tile], zoom: int) -> Layout:
    """The smallest rectangle of places around tiles."""
    spans = {(tile.x << (zoom - tile.z), (tile.x + 1) << (zoom - tile.z)) for tile in tiles}
    left, right = shortest_arc(spans, 2**zoom)
    top = min(tile.y << (zoom - tile.z) for tile in tiles)
    bottom = max((tile.y + 1) << (zoom - tile.z) for tile in tiles)
    return Layout(zoom, int(left), top, int(right - left), bottom - top)


def shortest_arc(spans: Iterable[tuple[float, float]], around: float) -> tuple[float, float]:
    """From where to where all spans lie on a circle; the end may be beyond `around`, its length.

    Among equals it is the one that does not go beyond.
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
