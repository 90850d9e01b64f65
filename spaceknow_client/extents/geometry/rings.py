"""Closed rings in flat arrays, the data of each step of a decomposition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@frozen(eq=False)
class Rings:
    """Rings, each closed (its last point repeats the first), with the inside on the left.

    Attributes:
        points: (n, 2) coordinates of all rings, one ring after the other.
        offsets: (rings + 1,) index of the first point of each ring, and the number of points.
    """

    points: Floats
    offsets: Ints

    @classmethod
    def of_shape(cls, shape: BaseGeometry | NDArray[np.object_]) -> Rings:
        """From polygons, whatever the directions of their rings."""
        parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(shape, object))))
        parts = parts[shapely.area(parts) > 0]
        if len(parts) == 0:
            return cls.of_list([])
        _, points, offsets = shapely.to_ragged_array(parts)
        rings = cls(points, offsets[0].astype(np.int64))
        outer = np.zeros(len(offsets[0]) - 1, bool)
        outer[offsets[1][:-1]] = True
        return rings.directed(outer)

    @classmethod
    def of_list(cls, rings: Sequence[Floats]) -> Rings:
        """From one (n, 2) array per ring."""
        offsets = np.cumsum([0, *map(len, rings)], dtype=np.int64)
        return cls(np.concatenate(rings) if rings else np.empty((0, 2)), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def split(self) -> list[Floats]:
        """One (n, 2) array per ring."""
        return np.split(self.points, self.offsets[1:-1]) if len(self) else []

    def directed(self, outer: Flags) -> Rings:
        """The same rings; those of `outer` counterclockwise, the others clockwise."""
        wrong = (self.areas() < 0) == outer
        if not wrong.any():
            return self
        points = self.points.copy()
        for start, stop in zip(self.offsets[:-1][wrong], self.offsets[1:][wrong], strict=True):
            points[start:stop] = self.points[start:stop][::-1]
        return Rings(points, self.offsets)

    def areas(self) -> Floats:
        """(rings,) area of each ring, negative if clockwise."""
        first = np.repeat(self.points[self.offsets[:-1]], np.diff(self.offsets), axis=0)
        x, y = (self.points - first).T
        cross = np.zeros(len(x))
        cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
        return np.add.reduceat(cross, self.offsets[:-1]) / 2 if len(self) else np.empty(0)

    def edges(self) -> Ints:
        """Index of the first point of each edge: all points but the last of each ring."""
        starts = np.ones(len(self.points), bool)
        starts[self.offsets[1:] - 1] = False
        return np.flatnonzero(starts)

    def polygons(self) -> NDArray[np.object_]:
        """(rings,) each ring as a polygon; the boundary of some can touch itself."""
        offsets = np.arange(len(self) + 1)
        made: NDArray[np.object_] = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, self.points, (self.offsets, offsets)
        )
        return made


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """For groups of `counts` items: the group of each item, and its index in the group."""
    group = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return group, np.arange(len(group)) - first[group]


def areal(shape: BaseGeometry) -> BaseGeometry:
    """The shape without points and lines that an intersection can leave."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = shapely.get_parts([shape])
    return shapely.union_all(parts[shapely.area(parts) > 0])
