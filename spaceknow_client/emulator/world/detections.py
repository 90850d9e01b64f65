"""The analysis of cars and trucks: what is found in a tile, as GeoJSON, mask and area."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from .canvas import patches
from .imagery import nearby_parks, tile_grid
from .noise import Floats
from .scenes import SceneRecord
from .tiles import TILE_SIZE, Tile, covers_points, lonlat, polygons
from .vehicles import Detections
from .world import World


def tile_detections(
    world: World, scene: SceneRecord, extent: BaseGeometry, tile: Tile
) -> Detections | None:
    """What is found with its centroid in the tile, the extent and the footprint; None: nothing."""
    groups: list[Detections] = []
    for park in nearby_parks(world.seed, tile, 0):
        _, found = world.vehicles(scene, park)
        inside = (found.x >= tile.left) & (found.x < tile.left + tile.size)
        inside &= (found.y >= tile.top) & (found.y < tile.top + tile.size)
        if inside.any():
            groups.append(found.pick(inside))
    if not groups:
        return None
    found = Detections.join(groups)
    lon, lat = lonlat(found.x, found.y)
    kept = np.zeros(len(lon), bool)
    for part in polygons(extent):
        kept |= covers_points(part, lon, lat)
    kept &= covers_points(scene.footprint, lon, lat)
    return found.pick(kept) if kept.any() else None


def mask(tile: Tile, found: Detections | None, trucks: bool) -> NDArray[np.bool_]:
    """The pixels of the tile on a detection of the class, at least one for each detection."""
    flat = np.zeros(TILE_SIZE * TILE_SIZE, bool)
    chosen = None if found is None else found.pick(found.truck == trucks)
    if chosen is not None and len(chosen.x):
        around = patches(tile_grid(tile), chosen, 0)
        on = np.abs(around.along) <= chosen.half_length[around.shape]
        on &= np.abs(around.across) <= chosen.half_width[around.shape]
        flat[around.index[on]] = True
        column = (chosen.x - tile.left).astype(np.int64) // tile.step
        row = (chosen.y - tile.top).astype(np.int64) // tile.step
        flat[row * TILE_SIZE + column] = True
    return flat.reshape(TILE_SIZE, TILE_SIZE)


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
    """The cars as a FeatureCollection; written by hand, for json would take most of the time."""
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
