"""What an analysis is about: scenes and map types. Checked before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors.base import InvalidArgumentError


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
