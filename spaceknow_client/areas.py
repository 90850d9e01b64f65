"""What an analysis or an allocation is about: scenes, and an area in them. Checked before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors.base import InvalidArgumentError, InvalidExtentError
from .extent import Extent, ExtentLike

# The credits operations take no latitude beyond it (API facts, section 8.1).
MAX_ALLOCATABLE_LATITUDE = 85.0


def checked_scene_ids(scene_ids: Sequence[str]) -> list[str]:
    """A list of at least one scene id. Raises InvalidArgumentError."""
    if isinstance(scene_ids, str) or not isinstance(scene_ids, Sequence) or not scene_ids:
        raise InvalidArgumentError("scene_ids is a list of at least one scene id.")
    if not all(isinstance(scene_id, str) and scene_id for scene_id in scene_ids):
        raise InvalidArgumentError("scene_ids holds something that is no scene id.")
    return list(scene_ids)


def checked_map_types(map_types: str | Sequence[str]) -> list[str]:
    """A list of at least one map type; a single one may be given alone. Raises InvalidArgumentError."""
    names = [map_types] if isinstance(map_types, str) else map_types
    if not isinstance(names, Sequence) or not names:
        raise InvalidArgumentError("map_types is a list of at least one name such as cars.")
    if not all(isinstance(name, str) and name for name in names):
        raise InvalidArgumentError("map_types holds something that is no name such as cars.")
    return list(names)


def allocatable(extent: ExtentLike | Extent) -> dict[str, Any]:
    """The GeoJSON of an area that can be allocated. Raises InvalidExtentError."""
    area = Extent(extent)
    _, south, _, north = area.bounds
    if south < -MAX_ALLOCATABLE_LATITUDE or north > MAX_ALLOCATABLE_LATITUDE:
        raise InvalidExtentError(
            f"its latitudes go from {south:g} to {north:g}, and credits are for areas between "
            f"-{MAX_ALLOCATABLE_LATITUDE:g} and {MAX_ALLOCATABLE_LATITUDE:g} degrees.",
            hint="Cut off what lies nearer to a pole.",
        )
    return area.to_geojson()
