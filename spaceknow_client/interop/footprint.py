"""The ground that a scene covers, as a geometry of shapely."""

from __future__ import annotations

import math

import shapely.geometry
from shapely.geometry.base import BaseGeometry

from ..errors.base import InvalidResponseError
from ..generated.models import Scene


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


def finest_gsd(scene: Scene) -> float | None:
    """The finest ground sample distance of the bands, in metres."""
    told = [band.gsd for band in scene.bands or () if band.gsd is not None and band.gsd > 0]
    return min(told, default=None)
