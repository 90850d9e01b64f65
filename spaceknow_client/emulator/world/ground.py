"""The ground without its car parks: grass and soil, roads, buildings and trees.

Everything is computed from noise and hashes of a jittered lattice, so each tile of any zoom can be
drawn separately and matches its neighbors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .canvas import Patches, blend, cover, layer, paint, patches
from .columns import Boxes
from .noise import Floats, NoiseGrid, Pixels, Points, hashed, key, ramp
from .parks import Rect

_BLOCK = (1450.0, 1010.0)  # distance of roads, pixels of zoom 19
_ROAD, _MAIN_ROAD = 14.0, 22.0  # half widths
_BUILDINGS, _TREES = 205.0, 46.0  # widths of the lattices


class Light(NamedTuple):
    """How a scene shows the ground: direction and length of shadows, softness of edges (pixels)."""

    east: float
    south: float
    soft: float


@dataclass(frozen=True, eq=False)
class Shapes(Boxes):
    """Boxes or crowns: positions, direction, half sizes, height (pixels of zoom 19) and shade."""

    height: Floats
    shade: Pixels


def soil(grid: NoiseGrid, seed: int, fine: Pixels) -> Pixels:
    """Grass, dry grass and soil with the texture `fine`, shape (3, count, count), 0..255."""
    seed = key(seed, "soil")
    damp = grid.fractal((5200, 2100, 850, 340, 130, 48), seed, 0.64)
    bare = grid.fractal((3300, 1100, 370, 120), seed + 50, 0.65)
    picture = np.empty((3, grid.count, grid.count), np.float32)
    picture[:] = np.array((136, 130, 94), np.float32)[:, None, None]
    blend(picture, (98, 112, 68), ramp(damp, -0.8, 0.9))
    blend(picture, (168, 150, 120), 0.85 * ramp(bare, 0.9, 1.6))
    blend(picture, (72, 90, 54), 0.7 * ramp(damp + 0.4 * fine, 1.0, 2.0))
    picture *= 1 + 0.075 * fine + 0.03 * bare
    return picture


def road_field(where: NoiseGrid | Points, seed: int) -> tuple[Floats, Floats]:
    """Coordinates in which roads are straight, in units of blocks."""
    seed = key(seed, "roads")
    x, y = where.axes()
    across = (x + 130 * where.smooth(3700, seed) + 37) / _BLOCK[0]
    down = (y + 130 * where.smooth(4300, seed + 1) + 411) / _BLOCK[1]
    return across, down


def roads(picture: Pixels, grid: NoiseGrid, seed: int, soft: float) -> None:
    """Draws the roads: curbs, asphalt and a dashed line along the middle."""
    flat = picture.reshape(3, -1)
    for number, (block, along) in enumerate(_fields(road_field(grid, seed))):
        far = np.abs((block - np.floor(block) - 0.5) * _BLOCK[number])
        close = np.flatnonzero(far < _MAIN_ROAD + 6 + soft)
        if not len(close):
            continue
        line, along = np.floor(block.ravel()[close]), along.ravel()[close]
        distance = far.ravel()[close].astype(np.float32)
        exists = (hashed(line, np.floor(along + 0.5), seed + number) < 0.72).astype(np.float32)
        main = hashed(line, np.zeros_like(line), seed + 7 + number) < 0.25
        half = np.where(main, _MAIN_ROAD, _ROAD).astype(np.float32)
        view = flat[:, close]
        blend(view, (160, 157, 149), exists * cover(distance, half + 6, soft) * 0.75)
        blend(view, (104, 104, 106), exists * cover(distance, half, soft))
        if grid.step <= 4:
            dash = (along * _BLOCK[1 - number] / 34) % 1 < 0.45
            blend(view, (218, 216, 208), exists * dash * cover(distance, 0.35, soft) * 0.8)
        flat[:, close] = view


def _fields(field: tuple[Floats, Floats]) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    return (field[0], field[1]), (field[1], field[0])


def _road_distance(where: Points, seed: int) -> Floats:
    across, down = road_field(where, seed)
    x = np.abs(across - np.floor(across) - 0.5) * _BLOCK[0]
    y = np.abs(down - np.floor(down) - 0.5) * _BLOCK[1]
    return np.asarray(np.minimum(x, y))


def _lattice(
    grid: NoiseGrid, width: float, margin: float, seed: int
) -> tuple[Floats, Floats, Pixels]:
    """Jittered points of a lattice in the window, and six random values for each."""
    end = grid.size
    across = np.arange(
        math.floor((grid.x - margin) / width), math.floor((grid.x + end + margin) / width) + 1
    )
    down = np.arange(
        math.floor((grid.y - margin) / width), math.floor((grid.y + end + margin) / width) + 1
    )
    ix, iy = (part.ravel() for part in np.meshgrid(across, down))
    draw = np.stack([hashed(ix, iy, seed + number) for number in range(6)])
    x = (ix + 0.5 + 0.44 * (draw[0] - 0.5)) * width
    y = (iy + 0.5 + 0.44 * (draw[1] - 0.5)) * width
    return x, y, draw


def _free(x: Floats, y: Floats, size: Floats, taken: Sequence[Rect]) -> NDArray[np.bool_]:
    """Which points are at least `size` away from every rectangle."""
    free = np.ones(len(x), bool)
    for rect in taken:
        along, across = rect.local(x, y)
        free &= (np.abs(along) > rect.half_length + size) | (
            np.abs(across) > rect.half_width + size
        )
    return free


def buildings(grid: NoiseGrid, seed: int, scale: float, taken: Sequence[Rect]) -> Shapes:
    """Houses and sheds near the tile, not on roads or car parks."""
    own = key(seed, "buildings")
    x, y, draw = _lattice(grid, _BUILDINGS, 1.2 * _BUILDINGS, own)
    half_length = np.minimum((6 + 9 * draw[2] ** 2) * scale, 70.0)
    half_width = half_length * (0.45 + 0.3 * draw[3])
    where = Points(x, y)
    urban = where.fractal((9000, 4000), own + 9, 0.6)
    angle = 0.15 * where.smooth(9000, own + 11) + np.where(draw[4] < 0.5, 0, math.pi / 2)
    size = np.hypot(half_length, half_width)
    keep = draw[5] < np.clip(0.22 + 0.3 * urban, 0, 0.85)
    keep &= (_road_distance(where, seed) > size + 34) & _free(x, y, size, taken)
    shade = hashed(np.floor(x), np.floor(y), own + 20)
    height = (3.2 + 4 * draw[2]) * scale
    parts = (x, y, np.cos(angle), np.sin(angle), half_length, half_width, height, shade)
    return Shapes(*parts).pick(keep)


def trees(grid: NoiseGrid, seed: int, scale: float, taken: Sequence[Rect]) -> Shapes:
    """Trees near the tile, in groves, not on roads or the given rectangles."""
    own = key(seed, "trees")
    x, y, draw = _lattice(grid, _TREES, 1.5 * _TREES, own)
    where = Points(x, y)
    grove = where.fractal((2600, 900, 300), own + 9, 0.7)
    radius = np.minimum((1.3 + 2.4 * draw[2]) * scale, 21.0)
    keep = draw[3] < np.clip(0.07 + 0.34 * (grove - 0.2), 0.02, 0.85)
    x, y, radius, shade = x[keep], y[keep], radius[keep], draw[4][keep]
    keep = (_road_distance(Points(x, y), seed) > radius + 20) & _free(x, y, radius, taken)
    return crowns(x[keep], y[keep], radius[keep], shade[keep], scale)


def crowns(x: Floats, y: Floats, radius: Floats, shade: Pixels, scale: float) -> Shapes:
    """Trees at given points, as shapes."""
    one, none = np.ones_like(x), np.zeros_like(x)
    return Shapes(x, y, one, none, radius, radius, radius + 1.5 * scale, shade)


def box_shadows(grid: NoiseGrid, boxes: Shapes, light: Light) -> Pixels:
    """Shadow of boxes, 0..1, shape (count, count): each box displaced by its shadow."""
    height = 0.85 * boxes.height
    near = patches(grid, boxes, light.soft, light.east * height, light.south * height)
    return layer(grid, near.index, _box_cover(near, boxes, light.soft))


def _box_cover(near: Patches, boxes: Shapes, soft: float) -> Pixels:
    half_length = boxes.half_length.astype(np.float32)[near.shape]
    half_width = boxes.half_width.astype(np.float32)[near.shape]
    return cover(near.along, half_length, soft) * cover(near.across, half_width, soft)


_ROOFS = np.array(
    [
        (206, 204, 198),
        (168, 166, 162),
        (140, 112, 96),
        (118, 122, 128),
        (182, 150, 128),
        (226, 224, 220),
    ],
    np.float32,
)


def draw_buildings(picture: Pixels, grid: NoiseGrid, boxes: Shapes, light: Light) -> None:
    """Roofs with a ridge along the middle; the side towards the sun is brighter."""
    near = patches(grid, boxes, light.soft)
    alpha = _box_cover(near, boxes, light.soft)
    roof = _ROOFS[(boxes.shade * len(_ROOFS)).astype(int)]
    sunny = np.sign(light.east * boxes.sin - light.south * boxes.cos).astype(np.float32)
    slope = 1 + 0.09 * np.clip(near.across / 2, -1, 1) * sunny[near.shape]
    paint(picture, near.index, alpha, roof.T[:, near.shape] * slope)


def _crown_cover(grid: NoiseGrid, near: Patches, trees: Shapes, soft: float) -> Pixels:
    radius: Pixels = trees.half_length.astype(np.float32)[near.shape]
    distance = np.hypot(near.along, near.across)
    # The outline is ragged, because a crown is not a disc.
    angle = np.arctan2(near.across, near.along)
    radius = radius * (0.87 + 0.13 * np.cos(5 * angle + 40 * trees.shade[near.shape]))
    share: Pixels = np.clip(
        (radius - distance) / np.float32(max(soft, 1.5 * grid.step)) + 0.5, 0, 1
    )
    return share


def crown_shadows(grid: NoiseGrid, trees: Shapes, light: Light) -> Pixels:
    """Shadow of trees, 0..1, shape (count, count)."""
    height = 0.75 * trees.height
    near = patches(grid, trees, light.soft, light.east * height, light.south * height)
    return layer(grid, near.index, _crown_cover(grid, near, trees, light.soft))


def draw_trees(picture: Pixels, grid: NoiseGrid, trees: Shapes, light: Light) -> None:
    """Crowns, brighter towards the sun."""
    near = patches(grid, trees, light.soft)
    alpha = _crown_cover(grid, near, trees, light.soft)
    radius = trees.half_length.astype(np.float32)[near.shape]
    towards = -(near.along * light.east + near.across * light.south) / (
        radius * math.hypot(*light[:2])
    )
    shade = trees.shade[near.shape]
    tone = (0.82 + 0.3 * shade) * (1 + 0.28 * np.clip(towards, -1, 1))
    green = np.stack([62 + 22 * shade, 84 + 8 * shade, np.full_like(shade, 50)])
    paint(picture, near.index, alpha, green * tone)
