"""Web Mercator tiles and the pixel space of zoom 19 in which the whole world is laid out.

A position of the world is (x, y) in pixels of zoom 19: x to the east, y to the south, 256 pixels
to a tile. Tiles of every zoom nest in it exactly, so one layout serves every zoom.
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
from .noise import Floats

MAX_ZOOM = 19
MIN_MAP_ZOOM = 16
TILE_SIZE = 256
WORLD_PIXELS = TILE_SIZE * 2**MAX_ZOOM
MAX_LATITUDE = 85.051129
MAX_TILES = 10_000
"""The most tiles that one map may have; see `map_tiles`."""

EARTH_ECCENTRICITY_2 = 0.00669437999014
MERCATOR_PIXEL = 2 * math.pi * EARTH_RADIUS / WORLD_PIXELS
"""Width of a pixel of zoom 19 in metres of EPSG:3857 (true metres at the equator only)."""

_FEW_TILES = 36


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
    def step(self) -> int:
        """Width of one of the tile's own 256 pixels, in pixels of zoom 19."""
        return 1 << (MAX_ZOOM - self.z)

    @property
    def left(self) -> int:
        """The western edge, in pixels of zoom 19."""
        return self.x * self.size

    @property
    def top(self) -> int:
        """The northern edge, in pixels of zoom 19."""
        return self.y * self.size

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
    """One point as `pixels` has it."""
    x, y = pixels(np.array([lon]), np.array([lat]))
    return float(x[0]), float(y[0])


def pixel_area(y: Floats) -> Floats:
    """True area, in m2 on the WGS84 ellipsoid, of a pixel of zoom 19 at height y of the map."""
    _, lat = lonlat(y, y)
    sin2 = np.sin(np.radians(lat)) ** 2
    # Both radii of curvature, in units of the equator's: Web Mercator is a map of a sphere.
    east = 1 / np.sqrt(1 - EARTH_ECCENTRICITY_2 * sin2)
    north = (1 - EARTH_ECCENTRICITY_2) * east**3
    return np.asarray(MERCATOR_PIXEL**2 * (1 - sin2) * east * north)


def covers_points(area: BaseGeometry, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Which points lie in the area.

    shapely prepares what it tests many points against, and a prepared geometry must not be used by
    two threads at once. Areas are shared between requests, so a copy of one's own is prepared.
    """
    return np.asarray(shapely.contains_xy(shapely.force_2d(area), lon, lat))


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry of any kind, valid and without overlaps; none for lines."""
    parts: list[BaseGeometry] = []
    stack = [geometry]
    while stack:
        part = stack.pop()
        inner = getattr(part, "geoms", None)
        if inner is not None:
            stack.extend(inner)
        elif part.geom_type == "Polygon" and not part.is_empty:
            parts.append(part if part.is_valid else shapely.make_valid(part))
    if len(parts) == 1 and isinstance(parts[0], Polygon):
        return [parts[0]]
    if not parts:
        return []
    joined = shapely.get_parts(shapely.union_all(parts))
    return [part for part in joined.tolist() if isinstance(part, Polygon) and part.area > 0]


def map_tiles(extent: BaseGeometry) -> list[Tile]:
    """The tiles of a map over `extent`, from north-west to south-east, all of one zoom level.

    The zoom is the deepest of 16 to 19 at which at most 36 tiles touch the extent, else 16. Each
    polygon of the extent gets the full rectangle of tiles around it, at least 2x2, so that a
    stitched picture has no holes. An extent without polygons has no tiles; one that needs more
    than MAX_TILES raises ValueError.
    """
    shapes = [shapely.transform(part, _in_pixels) for part in polygons(extent)]
    zoom = MAX_ZOOM
    while zoom > MIN_MAP_ZOOM and not _few(shapes, zoom):
        zoom -= 1
    ranges = [_grid(shape, zoom) for shape in shapes]
    if sum((right - left) * (bottom - top) for left, top, right, bottom in ranges) > MAX_TILES:
        raise ValueError(f"the extent needs more than {MAX_TILES} tiles of zoom {zoom}")
    found = {
        (y, x)
        for left, top, right, bottom in ranges
        for y in range(top, bottom)
        for x in range(left, right)
    }
    return [Tile(zoom, x, y) for y, x in sorted(found)]


def _in_pixels(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack(pixels(points[:, 0], points[:, 1]), axis=1).astype(np.float64)


def _few(shapes: list[Polygon], zoom: int) -> bool:
    size = TILE_SIZE << (MAX_ZOOM - zoom)
    touched: set[tuple[int, int]] = set()
    for shape in shapes:
        left, top, right, bottom = _range(shape, size)
        if right - left + bottom - top - 1 > _FEW_TILES:  # a connected shape touches these at least
            return False
        columns, rows = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
        x, y = columns.ravel(), rows.ravel()
        edge = 1e-6 * size  # a tile that only shares an edge with the extent is not touched
        boxes = shapely.box(
            x * size + edge, y * size + edge, (x + 1) * size - edge, (y + 1) * size - edge
        )
        hit = shapely.intersects(shape, boxes)
        touched.update(zip(x[hit].tolist(), y[hit].tolist(), strict=True))
        if len(touched) > _FEW_TILES:
            return False
    return True


def _range(shape: Polygon, size: int) -> tuple[int, int, int, int]:
    west, north, east, south = (value / size for value in shape.bounds)
    last = WORLD_PIXELS // size - 1
    left, top = (min(max(math.floor(value + 1e-6), 0), last) for value in (west, north))
    right, bottom = (min(max(math.ceil(value - 1e-6), 1), last + 1) for value in (east, south))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _grid(shape: Polygon, zoom: int) -> tuple[int, int, int, int]:
    size = TILE_SIZE << (MAX_ZOOM - zoom)
    left, top, right, bottom = _range(shape, size)
    west, north, east, south = (value / size for value in shape.bounds)
    left, right = _widen(left, right, (west + east) / 2, 2**zoom)
    top, bottom = _widen(top, bottom, (north + south) / 2, 2**zoom)
    return left, top, right, bottom


def _widen(first: int, end: int, middle: float, count: int) -> tuple[int, int]:
    """A single row or column gets the neighbour that lies nearer to the extent's middle."""
    if end - first > 1:
        return first, end
    if (middle - first >= 0.5 and end < count) or first == 0:
        return first, end + 1
    return first - 1, end
