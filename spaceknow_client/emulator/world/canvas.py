"""Draws many small shapes with soft edges on a tile at once, from their positions.

Shapes are given in pixels of zoom 19 and drawn at the zoom of the tile. A shape narrower than the
softness covers its pixels partially, so details fade gradually from zoom to zoom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import Boxes
from .noise import Floats, NoiseGrid, Pixels


@dataclass(frozen=True, eq=False)
class Patches:
    """The pixels near each of n shapes: `along` and `across` are pixel centers in the shape's own
    frame (pixels of zoom 19), `index` the flat pixel of the tile, `shape` the number of the shape.
    """

    index: NDArray[np.int64]
    shape: NDArray[np.int64]
    along: Pixels
    across: Pixels


def patches(
    grid: NoiseGrid,
    boxes: Boxes,
    margin: float,
    east: Floats | float = 0,
    south: Floats | float = 0,
) -> Patches:
    """The pixels of the tile within `margin` of each box moved by (`east`, `south`), and some more."""
    x, y, cos, sin = boxes.x + east, boxes.y + south, boxes.cos, boxes.sin
    reach_x = np.abs(cos) * boxes.half_length + np.abs(sin) * boxes.half_width + margin
    reach_y = np.abs(sin) * boxes.half_length + np.abs(cos) * boxes.half_width + margin
    touching = np.flatnonzero(near(grid, x, y, np.maximum(reach_x, reach_y)))
    x, y, cos, sin = x[touching], y[touching], cos[touching], sin[touching]
    reach_x, reach_y = reach_x[touching], reach_y[touching]
    width, height = (int(np.ceil(2 * r.max(initial=0) / grid.step)) + 2 for r in (reach_x, reach_y))
    left = np.floor((x - grid.x - reach_x) / grid.step).astype(np.int64)
    top = np.floor((y - grid.y - reach_y) / grid.step).astype(np.int64)
    columns = left[:, None, None] + np.arange(width)[None, None, :]
    rows = top[:, None, None] + np.arange(height)[None, :, None]
    count = grid.count
    inside = (columns >= 0) & (columns < count) & (rows >= 0) & (rows < count)
    shape, row, column = np.nonzero(inside)
    column, row = column + left[shape], row + top[shape]
    step, half = np.float32(grid.step), np.float32(0.5)
    # Offsets are small: positions on Earth would not fit into 32 bits.
    dx = (column.astype(np.float32) + half) * step + (grid.x - x).astype(np.float32)[shape]
    dy = (row.astype(np.float32) + half) * step + (grid.y - y).astype(np.float32)[shape]
    c, s = cos.astype(np.float32)[shape], sin.astype(np.float32)[shape]
    return Patches(row * count + column, touching[shape], dx * c + dy * s, dy * c - dx * s)


def cover(distance: Pixels, half: Pixels | float, soft: float) -> Pixels:
    """Share of a pixel of width `soft` that a stripe |distance| <= half covers."""
    width = np.minimum(2 * np.asarray(half, np.float32), np.float32(soft))
    result: Pixels = np.clip(half + np.float32(soft / 2) - np.abs(distance), 0, width) / np.float32(
        soft
    )
    return result


def near(grid: NoiseGrid, x: Floats, y: Floats, reach: Floats | float) -> NDArray[np.bool_]:
    """Which shapes can touch the tile."""
    end = grid.size
    dx, dy = x - grid.x, y - grid.y
    return np.asarray((dx > -reach) & (dx < end + reach) & (dy > -reach) & (dy < end + reach))


def layer(grid: NoiseGrid, index: NDArray[np.int64], alpha: Pixels) -> Pixels:
    """The share of each pixel covered by shapes, shape (count, count)."""
    total = np.bincount(index, alpha, grid.count**2).astype(np.float32)
    return np.minimum(total, 1).reshape(grid.count, grid.count)


def paint(picture: Pixels, index: NDArray[np.int64], alpha: Pixels, color: Pixels) -> None:
    """Paints shapes that do not overlap on `picture` (3, count, count); `color` is (3, pixels)."""
    if not len(index):
        return
    size = picture[0].size
    share = np.bincount(index, alpha, size).astype(np.float32)
    over = np.maximum(share, 1)
    flat = picture.reshape(3, -1)
    flat *= 1 - share / over
    for channel in range(3):
        total = np.bincount(index, alpha * color[channel], size)
        flat[channel] += total.astype(np.float32) / over


def blend(picture: Pixels, color: tuple[float, float, float] | Pixels, share: Pixels) -> None:
    """Mixes a color into `picture` (or a view of it) by the share of each pixel, in place."""
    if isinstance(color, tuple):
        color = np.array(color, np.float32).reshape(3, *(1,) * share.ndim)
    picture += (color - picture) * share
