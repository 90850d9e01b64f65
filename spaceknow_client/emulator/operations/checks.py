"""What makes work on scenes impossible, whoever pays for it."""

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
"""Of zoom 16: the emulator's own limit, for the API's is not known."""
LEAST_SQUARE_METERS = 1.0

NO_SCENE = Failure("NON-EXISTING-SCENE", "There is no scene of this id.")


def scenes_of(state: State, scene_ids: Iterable[str]) -> tuple[list[SceneRecord], Failure | None]:
    """The scenes of some ids that exist, and the failure if there are others, or none at all."""
    found = [state.scenes.of_id(scene_id) for scene_id in scene_ids]
    known = [scene for scene in found if scene is not None]
    return known, None if known and len(known) == len(found) else NO_SCENE


def area_of_extent(extent: Any) -> tuple[BaseGeometry, Failure | None]:
    """What of an extent lies on Earth, and the failure if its size is unbearable."""
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
    """Raises AnswerError unless the area is free, or bought by the caller's group."""
    if not all(asked.caller.purse.has_allocated(scene, area) for scene in scenes):
        raise AnswerError(
            "NOT-ENOUGH-CREDITS", "No allocation of your group covers the extent in these scenes."
        )


def unsuitable(
    scenes: list[SceneRecord], map_types: Sequence[str], area: BaseGeometry
) -> Failure | None:
    """Why the scenes do not go together, or not with the area or the map types."""
    footprints = [scene.footprint for scene in scenes]
    if shapely.intersection_all(footprints).area <= 0:
        return Failure("SCENES-HAVE-NO-INTERSECTION", "The scenes have no ground in common.")
    if any(footprint.intersection(area).area <= 0 for footprint in footprints):
        return Failure("EXTENT-HAS-NO-INTERSECTION", "The extent lies outside the scene.")
    unknown = next((name for name in map_types if name not in MAP_TYPES), None)
    if unknown is not None:
        return Failure("UNSUPPORTED-IMAGERY", f"There is no map type {unknown[:40]!r} for it.")
    return None
