"""The emulator's world: scenes anywhere on Earth and the ground that they show.

Pure and deterministic: no network, no clock, no state but caches. Two worlds of one seed are
equal, in any process.
"""

from .render import MAP_TYPES, RenderedFile, render
from .scenes import SceneRecord
from .tiles import MAX_TILES, MAX_ZOOM, Tile, map_tiles
from .world import FREE_AREA, World

__all__ = [
    "FREE_AREA",
    "MAP_TYPES",
    "MAX_TILES",
    "MAX_ZOOM",
    "RenderedFile",
    "SceneRecord",
    "Tile",
    "World",
    "map_tiles",
    "render",
]
