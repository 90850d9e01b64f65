"""Clouds of a scene: one field that hides the ground from imagery and analysis."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from .noise import NoiseGrid, Pixels, Points, key, ramp
from .scenes import SceneRecord

_SPACINGS = (3200.0, 1600.0, 800.0, 400.0, 200.0, 100.0, 50.0)


def opacity(scene: SceneRecord, where: NoiseGrid | Points) -> Pixels:
    """The hidden share of the ground, 0..1, at each position; all 0 in a clear scene."""
    if not scene.cloudy:
        across, down = where.axes()
        return np.zeros(np.broadcast_shapes(across.shape, down.shape), np.float32)
    field = where.fractal(_SPACINGS, key(scene.scene_id, "clouds"), 0.55)
    edge = NormalDist().inv_cdf(1 - min(scene.cloud_cover, 0.98))
    return ramp(field, edge - 0.3, edge + 0.3)


def shadow(scene: SceneRecord, grid: NoiseGrid) -> Pixels:
    """The shade of clouds on the ground, 0..1: the same field, displaced along the sun's direction."""
    return opacity(scene, NoiseGrid(grid.x + 520, grid.y - 700, grid.step, grid.count))
