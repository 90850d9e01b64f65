"""Ways to split a polygon into square tiles: ours, other libraries', and plain shapely.

Each takes a Task and returns the number of tiles; imports and reading the input are not measured.
`clips` tells whether it also computes the intersections of tiles.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

warnings.simplefilter("ignore")


@dataclass
class Task:
    """One extent: as GeoJSON, and as a polygon in its local equal-area plane, in meters."""

    geojson: dict[str, Any]
    flat: Any
    size: float
    crs: str

    @property
    def shape(self) -> tuple[int, int]:
        """Columns and rows of the grid."""
        west, south, east, north = self.flat.bounds
        return math.ceil((east - west) / self.size), math.ceil((north - south) / self.size)

    def boxes(self) -> Any:
        """All squares of the rectangle."""
        west, south, _, _ = self.flat.bounds
        columns, rows = self.shape
        x, y = np.meshgrid(
            west + np.arange(columns) * self.size, south + np.arange(rows) * self.size
        )
        return shapely.box(x.ravel(), y.ravel(), x.ravel() + self.size, y.ravel() + self.size)


Peer = Callable[[Task], Callable[[], int]]
PEERS: dict[str, Peer] = {}


def peer(name: str) -> Callable[[Peer], Peer]:
    def add(make: Peer) -> Peer:
        PEERS[name] = make
        return make

    return add


@peer("ours, in the plane")
def ours(task: Task) -> Callable[[], int]:
    from spaceknow_client.extents.geometry.projected_grid import ProjectedGrid
    from spaceknow_client.extents.geometry.projection import Projection
    from spaceknow_client.extents.geometry.rings import Rings

    plane = Projection(task.crs, True)

    def run() -> int:
        rings = Rings.of_shape(task.flat)
        plane_grid = ProjectedGrid.of_plane(
            rings, plane, task.size, "center", 0.0, task.size * 1e-5
        )
        made = (
            plane_grid.boundary_shapes
        )  # of every tile on the boundary; squares are made when asked for
        return len(plane_grid.cells.rows) if len(made) else 0

    return run


@peer("ours, in the plane, all as shapes")
def ours_all(task: Task) -> Callable[[], int]:
    from spaceknow_client.extents.geometry.projected_grid import ProjectedGrid
    from spaceknow_client.extents.geometry.projection import Projection
    from spaceknow_client.extents.geometry.rings import Rings

    plane = Projection(task.crs, True)

    def run() -> int:
        rings = Rings.of_shape(task.flat)
        plane_grid = ProjectedGrid.of_plane(
            rings, plane, task.size, "center", 0.0, task.size * 1e-5
        )
        return len(plane_grid.intersections(np.arange(len(plane_grid.cells.rows))))

    return run


@peer("ours, decompose of GeoJSON")
def ours_lazy(task: Task) -> Callable[[], int]:
    import spaceknow_client as sk

    return lambda: len(sk.decompose(task.geojson, task.size))


@peer("ours, GeoJSON in, degrees out")
def ours_whole(task: Task) -> Callable[[], int]:
    import spaceknow_client as sk

    return lambda: len(sk.decompose(task.geojson, task.size).intersections)


@peer("shapely, vectorized quadtree")
def quadtree(task: Task) -> Callable[[], int]:
    west, south, _, _ = task.flat.bounds
    levels = max(0, math.ceil(math.log2(max(task.shape))))

    def run() -> int:
        cells = np.zeros((1, 2), np.int64)
        parts = np.array([task.flat], object)
        found = 0
        for level in range(levels, -1, -1):
            side = task.size * 2**level
            low = np.array([west, south]) + cells * side
            boxes = shapely.box(low[:, 0], low[:, 1], low[:, 0] + side, low[:, 1] + side)
            cut = shapely.intersection(parts, boxes)
            areas = shapely.area(cut)
            kept = areas > 1e-8 * task.size**2
            whole = areas > side**2 * (1 - 1e-12)
            if level == 0:
                return found + int(kept.sum())
            for number in np.flatnonzero(whole):
                x, y = np.meshgrid(*(low[number] + task.size * np.arange(2**level)[:, None]).T)
                squares = shapely.box(x, y, x + task.size, y + task.size)
                found += squares.size
            kept &= ~whole
            steps = np.array([(0, 0), (1, 0), (0, 1), (1, 1)])
            cells = (cells[kept][:, None, :] * 2 + steps).reshape(-1, 2)
            parts = np.repeat(cut[kept], 4)
        return found

    return run


@peer("shapely, vectorized")
def vectorized(task: Task) -> Callable[[], int]:
    def run() -> int:
        boxes = task.boxes()
        shapely.prepare(task.flat)
        boxes = boxes[shapely.intersects(task.flat, boxes)]
        edge = ~shapely.contains_properly(task.flat, boxes)
        boxes[edge] = shapely.intersection(task.flat, boxes[edge])
        return len(boxes)

    return run


@peer("shapely, loop")
def loop(task: Task) -> Callable[[], int]:
    from shapely.prepared import prep

    def run() -> int:
        prepared = prep(task.flat)
        found = []
        for box in task.boxes():
            if prepared.contains(box):
                found.append(box)
            elif prepared.intersects(box):
                found.append(task.flat.intersection(box))
        return len(found)

    return run


@peer("geopandas.overlay")
def overlay(task: Task) -> Callable[[], int]:
    import geopandas

    area = geopandas.GeoDataFrame(geometry=[task.flat], crs=task.crs)

    def run() -> int:
        tiles = geopandas.GeoDataFrame(geometry=task.boxes(), crs=task.crs)
        return len(geopandas.overlay(tiles, area, how="intersection"))

    return run


@peer("sentinelhub BBoxSplitter")
def splitter(task: Task) -> Callable[[], int]:
    from sentinelhub import CRS, BBoxSplitter

    # It supports only some systems; meters in this one are as good as ours.
    def run() -> int:
        made = BBoxSplitter([task.flat], CRS.UTM_33N, task.shape)
        return len(made.get_geometry_list())

    return run


@peer("sentinelhub BBoxSplitter, no clip")
def splitter_tiles(task: Task) -> Callable[[], int]:
    from sentinelhub import CRS, BBoxSplitter

    return lambda: len(BBoxSplitter([task.flat], CRS.UTM_33N, task.shape).get_bbox_list())


@peer("odc-geo GeoboxTiles, no clip")
def odc(task: Task) -> Callable[[], int]:
    from odc.geo.geobox import GeoBox, GeoboxTiles
    from odc.geo.geom import Geometry

    def run() -> int:
        box = GeoBox.from_bbox(task.flat.bounds, crs=task.crs, resolution=task.size / 8)
        return sum(1 for _ in GeoboxTiles(box, (8, 8)).tiles(Geometry(task.flat, task.crs)))

    return run


def _zoom(task: Task) -> int:
    return max(0, round(math.log2(40_075_017 / task.size)))


@peer("mercantile and clip")
def mercantile(task: Task) -> Callable[[], int]:
    import mercantile as library

    area = shapely.geometry.shape(task.geojson)

    def run() -> int:
        found = 0
        for tile in library.tiles(*area.bounds, zooms=[_zoom(task)]):
            box = shapely.box(*library.bounds(tile))
            found += not area.intersection(box).is_empty
        return found

    return run


@peer("morecantile, no clip")
def morecantile(task: Task) -> Callable[[], int]:
    import morecantile as library
    from shapely.prepared import prep

    area = shapely.geometry.shape(task.geojson)
    tms = library.tms.get("WebMercatorQuad")

    def run() -> int:
        prepared = prep(area)
        tiles = tms.tiles(*area.bounds, zooms=[_zoom(task)])
        return sum(prepared.intersects(shapely.box(*tms.bounds(tile))) for tile in tiles)

    return run


@peer("exactextract, shares only")
def exactextract(task: Task) -> Callable[[], int]:
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    west, south, _, _ = task.flat.bounds
    columns, rows = task.shape
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": shapely.geometry.mapping(task.flat),
    }

    def run() -> int:
        raster = NumPyRasterSource(
            np.zeros((rows, columns), np.uint8),
            xmin=west,
            ymin=south,
            xmax=west + columns * task.size,
            ymax=south + rows * task.size,
        )
        made: Any = exact_extract(raster, [feature], ["coverage"])
        return len(made[0]["properties"]["coverage"])

    return run
