"""Released maps and the files of their tiles."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jwt

from ..clock import EmulatorClock
from ..validation.failures import AnswerError
from ..world.areas import Area
from ..world.render import MAP_TYPES, RenderedFile, render, version
from ..world.scenes import SceneRecord
from ..world.tiles import MAX_ZOOM, Tile
from ..world.world import World
from .identifiers import digest

OWN_GEOMETRY = "-"
MIN_ZOOM = 14
"""Minimum zoom of tiles that are released one by one."""

_DAY = 24 * 3600
_DEEPEST = 30  # maximum zoom, because larger powers of two only use memory


def is_tile(tile: Tile) -> bool:
    """Whether column and row exist at the zoom."""
    return tile.z <= _DEEPEST and max(tile.x, tile.y) < 2**tile.z


@dataclass
class KrakenMap:
    """A released map of scenes, for a map type and an area, valid until a time of the clock.

    `geometries` are the areas to which its files can be cut: its own and any subGeometry.
    """

    id: str
    scene: SceneRecord
    map_type: str
    tiles: list[Tile]
    geometries: dict[str, Area]
    ends: float
    _own: frozenset[Tile] = field(init=False)

    def __post_init__(self) -> None:
        self._own = frozenset(self.tiles)

    def has(self, tile: Tile) -> bool:
        """Whether a tile is in the map or a descendant of its tiles, up to MAX_ZOOM."""
        parents = (Tile(tile.z - up, tile.x >> up, tile.y >> up) for up in range(tile.z + 1))
        return tile.z <= MAX_ZOOM and any(parent in self._own for parent in parents)


class Maps:
    """All released maps."""

    def __init__(self, world: World, seed: int, clock: EmulatorClock) -> None:
        self._world = world
        self._seed = seed
        self._clock = clock
        self._lock = threading.Lock()
        self._maps: dict[str, KrakenMap] = {}
        self._render = lru_cache(maxsize=256)(self._make_file)

    def add(
        self,
        scenes: list[SceneRecord],
        map_type: str,
        area: Area,
        tiles: list[Tile] | None = None,
    ) -> KrakenMap:
        """The map of some scenes (the first is shown), a map type and an area; the same all day.

        It has the given tiles, or else those of the area, in arbitrary order. Its ID is a token as in
        2018 and 2019, with the year after which it expires.
        """
        names = [scene.scene_id for scene in scenes]
        ends = (int(self._clock.time()) // _DAY + 366) * _DAY
        wanted = area.tiles() if tiles is None else tiles
        order = random.Random(digest(self._seed, names, map_type)).sample(wanted, len(wanted))
        shape = area.shape.normalize().wkb
        claims: dict[str, Any] = {
            "mapId": names[0],
            "mapType": map_type,
            "geometryId": digest("geometry", shape, tiles).hex()[:10],
            "version": version(map_type),
            "exp": ends,
        }
        if tiles is None:
            claims["tiles"] = [{"x": tile.x, "y": tile.y, "zoom": tile.z} for tile in order]
        secret = digest(self._seed, "map", names)
        map_id = jwt.encode(claims, secret, "HS256", sort_headers=False)
        with self._lock:
            if map_id not in self._maps:
                self._maps[map_id] = KrakenMap(
                    map_id, scenes[0], map_type, tiles or order, {OWN_GEOMETRY: area}, ends
                )
            return self._maps[map_id]

    def file(self, map_id: str, geometry_id: str, tile: Tile, name: str) -> RenderedFile | None:
        """A file of a tile; None if it would be empty. Raises AnswerError for an unknown file."""
        with self._lock:
            found = self._maps.get(map_id)
        if found is None or self._clock.time() >= found.ends:
            raise AnswerError("INVALID-MAP-ID", "The map ID is not valid.")
        if geometry_id not in found.geometries:
            raise AnswerError("NON-EXISTENT-GEOMETRY", "The map has no geometry with this ID.")
        if not is_tile(tile):
            raise AnswerError(
                "INVALID-TILE-COORDINATES",
                "Column and row must be below 2 to the power of the zoom.",
            )
        if not found.has(tile):
            raise AnswerError("TILE-DOES-NOT-EXIST", "The map has no such tile.")
        if name not in MAP_TYPES[found.map_type]:
            known = ", ".join(MAP_TYPES[found.map_type])
            raise AnswerError(
                "UNSUPPORTED-FILE-NAME", f"The map type {found.map_type} has only {known}."
            )
        return self._render(map_id, geometry_id, tile, name)

    def _make_file(
        self, map_id: str, geometry_id: str, tile: Tile, name: str
    ) -> RenderedFile | None:
        found = self._maps[map_id]
        area = found.geometries[geometry_id]
        return render(self._world, found.scene, found.map_type, area, tile, name)
