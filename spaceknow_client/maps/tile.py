"""Web-map tiles: Web Mercator (EPSG:3857), `(0, 0)` at the top left."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

# Half the side of the world's square in Web Mercator, in meters of EPSG:3857.
HALF_WORLD = math.pi * 6_378_137.0


class Tile(NamedTuple):
    """One tile, in the API's order: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in degrees."""
        west, north = _corner(self.z, self.x, self.y)
        east, south = _corner(self.z, self.x + 1, self.y + 1)
        return west, south, east, north

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        west, south, east, north = self.bounds
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    @property
    def exists(self) -> bool:
        """Whether the tile exists; zoom levels are 0 to 30."""
        return 0 <= self.z <= 30 and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z

    @property
    def parent(self) -> Tile:
        """The tile of the previous zoom level that contains this one."""
        return Tile(self.z - 1, self.x // 2, self.y // 2)

    @property
    def children(self) -> tuple[Tile, Tile, Tile, Tile]:
        """The four tiles of the next zoom level: top left, top right, bottom left, bottom right."""
        z, x, y = self.z + 1, self.x * 2, self.y * 2
        return Tile(z, x, y), Tile(z, x + 1, y), Tile(z, x, y + 1), Tile(z, x + 1, y + 1)

    def descendants(self, zoom: int) -> Iterator[Tile]:
        """The tiles of a zoom level in this one, row by row; the tile itself for its own level."""
        side = 1 << (zoom - self.z)
        for y in range(self.y * side, (self.y + 1) * side):
            for x in range(self.x * side, (self.x + 1) * side):
                yield Tile(zoom, x, y)

    @property
    def corner(self) -> tuple[float, float]:
        """The north-western corner in meters of EPSG:3857: (easting, northing)."""
        side = 2 * HALF_WORLD / 2**self.z
        return self.x * side - HALF_WORLD, HALF_WORLD - self.y * side


def position(longitude: float, latitude: float, zoom: int) -> tuple[float, float]:
    """The position of a place at a zoom level, in tiles from the west and from the north."""
    scale = 2.0**zoom
    x = (longitude + 180) / 360 * scale
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * scale
    return x, y


def meters_per_pixel(zoom: int, y: float, pixels: int) -> float:
    """Meters on the ground per pixel at a row of tiles, for tiles with this side in pixels."""
    _, latitude = _corner(zoom, 0, y)
    return 2 * HALF_WORLD * math.cos(math.radians(latitude)) / 2.0**zoom / pixels


def _corner(zoom: int, x: float, y: float) -> tuple[float, float]:
    scale = 2.0**zoom
    longitude = x / scale * 360 - 180
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / scale))))
    return longitude, latitude
