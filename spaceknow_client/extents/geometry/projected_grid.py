"""A plane with its grid, and the cells of an area in the grid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from attrs import define, frozen
from shapely.geometry.base import BaseGeometry

from ...errors.base import InvalidArgumentError
from . import antimeridian
from .antimeridian import EDGE, POLE
from .cutting import Cells, Chains, Lattice, measure, trace
from .ellipsoid import middle, reach
from .lonlat import NEAR_POLE, Shapes, decimals, halvings, split_edges, unprojected
from .parts import shapes
from .projection import MAX_REACH, Projection, divided, projected
from .rings import Floats, Ints, Rings, areal

_NEIGHBORS = 22.5  # degrees; parts nearer to the largest part share its plane
_CAP = 50.0  # degrees of latitude at which an area too large for one plane is cut
_SECTOR = 60.0
_SPARSE = 8  # maximum ratio of points of the rectangle around squares to points of the squares


@frozen
class Site:
    """Rings in degrees, and the plane in which to cut them.

    Attributes:
        rings: rings without the cut at the antimeridian.
        cut: rings with that cut, for planes that end there.
    """

    rings: Rings
    plane: Projection
    cut: Rings | None = None


def sites(shape: BaseGeometry) -> list[Site]:
    """Assigns planes that keep tiles nearly square: one plane, or several for a large area."""
    whole = _site(shape)
    if whole is not None:
        return [whole]
    parts = shapely.get_parts(shape)
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    found = []
    while len(parts):
        rings = divided(antimeridian.joined(Rings.of_shape(parts[0])))
        center = middle(rings)
        if len(rings) == 0 or reach(rings, center) > MAX_REACH:
            found += _windows(parts[0])
            parts = parts[1:]
            continue
        limit = max(_NEIGHBORS, reach(rings, center))
        near = np.array([reach(Rings.of_shape(part), center) <= limit for part in parts])
        near[0] = True
        together = antimeridian.joined(Rings.of_shape(shapely.MultiPolygon(parts[near].tolist())))
        found.append(Site(together, Projection.around(*center)))
        parts = parts[~near]
    return found


def _site(shape: BaseGeometry, instead: tuple[float, float] | None = None) -> Site | None:
    """The area with a plane at its middle, or at `instead`; None if it is too large for one plane."""
    rings = antimeridian.joined(Rings.of_shape(shape))
    coarse = divided(rings)
    if len(rings):
        center = middle(coarse)
        if reach(coarse, center) <= MAX_REACH:
            return Site(rings, Projection.around(*center))
    return None if instead is None else Site(rings, Projection.around(*instead))


def _windows(shape: BaseGeometry) -> list[Site]:
    """Caps around the poles, and equal windows between them."""
    west, south, east, north = shape.bounds
    south, north = max(south, -_CAP), min(north, _CAP)
    columns = np.linspace(west, east, math.ceil((east - west) / _SECTOR) + 1).tolist()
    rows = np.linspace(south, north, math.ceil(max(north - south, 1) / _CAP) + 1).tolist()
    boxes = [shapely.box(*low, *high) for low, high in _pairs(columns, rows)]
    centers = [(box.centroid.x, box.centroid.y) for box in boxes]
    boxes += [shapely.box(-180, _CAP, 180, 90), shapely.box(-180, -90, 180, -_CAP)]
    centers += [(0.0, 90.0), (0.0, -90.0)]
    parts = [areal(shape.intersection(box)) for box in boxes]
    made = [_site(part, at) for part, at in zip(parts, centers, strict=True) if part.area > 0]
    return [site for site in made if site is not None]


def _pairs(
    columns: list[float], rows: list[float]
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Lower left and upper right corners of the windows between lines."""
    for left, right in pairwise(columns):
        for low, high in pairwise(rows):
            yield (left, low), (right, high)


@define(eq=False, slots=False)
class ProjectedGrid:
    """The cells of an area in one plane.

    Attributes:
        plane, lattice: where the cells lie.
        cells: the cells, by row and column.
        boundary: the input of shapes in boundary cells, which are computed on first use: the area in
            the plane, cut at the grid, and the cell of each chain (-1: whole or none). Or the
            computed shapes.
        tolerance: maximum deviation of an edge, in meters.
    """

    plane: Projection
    lattice: Lattice
    cells: Cells
    boundary: tuple[Rings, Chains, Ints] | Shapes
    tolerance: float

    @classmethod
    def cut(
        cls, site: Site, size: float, align: str, min_fraction: float, tolerance: float
    ) -> ProjectedGrid:
        """Cuts rings in degrees into cells of side `size`, in units of the plane."""
        try:
            flat = projected(site.rings, site.plane, tolerance / site.plane.meters)
        except InvalidArgumentError:
            if site.cut is None:
                raise
            flat = projected(site.cut, site.plane, tolerance / site.plane.meters)
        return cls.of_plane(flat, site.plane, size, align, min_fraction, tolerance)

    @classmethod
    def of_plane(
        cls,
        flat: Rings,
        plane: Projection,
        size: float,
        align: str,
        min_fraction: float,
        tolerance: float,
    ) -> ProjectedGrid:
        """Cuts rings given in the plane."""
        lattice = _lattice(flat, size, align)
        chains = trace(flat, lattice)
        cells, owners, kept = measure(chains, lattice, min_fraction)
        return cls(plane, lattice, cells, (flat, chains, kept[owners]), tolerance)

    def only(self, number: int) -> ProjectedGrid:
        """The same with one cell, to send to another process."""
        chosen = np.array([number])
        cells = self.cells
        alone = Cells(
            cells.rows[chosen], cells.columns[chosen], cells.fractions[chosen], cells.inside[chosen]
        )
        return ProjectedGrid(
            self.plane, self.lattice, alone, self.intersections(chosen), self.tolerance
        )

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("_order", "boundary_shapes")}

    @cached_property
    def _order(self) -> Ints:
        """(cells,) the number among boundary cells, -1 for cells inside."""
        edge = ~self.cells.inside
        return np.where(edge, np.cumsum(edge) - 1, -1)

    @cached_property
    def boundary_shapes(self) -> Shapes:
        """The parts of the area in boundary cells, in the plane."""
        if isinstance(self.boundary, np.ndarray):
            return self.boundary
        rings, chains, cells = self.boundary
        places = np.where(cells >= 0, self._order[cells], -1)
        fractions = self.cells.fractions[~self.cells.inside]
        return shapes(chains, places, fractions, self.lattice, rings)

    @property
    def _corner(self) -> Floats:
        return np.array([self.lattice.x, self.lattice.y])

    def squares(self, numbers: Ints) -> Shapes:
        """Squares of cells, in the plane."""
        low = np.stack([self.cells.columns[numbers], self.cells.rows[numbers]], axis=1)
        return self.lattice.boxes(low, low + 1)

    def intersections(self, numbers: Ints) -> Shapes:
        """The area in cells, in the plane."""
        made = np.empty(len(numbers), object)
        inside = self.cells.inside[numbers]
        made[inside] = self.squares(numbers[inside])
        made[~inside] = self.boundary_shapes[self._order[numbers[~inside]]]
        return made

    def own(self, shapes: Shapes) -> Shapes:
        """Shapes with coordinates in the axis order and axis directions of the coordinate system."""
        if self.plane.reflection < 0:
            return shapes
        made: Shapes = shapely.transform(shapes, self.plane.mirrored)
        return made

    def in_degrees(self, shapes: Shapes, numbers: Ints) -> Shapes:
        """Shapes of cells in degrees, as RFC 7946 requires."""
        split = split_edges(shapes, self.plane, self._middles(numbers), self.tolerance)
        return unprojected(split, self.plane, self.tolerance)

    def squares_in_degrees(self, numbers: Ints) -> Shapes:
        """Squares of cells in degrees, as RFC 7946 requires."""
        made = np.empty(len(numbers), object)
        sides = np.full(len(numbers), self.lattice.size * self.plane.meters)
        counts = halvings(self._middles(numbers), sides, self.plane, self.tolerance)
        for count in np.unique(counts):
            chosen = np.flatnonzero(counts == count)
            alike = numbers[chosen]
            if not self.plane.in_degrees:
                made[chosen] = self._split_squares(alike, 2 ** int(count))
        rest = np.flatnonzero(shapely.is_missing(made))
        made[rest] = self.in_degrees(self.squares(numbers[rest]), numbers[rest])
        return made

    def intersections_in_degrees(self, numbers: Ints) -> Shapes:
        """The area in cells in degrees, as RFC 7946 requires."""
        made = np.empty(len(numbers), object)
        inside = self.cells.inside[numbers]
        made[inside] = self.squares_in_degrees(numbers[inside])
        edge = numbers[~inside]
        made[~inside] = self.in_degrees(self.intersections(edge), edge)
        return made

    def _split_squares(self, numbers: Ints, pieces: int) -> Shapes:
        """Squares with each side split in `pieces`; None for one at a pole or the antimeridian.

        Adjacent squares share points, and each point is projected once.
        """
        cells = np.stack([self.cells.columns[numbers], self.cells.rows[numbers]], axis=1)
        lowest = cells.min(axis=0)
        across, up = ((cells - lowest) * pieces).astype(np.int64).T
        width, height = int(across.max()) + pieces + 1, int(up.max()) + pieces + 1
        made = np.full(len(numbers), None, object)
        if width * height > _SPARSE * 4 * pieces * len(numbers):
            return made
        side, none = np.arange(pieces), np.zeros(pieces, np.int64)
        x = np.concatenate([side, none + pieces, pieces - side, none, [0]])
        y = np.concatenate([none, side, none + pieces, pieces - side, [0]])
        index = (up * width + across)[:, None] + (y * width + x)
        used = np.zeros(width * height, bool)
        used[index] = True
        places = np.flatnonzero(used)
        order = np.cumsum(used) - 1
        steps = np.stack([places % width, places // width], axis=1) / pieces + lowest
        degrees = self.plane.inverse(self._corner + steps * self.lattice.size)
        rings = np.round(degrees, decimals(self.tolerance))[order[index]]
        plain = (np.abs(np.diff(rings[..., 0], axis=1)) < EDGE).all(axis=1)
        plain &= (np.abs(rings[..., 1]) < POLE - NEAR_POLE).all(axis=1)
        made[plain] = shapely.polygons(rings[plain])
        return made

    def _middles(self, numbers: Ints) -> Floats:
        cells = np.stack([self.cells.columns[numbers], self.cells.rows[numbers]], axis=1)
        return np.asarray(self._corner + (cells + 0.5) * self.lattice.size)

    def corners(self, numbers: Ints) -> Floats:
        """(n, 4, 2) corners of cells, counterclockwise from the lower left, in the plane."""
        low = np.stack([self.cells.columns[numbers], self.cells.rows[numbers]], axis=1)
        steps = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
        return np.asarray(self._corner + self.lattice.size * (low[:, None, :] + steps))


def _lattice(flat: Rings, size: float, align: str) -> Lattice:
    low, high = flat.points.min(axis=0), flat.points.max(axis=0)
    if align == "origin":
        low = np.floor(low / size) * size
    counts = np.maximum(np.ceil((high - low) / size - 1e-9), 1.0)
    if align == "center":
        low = low - (counts * size - (high - low)) / 2
    if counts.max() > 2**31 - 4:
        raise InvalidArgumentError(
            f"the grid would have {counts[0]:.15g} columns and {counts[1]:.15g} rows.",
            hint="Use larger tiles.",
        )
    columns, rows = counts.astype(int).tolist()
    return Lattice(float(low[0]), float(low[1]), size, columns, rows)
