"""The footprint of a scene, as a shapely geometry."""

from __future__ import annotations

import math

import shapely.geometry
from shapely.geometry.base import BaseGeometry

from ..errors.base import InvalidResponseError
from ..generated.models import Scene
from ..maps.layout import shortest_arc


def footprint(scene: Scene) -> BaseGeometry:
    """The footprint of a scene. Raises InvalidResponseError if it is invalid or empty."""
    try:
        found = shapely.geometry.shape(scene.footprint)
        usable = all(map(math.isfinite, found.bounds)) and not found.is_empty
    except Exception as error:  # shapely raises various errors for invalid GeoJSON
        raise InvalidResponseError(
            f"the footprint of scene {scene.scene_id} is not a valid geometry"
        ) from error
    if not usable:
        raise InvalidResponseError(f"the footprint of scene {scene.scene_id} is empty")
    return found


def bbox_of(shape: BaseGeometry) -> list[float]:
    """The bounding box of a geometry by RFC 7946, section 5.2: across 180 degrees, west is greater
    than east."""
    west, south, east, north = map(float, shape.bounds)
    parts = [part.bounds for part in getattr(shape, "geoms", [shape]) if not part.is_empty]
    if west < -180 or east > 180 or (west == -180 and east == 180 and len(parts) > 1):
        spans = set()
        for low, _, high, _ in parts:
            turned = (low + 180) % 360 if high - low < 360 else 0.0
            spans.add((turned, turned + min(high - low, 360.0)))
        left, right = shortest_arc(spans, 360.0)
        west, east = (-180.0, 180.0) if right - left >= 360 else (left - 180, right - 180)
        east -= 360 if east > 180 else 0
    return [west, south, east, north]


def finest_gsd(scene: Scene) -> float | None:
    """The finest ground sample distance of the bands, in meters."""
    told = [band.gsd for band in scene.bands or () if band.gsd is not None and band.gsd > 0]
    return min(told, default=None)
