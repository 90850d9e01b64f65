"""Web Mercator tiles, and the pixel coordinates of zoom 19 used for the whole world.

A position of the world is (x, y) in pixels of zoom 19: x to the east, y to the south, 256 pixels
per tile. Tiles of all zooms nest in these coordinates exactly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from ..extents import EARTH_RADIUS
from .noise import Floats, NoiseGrid

MAX_ZOOM = 19
TILE_SIZE = 256
WORLD_PIXELS = TILE_SIZE * 2**MAX_ZOOM
MAX_LATITUDE = 85.051129

EARTH_ECCENTRICITY_2 = 0.00669437999014
MERCATOR_PIXEL = 2 * math.pi * EARTH_RADIUS / WORLD_PIXELS
"""Width of a pixel of zoom 19 in meters of EPSG:3857 (true meters only at the equator)."""


class Tile(NamedTuple):
    """A Web Mercator tile; (z, 0, 0) is the north-west corner of the world."""

    z: int
    x: int
    y: int

    @property
    def size(self) -> int:
        """Width of the tile in pixels of zoom 19."""
        return TILE_SIZE << (MAX_ZOOM - self.z)

    @property
    def left(self) -> int:
        """The western edge, in pixels of zoom 19."""
        return self.x * self.size

    @property
    def top(self) -> int:
        """The northern edge, in pixels of zoom 19."""
        return self.y * self.size

    def grid(self, pixels: int = TILE_SIZE) -> NoiseGrid:
        """Its pixels, `pixels` per side."""
        return NoiseGrid(self.left, self.top, self.size / pixels, pixels)

    def box(self) -> Polygon:
        """The tile's rectangle in longitude and latitude."""
        west, north = lonlat(np.float64(self.left), np.float64(self.top))
        east, south = lonlat(np.float64(self.left + self.size), np.float64(self.top + self.size))
        return shapely.box(float(west), float(south), float(east), float(north))

    def children(self) -> tuple[Tile, ...]:
        """The four tiles of the next zoom that make up this one."""
        return tuple(
            Tile(self.z + 1, 2 * self.x + i, 2 * self.y + j) for j in (0, 1) for i in (0, 1)
        )


def lonlat(x: Floats | np.float64, y: Floats | np.float64) -> tuple[Floats, Floats]:
    """Pixels of zoom 19 to degrees."""
    lon = np.asarray(x) * (360.0 / WORLD_PIXELS) - 180.0
    lat = np.degrees(np.arctan(np.sinh(math.pi * (1 - np.asarray(y) * (2.0 / WORLD_PIXELS)))))
    return lon, lat


def pixels(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Degrees to pixels of zoom 19; latitudes beyond the map are moved to its edge."""
    phi = np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE))
    x = (lon + 180.0) * (WORLD_PIXELS / 360.0)
    y = (1 - np.arcsinh(np.tan(phi)) / math.pi) * (WORLD_PIXELS / 2)
    return x, y


def pixel_point(lon: float, lat: float) -> tuple[float, float]:
    """Like `pixels`, for one point."""
    x, y = pixels(np.array([lon]), np.array([lat]))
    return float(x[0]), float(y[0])


def pixel_area(y: Floats) -> Floats:
    """True area, in m2 on the WGS84 ellipsoid, of a pixel of zoom 19 at vertical position y."""
    _, lat = lonlat(y, y)
    sin2 = np.sin(np.radians(lat)) ** 2
    # Both radii of curvature, in units of that of the equator: Web Mercator projects a sphere.
    east = 1 / np.sqrt(1 - EARTH_ECCENTRICITY_2 * sin2)
    north = (1 - EARTH_ECCENTRICITY_2) * east**3
    return np.asarray(MERCATOR_PIXEL**2 * (1 - sin2) * east * north)


def covers_points(area: BaseGeometry, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Which points are in the area.

    shapely prepares a geometry for tests of many points, and a prepared geometry is not thread-safe.
    Areas are shared between requests, so a copy is prepared.
    """
    return np.asarray(shapely.contains_xy(shapely.force_2d(area), lon, lat))
