"""Measures how much squares of a plane deviate from squares on Earth."""

from __future__ import annotations

import numpy as np
from pyproj import Geod

from .projected_grid import ProjectedGrid
from .projection import Projection
from .rings import Floats, Ints

_SAMPLES = 64  # in addition to the outermost
_ELLIPSOID = Geod(ellps="WGS84")


def worst(plane_grid: ProjectedGrid) -> tuple[float, float]:
    """The largest relative errors of sides and of areas of squares, on the WGS84 ellipsoid.

    The outermost squares and some others are measured. Sides are geodesic lines; a degree has its
    length along a mean meridian.
    """
    corners = plane_grid.corners(_samples(plane_grid))
    plane, side = plane_grid.plane, plane_grid.lattice.size * plane_grid.plane.meters
    places = plane.inverse(corners.reshape(-1, 2).copy()).reshape(corners.shape)
    places[..., 1] = np.clip(places[..., 1], -90, 90)  # for a square of degrees at a pole
    if not np.isfinite(places).all():
        return np.inf, np.inf
    begin, end = places.reshape(-1, 2), np.roll(places, -1, axis=1).reshape(-1, 2)
    _, _, lengths = _ELLIPSOID.inv(begin[:, 0], begin[:, 1], end[:, 0], end[:, 1])
    sides = float(np.abs(lengths / side - 1).max())
    if plane.is_equal_area:
        return sides, 0.0
    return sides, float(np.abs(_areas(plane, corners) / side**2 - 1).max())


def _samples(plane_grid: ProjectedGrid) -> Ints:
    """Some cells; the outermost ones are among those on the boundary."""
    cells = plane_grid.cells
    edge = np.flatnonzero(~cells.inside)
    columns, rows = cells.columns[edge].astype(np.int64), cells.rows[edge].astype(np.int64)
    found = [np.linspace(0, len(cells.rows) - 1, _SAMPLES).astype(np.int64)]
    for across, up in ((1, 0), (0, 1), (1, 1), (1, -1)) if len(edge) else ():
        score = across * columns + up * rows
        found.append(edge[[score.argmin(), score.argmax()]])
    return np.unique(np.concatenate(found))


def _areas(plane: Projection, corners: Floats) -> Floats:
    """Areas in square meters of squares (n, 4, 2) of a plane, computed in an equal-area plane."""
    share = np.arange(8)[:, None] / 8
    following = np.roll(corners, -1, axis=1)
    points = corners[:, :, None, :] * (1 - share) + following[:, :, None, :] * share
    degrees = plane.inverse(points.reshape(-1, 2))
    degrees = np.clip(degrees, (-np.inf, -90), (np.inf, 90))
    longitude, latitude = degrees[len(degrees) // 2]
    true = Projection.around(float(longitude), float(latitude))
    ring = true.forward(degrees).reshape(len(corners), -1, 2)
    ring = ring - ring[:, :1]
    x, y = np.moveaxis(ring, 2, 0)
    return np.asarray((x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1) / 2)
