"""Reasons for which work on scenes is impossible for any user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ..extents import area_of, on_earth, square_meters
from ..state import State
from ..validation.failures import AnswerError, Failure
from ..world.areas import Area
from ..world.render import MAP_TYPES
from ..world.scenes import SceneRecord
from .registry import OperationRequest

MOST_TILES = 2500
"""Maximum number of tiles of zoom 16: chosen for the emulator, because the API's limit is unknown."""
LEAST_SQUARE_METERS = 1.0

NO_SCENE = Failure("NON-EXISTING-SCENE", "No scene has this ID.")


def scenes_of(state: State, scene_ids: Iterable[str]) -> tuple[list[SceneRecord], Failure | None]:
    """The scenes with some IDs, and a failure if one is unknown or there are none."""
    found = [state.scenes.of_id(scene_id) for scene_id in scene_ids]
    known = [scene for scene in found if scene is not None]
    return known, None if known and len(known) == len(found) else NO_SCENE


def area_of_extent(extent: Any) -> tuple[BaseGeometry, Failure | None]:
    """The part of an extent on Earth, and a failure if it is too small or too large."""
    whole = area_of(extent)
    area = on_earth(whole)
    if square_meters(whole) < LEAST_SQUARE_METERS:
        return area, Failure("EXTENT-TOO-SMALL", "The extent is smaller than a square meter.")
    if Area(area).size_in_tiles(16) <= MOST_TILES:
        return area, None
    message = f"The extent takes more than {MOST_TILES} tiles of zoom 16. Split it."
    return area, Failure("EXTENT-TOO-LARGE", message)


def require_allocation(
    asked: OperationRequest, scenes: list[SceneRecord], area: BaseGeometry
) -> None:
    """Raises AnswerError unless the area is free, or bought by the user's group."""
    if not all(asked.caller.purse.has_allocated(scene, area) for scene in scenes):
        raise AnswerError(
            "NOT-ENOUGH-CREDITS", "Your group has no allocation of the extent in these scenes."
        )


def unsuitable(
    scenes: list[SceneRecord], map_types: Sequence[str], area: BaseGeometry
) -> Failure | None:
    """Why the scenes do not match each other, the area or the map types; None if they do."""
    footprints = [scene.footprint for scene in scenes]
    if shapely.intersection_all(footprints).area <= 0:
        return Failure("SCENES-HAVE-NO-INTERSECTION", "The scenes do not overlap.")
    if any(footprint.intersection(area).area <= 0 for footprint in footprints):
        return Failure("EXTENT-HAS-NO-INTERSECTION", "The extent is outside the scene.")
    unknown = next((name for name in map_types if name not in MAP_TYPES), None)
    if unknown is not None:
        return Failure("UNSUPPORTED-IMAGERY", f"Unsupported map type {unknown[:40]!r}.")
    return None
