"""The analysis of cars and trucks: detections in a tile, as GeoJSON, mask and area."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .areas import Area
from .canvas import patches
from .imagery import nearby_parks
from .noise import Floats, NoiseGrid
from .parks import CELL
from .scenes import SceneRecord
from .tiles import Tile, covers_points, lonlat
from .vehicles import Detections
from .world import World


def tile_detections(world: World, scene: SceneRecord, area: Area, tile: Tile) -> Detections | None:
    """Detections with centroids in the tile, the area and the footprint, or None."""
    groups: list[Detections] = []
    for park in nearby_parks(world.seed, tile.grid(), _cells(area, tile)):
        _, found = world.vehicles(scene, park)
        inside = (found.x >= tile.left) & (found.x < tile.left + tile.size)
        inside &= (found.y >= tile.top) & (found.y < tile.top + tile.size)
        if inside.any():
            groups.append(found.pick(inside))
    if not groups:
        return None
    found = Detections.join(groups)
    lon, lat = lonlat(found.x, found.y)
    kept = covers_points(area.shape, lon, lat) & covers_points(scene.footprint, lon, lat)
    return found.pick(kept) if kept.any() else None


def _cells(area: Area, tile: Tile) -> Iterable[tuple[int, int]]:
    """The cells of the ground touched by the area in the tile."""
    count = max(tile.size // CELL, 1)
    left, top = tile.left // CELL, tile.top // CELL
    rows, columns = np.nonzero(area.touched(NoiseGrid(left * CELL, top * CELL, CELL, count)))
    return zip((columns + left).tolist(), (rows + top).tolist(), strict=True)


def mask(grid: NoiseGrid, found: Detections | None, trucks: bool) -> NDArray[np.bool_]:
    """The pixels of detections of the class, at least one for each detection."""
    flat = np.zeros(grid.count**2, bool)
    chosen = None if found is None else found.pick(found.truck == trucks)
    if chosen is not None and len(chosen.x):
        around = patches(grid, chosen, 0)
        on = np.abs(around.along) <= chosen.half_length[around.shape]
        on &= np.abs(around.across) <= chosen.half_width[around.shape]
        flat[around.index[on]] = True
        column = ((chosen.x - grid.x) // grid.step).astype(np.int64)
        row = ((chosen.y - grid.y) // grid.step).astype(np.int64)
        flat[row * grid.count + column] = True
    return flat.reshape(grid.count, grid.count)


def areas(found: Detections | None) -> dict[str, float]:
    """Area of each class in m2: the sum of its detections' areas."""
    if found is None:
        return {"cars": 0.0, "trucks": 0.0}
    rounded = found.area.round(2)
    return {
        "cars": round(float(rounded[~found.truck].sum()), 2),
        "trucks": round(float(rounded[found.truck].sum()), 2),
    }


def geojson(found: Detections | None) -> str:
    """The cars as a FeatureCollection; formatted directly, because json would take most of the time."""
    features: list[str] = []
    if found is not None:
        cars = found.pick(~found.truck)
        corners = cars.corners()
        lon, lat = (part.round(8).tolist() for part in lonlat(corners[..., 0], corners[..., 1]))
        angle = np.degrees(np.arctan2(-cars.sin, cars.cos))
        angle = (angle - 180 * np.ceil((angle - 90) / 180)).round(2)
        columns = (
            lon,
            lat,
            cars.count,
            cars.area.round(2),
            angle,
            cars.confidence.round(3),
            _ratio(cars),
        )
        rows = zip(
            *(part if isinstance(part, list) else part.tolist() for part in columns), strict=True
        )
        features = [_feature(*row) for row in rows]
    return '{"type": "FeatureCollection", "features": [' + ", ".join(features) + "]}"


def _ratio(cars: Detections) -> Floats:
    return np.asarray((cars.half_length / cars.half_width).round(3))


def _feature(
    lon: list[float],
    lat: list[float],
    count: int,
    area: float,
    orientation: float,
    confidence: float,
    ratio: float,
) -> str:
    points = [f"[{x}, {y}]" for x, y in zip((*lon, lon[0]), (*lat, lat[0]), strict=True)]
    identity = hashlib.blake2b(points[0].encode(), digest_size=12).hexdigest()
    # Like the recorded ones: a detection of several cars has no orientation.
    turned = f'"orientation": {orientation}, ' if count == 1 else ""
    return (
        '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [['
        + ", ".join(points)
        + ']]}, "properties": {"class": "cars", '
        + f'"count": {count}, "area": {area}, {turned}"aspectRatio": {ratio}, '
        + f'"confidence": {confidence}, "featureId": "{identity}"}}}}'
    )
