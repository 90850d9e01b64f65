"""The ground that a scene covers, as a geometry of shapely."""

from __future__ import annotations

import math

import shapely.geometry
from shapely.geometry.base import BaseGeometry

from ..errors.base import InvalidResponseError
from ..generated.models import Scene
from ..maps.layout import shortest_arc


def footprint(scene: Scene) -> BaseGeometry:
    """The footprint of a scene. Raises InvalidResponseError when it is no geometry, or empty."""
    try:
        found = shapely.geometry.shape(scene.footprint)
        usable = all(map(math.isfinite, found.bounds)) and not found.is_empty
    except Exception as error:  # shapely raises all sorts on what is no GeoJSON
        raise InvalidResponseError(
            f"the footprint of scene {scene.scene_id} is no geometry"
        ) from error
    if not usable:
        raise InvalidResponseError(f"the footprint of scene {scene.scene_id} is empty")
    return found


def bbox_of(shape: BaseGeometry) -> list[float]:
    """The box around a geometry, as RFC 7946 asks: one that goes across 180 degrees has its western
    side in the east (section 5.2)."""
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
    """The finest ground sample distance of the bands, in metres."""
    told = [band.gsd for band in scene.bands or () if band.gsd is not None and band.gsd > 0]
    return min(told, default=None)
