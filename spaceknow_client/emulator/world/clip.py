"""Clips: one SKI file with the imagery inside an extent."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from shapely.geometry.base import BaseGeometry

from .areas import Area
from .files import ski
from .imagery import picture, visible
from .noise import Pixels
from .render import ski_bands
from .scenes import SceneRecord, band_json, mercator_meters
from .tiles import MAX_ZOOM, MERCATOR_PIXEL, TILE_SIZE, WORLD_PIXELS, Tile, pixel_point
from .world import World

MAX_CLIP_TILES = 64
_MIN_ZOOM = 14


class _Window(NamedTuple):
    """Pixels of a zoom: columns from `left` up to `right`, rows from `top` up to `bottom`."""

    zoom: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def step(self) -> int:
        return 1 << (MAX_ZOOM - self.zoom)

    @property
    def columns(self) -> range:
        return range(self.left // TILE_SIZE, (self.right - 1) // TILE_SIZE + 1)

    @property
    def rows(self) -> range:
        return range(self.top // TILE_SIZE, (self.bottom - 1) // TILE_SIZE + 1)


class Clip:
    """The imagery of a scene inside the bounding rectangle of an extent.

    Its pixels are those of the coarsest zoom that meets `resolution` (meters on the ground; None for
    that of the scene), or of the finest zoom that needs at most MAX_CLIP_TILES tiles. Raises
    ValueError for an extent that is too large for every zoom.
    """

    def __init__(
        self, scene: SceneRecord, extent: BaseGeometry, resolution: float | None = None
    ) -> None:
        self._scene = scene
        self._area = Area(extent)
        _, south, _, north = extent.bounds
        ground = MERCATOR_PIXEL * math.cos(math.radians((south + north) / 2))
        wanted = scene.gsd if resolution is None else resolution
        coarse_to_fine = range(_MIN_ZOOM, MAX_ZOOM + 1)
        windows = [_window(extent, zoom) for zoom in coarse_to_fine]
        able = [each for each in windows if len(each.columns) * len(each.rows) <= MAX_CLIP_TILES]
        if not able:
            raise ValueError("the extent is too large")
        enough = (each for each in able if ground * each.step <= wanted)
        self._window = next(enough, able[-1])
        self._gsd = ground * self._window.step

    def metadata(self) -> dict[str, object]:
        """The scene's metadata, with the bands of the clip."""
        step = self._window.step
        origin = mercator_meters(self._window.left * step, self._window.top * step)
        bands = [
            band_json(names, self._gsd, MERCATOR_PIXEL * step, origin)
            for names in self._scene.bands
        ]
        return {**self._scene.metadata(), "bands": bands}

    def render(self, world: World) -> bytes:
        """The SKI file; outside the scene and the extent all bands are 0."""
        zoom, left, top, right, bottom = self._window
        columns, rows = self._window.columns, self._window.rows
        whole = np.concatenate(
            [
                np.concatenate([self._tile(world, Tile(zoom, x, y)) for x in columns], 2)
                for y in rows
            ],
            1,
        )
        x, y = columns[0] * TILE_SIZE, rows[0] * TILE_SIZE
        *seen, inside = whole[:, top - y : bottom - y, left - x : right - x]
        bands = ski_bands(np.stack(seen), self._scene.bands)
        return ski(bands, inside > 0, self.metadata())

    def _tile(self, world: World, tile: Tile) -> Pixels:
        """Red, green, blue, and whether a pixel is visible."""
        inside = visible(self._scene, self._area, tile.grid())
        if inside is None:
            return np.zeros((4, TILE_SIZE, TILE_SIZE), np.float32)
        seen = picture(world, self._scene, tile.grid()) * inside
        return np.concatenate([seen, inside[None].astype(np.float32)])


def _window(extent: BaseGeometry, zoom: int) -> _Window:
    """The pixels of a zoom that contain an extent, at least one."""
    west, south, east, north = extent.bounds
    step = 1 << (MAX_ZOOM - zoom)
    last = WORLD_PIXELS // step - 1
    left, top = (min(math.floor(at / step), last) for at in pixel_point(west, north))
    right, bottom = (math.ceil(at / step) for at in pixel_point(east, south))
    return _Window(zoom, left, top, max(right, left + 1), max(bottom, top + 1))
