"""The pixels and tiles touched by an extent."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from .noise import NoiseGrid
from .tiles import MAX_ZOOM, TILE_SIZE, WORLD_PIXELS, Tile, covers_points, pixels

_EDGE = 0.02  # degrees; edges are straight in degrees and bend slightly on the map
_NOTHING = 1e-6  # of a tile or a pixel; sharing only an edge does not count as touching


class Area:
    """The polygons of an extent; `shape` is in degrees."""

    def __init__(self, extent: BaseGeometry) -> None:
        self.shape = MultiPolygon(polygons(extent))
        self._flat = shapely.transform(shapely.segmentize(self.shape, _EDGE), _in_pixels)

    def touches(self, tile: Tile) -> bool:
        """Whether a part of the area is in the tile."""
        edge = _NOTHING * tile.size
        left, top, size = tile.left + edge, tile.top + edge, tile.size - 2 * edge
        box = shapely.box(left, top, left + size, top + size)
        return bool(shapely.intersects(self._flat, box))

    def touched(self, grid: NoiseGrid) -> NDArray[np.bool_]:
        """The pixels that contain any part of the area, as imagery was clipped in 2019."""
        window = shapely.box(grid.x, grid.y, grid.x + grid.size, grid.y + grid.size)
        result = np.zeros((grid.count, grid.count), bool)
        if not shapely.intersects(self._flat, window):
            return result
        if shapely.contains_properly(self._flat, window):
            return ~result
        result[:] = covers_points(self._flat, *np.broadcast_arrays(*grid.axes()))
        # And the pixels on its outline, between each two crossings with lines of the grid.
        outline = shapely.get_parts(shapely.intersection(shapely.boundary(self._flat), window))
        points, line = shapely.get_coordinates(outline, return_index=True)
        points = (points - (grid.x, grid.y)) / grid.step
        joined = line[1:] == line[:-1]
        begin, along = points[:-1][joined], np.diff(points, axis=0)[joined]
        passed = _between_crossings(begin, along)
        within = (np.abs(passed - np.rint(passed)) > _NOTHING).all(axis=1)
        column, row = np.floor(passed[within]).astype(int).T
        inside = (column >= 0) & (row >= 0) & (column < grid.count) & (row < grid.count)
        result[row[inside], column[inside]] = True
        return result

    def tiles(self) -> list[Tile]:
        """The tiles of a map of the area, one to four in a square of 2 x 2.

        Their zoom is the deepest at which the box around the area is not larger than a tile in
        either direction. This matches all recorded maps. It is an assumption that an area on both
        sides of 180 degrees is measured across them.
        """
        if self._flat.is_empty:
            return []
        west, north, width, height = self._frame()
        zoom = MAX_ZOOM
        while zoom and max(width, height) > (1 + _NOTHING) * (TILE_SIZE << (MAX_ZOOM - zoom)):
            zoom -= 1
        size, count = TILE_SIZE << (MAX_ZOOM - zoom), 2**zoom
        left, top = int(west / size + _NOTHING), int(north / size + _NOTHING)
        block = {
            Tile(zoom, (left + i) % count, top + j)
            for i in (0, 1)
            for j in (0, 1)
            if top + j < count
        }
        return sorted(tile for tile in block if self.touches(tile))

    def size_in_tiles(self, zoom: int) -> float:
        """Number of tiles of a zoom in the boxes around its polygons, at least one each."""
        west, north, east, south = self._bounds()
        size = TILE_SIZE << (MAX_ZOOM - zoom)
        across, down = np.maximum((east - west) / size, 1), np.maximum((south - north) / size, 1)
        return float((across * down).sum())

    def _bounds(self) -> NDArray[np.float64]:
        return shapely.bounds(shapely.get_parts(self._flat)).reshape(-1, 4).T

    def _frame(self) -> tuple[float, float, float, float]:
        """The western and northern edge, width and height of the narrowest box around it."""
        west, north, east, south = self._bounds()
        order = np.argsort(west)
        west, reach = west[order], np.maximum.accumulate(east[order])
        gaps = np.roll(west, -1) - reach
        gaps[-1] += WORLD_PIXELS
        widest = int(gaps.argmax())
        begin = float(west[(widest + 1) % len(west)])
        top = float(north.min())
        return begin, top, WORLD_PIXELS - float(gaps[widest]), float(south.max()) - top


def _between_crossings(
    begin: NDArray[np.float64], along: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A point of each section into which the lines of a grid (integers) cut some segments."""
    shares, segments = [np.zeros(len(begin)), np.ones(len(begin))], [np.arange(len(begin))] * 2
    for axis in (0, 1):
        first = np.ceil(np.minimum(begin, begin + along)[:, axis]).astype(int)
        last = np.floor(np.maximum(begin, begin + along)[:, axis]).astype(int)
        crossed = np.where(along[:, axis] == 0, 0, np.maximum(last - first + 1, 0))
        segment = np.repeat(np.arange(len(begin)), crossed)
        number = np.arange(len(segment)) - np.repeat(np.cumsum(crossed) - crossed, crossed)
        shares.append((first[segment] + number - begin[segment, axis]) / along[segment, axis])
        segments.append(segment)
    share, segment = np.concatenate(shares), np.concatenate(segments)
    order = np.lexsort((share, segment))
    share, segment = share[order], segment[order]
    same = segment[1:] == segment[:-1]
    middle, segment = ((share[1:] + share[:-1]) / 2)[same], segment[1:][same]
    return np.asarray(begin[segment] + middle[:, None] * along[segment])


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


def _in_pixels(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack(pixels(points[:, 0], points[:, 1]), axis=1).astype(np.float64)
