"""Builds the parts of an area in boundary cells from the chains that cross these cells.

The inside is to the left of a chain. So where a chain leaves its cell, the part continues
counterclockwise along the border of the cell to where the next chain enters. Points on corners and
touching rings are ambiguous: parts whose area is not the share of the cell, or that are invalid, are
computed by GEOS instead.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from .cutting import Chains, Lattice
from .rings import Flags, Floats, Ints, Rings, areal, spread

Shapes = NDArray[np.object_]
AGREEMENT = 1e-9  # of a cell
_POINT = 1e-14
# Corners of a cell, by the side that starts there.
_CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)


def shapes(
    chains: Chains, places: Ints, fractions: Floats, lattice: Lattice, rings: Rings
) -> Shapes:
    """Polygons and MultiPolygons in the plane, one for each of `fractions`.

    `places` (chains,) is the index of the result that a chain belongs to, -1 for none; `fractions` are
    the shares of a cell; `rings` are the rings that were cut into chains.
    """
    if len(fractions) == 0:
        return np.empty(0, object)
    columns, rows = np.zeros((2, len(fractions)), np.int64)
    used = np.flatnonzero(places >= 0)
    columns[places[used]], rows[places[used]] = chains.columns[used], chains.rows[used]
    corners = np.stack([columns, rows], axis=1).astype(float)
    points, offsets, cells, doubtful = _closed(chains, places, used, corners)
    areas = _areas(points - np.repeat(corners[cells], np.diff(offsets), axis=0), offsets)
    total = np.bincount(cells, areas, len(fractions))
    scale = min(1.0, float(fractions.sum()))  # the area can be far smaller than a cell
    doubtful |= np.abs(total - fractions) > AGREEMENT * scale
    real = (np.abs(areas) > _POINT * scale) & ~doubtful[cells]
    meters = points * lattice.size + (lattice.x, lattice.y)
    made = _grouped(meters, offsets, cells, areas, real, doubtful)
    sure = np.flatnonzero(~doubtful)
    broken = sure[~shapely.is_valid(made[sure])]
    if len(broken):
        mended = shapely.make_valid(made[broken], method="structure", keep_collapsed=False)
        share = shapely.area(mended) / lattice.size**2
        fine = np.abs(share - fractions[broken]) <= AGREEMENT * scale
        made[broken[fine]] = mended[fine]
        doubtful[broken[~fine]] = True
    for cell, shape in _by_geos(rings, lattice, columns, rows, np.flatnonzero(doubtful)):
        made[cell] = shape
    return made


def assembled(rings: Rings) -> BaseGeometry:
    """Polygons of rings; outer rings are counterclockwise, holes clockwise."""
    areas = rings.areas()
    one = np.zeros(len(rings), np.int64)
    made = _grouped(rings.points, rings.offsets, one, areas, areas != 0, np.zeros(1, bool))
    return areal(made[0])


def _closed(
    chains: Chains, places: Ints, used: Ints, corners: Floats
) -> tuple[Floats, Ints, Ints, Flags]:
    """All rings in boundary cells: points, offsets, the cell of each ring, and ambiguous cells."""
    ends = chains.ends[used]
    starts = chains.starts[used]
    loops = used[chains.is_loop[used]]
    short = (ends - starts == 1) & (chains.points[starts] == chains.points[ends]).all(axis=1)
    crossing = used[~chains.is_loop[used] & ~short]
    cell = places[crossing]
    came, left = (
        _along_border(chains.points[where[crossing]] - corners[cell], chains.sides[crossing, side])
        for side, where in ((0, chains.starts), (1, chains.ends))
    )
    following, doubtful = _following(cell, came, left, len(corners))
    ring, rank = _cycles(following)
    order = np.lexsort((rank, ring))
    corner, steps = _corners_between(left, came[following])

    # The points of a chain, then the corners up to the next chain.
    lengths = chains.ends[crossing] - chains.starts[crossing] + 1
    group, number = spread((lengths + steps)[order])
    which = order[group]
    on_chain = number < lengths[which]
    index = np.where(on_chain, chains.starts[crossing][which] + number, 0)
    turn = (corner[which] + number - lengths[which]) % 4
    linked = np.where(
        on_chain[:, None], chains.points[index], corners[cell[which]] + _CORNERS[turn]
    )
    heads, sizes = np.unique(ring[which], return_counts=True)
    ring_cells = cell[heads]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    linked, offsets = _tidy(linked, offsets)

    loop_lengths = chains.ends[loops] - chains.starts[loops] + 1
    group, number = spread(loop_lengths)
    points = np.concatenate([linked, chains.points[chains.starts[loops][group] + number]])
    offsets = np.concatenate([offsets, offsets[-1] + np.cumsum(loop_lengths)])
    return points, offsets, np.concatenate([ring_cells, places[loops]]), doubtful


def _along_border(places: Floats, sides: NDArray[np.int8]) -> Floats:
    """Distance along the border of a cell, counterclockwise from the lower left corner, 0 to 4."""
    x, y = np.clip(places, 0.0, 1.0).T
    return np.asarray(np.choose(sides, [x, 1 + y, 3 - x, 4 - y]), float)


def _following(cell: Ints, came: Floats, left: Floats, cells: int) -> tuple[Ints, Flags]:
    """The chain that enters next after each one leaves; and the cells in which that is ambiguous.

    Around a cell, exits and entries alternate. If an exit and an entry are at the same point, the order
    in which they alternate is correct.
    """
    count = len(cell)
    following = np.arange(count)
    doubtful = np.zeros(cells, bool)
    todo = np.ones(count, bool)
    for way_out_first in (True, False):
        chosen = np.flatnonzero(todo)
        if len(chosen) == 0:
            break
        both = np.concatenate([cell[chosen], cell[chosen]])
        where = np.concatenate([left[chosen], came[chosen]])
        is_out = np.arange(len(both)) < len(chosen)
        order = np.lexsort((is_out != way_out_first, where, both))
        both, is_out = both[order], is_out[order]
        chain = chosen[order % len(chosen)]
        first = np.flatnonzero(np.diff(both, prepend=-1))
        last = np.append(first[1:], len(both)) - 1
        after = np.arange(1, len(both) + 1)
        after[last] = first
        wrong = is_out == is_out[after]
        doubtful[:] = False
        doubtful[both[wrong]] = True
        fine = is_out & ~doubtful[both]
        following[chain[fine]] = chain[after[fine]]
        todo = doubtful[cell]
    return following, doubtful


def _cycles(following: Ints) -> tuple[Ints, Ints]:
    """For a permutation: the least member of the cycle of each element, and the steps from there."""
    least = np.arange(len(following))
    jump = following
    while True:
        lower = np.minimum(least, least[jump])
        if (lower == least).all():
            break
        least, jump = lower, jump[jump]
    rank = np.zeros(len(following), np.int64)
    current = np.flatnonzero(least == np.arange(len(following)))
    step = 0
    while len(current):
        rank[current] = step
        step += 1
        current = following[current]
        current = current[least[current] != current]
    return least, rank


def _corners_between(left: Floats, came: Floats) -> tuple[Ints, Ints]:
    """Between two points on the border: the first corner, and the number of corners."""
    came = np.where(came < left, came + 4, came)
    first = np.floor(left).astype(np.int64) + 1
    last = np.ceil(came).astype(np.int64) - 1
    return first, np.maximum(last - first + 1, 0)


def _tidy(points: Floats, offsets: Ints) -> tuple[Floats, Ints]:
    """Closes rings, and drops points that repeat the one before."""
    sizes = np.diff(offsets)
    closed = np.insert(points, offsets[1:], points[offsets[:-1]], axis=0)
    starts = offsets + np.arange(len(offsets))
    same = np.zeros(len(closed), bool)
    same[1:] = (closed[1:] == closed[:-1]).all(axis=1)
    same[starts[:-1]] = False
    kept = np.add.reduceat(~same, starts[:-1]) if len(sizes) else sizes
    few = np.repeat(kept < 4, sizes + 1)  # a line: dropped because its area is 0
    same &= ~few
    counts = np.add.reduceat((~same).astype(np.int64), starts[:-1]) if len(sizes) else sizes
    return closed[~same], np.concatenate([[0], np.cumsum(counts)])


def _areas(points: Floats, offsets: Ints) -> Floats:
    return Rings(points, offsets).areas()


def _grouped(
    points: Floats, offsets: Ints, cells: Ints, areas: Floats, real: Flags, doubtful: Flags
) -> Shapes:
    """One shape per cell from its rings; outer rings are counterclockwise, holes clockwise."""
    outer = np.flatnonzero(real & (areas > 0))
    outer = outer[np.argsort(cells[outer], kind="stable")]
    holes = np.flatnonzero(real & (areas < 0))
    owners = _owners(points, offsets, cells, areas, outer, holes)
    lost = owners < 0
    doubtful[cells[holes[lost]]] = True
    holes, owners = holes[~lost], owners[~lost]
    polygon = np.concatenate([np.arange(len(outer)), owners])
    order = np.argsort(polygon, kind="stable")  # puts the outer ring first
    chosen = np.concatenate([outer, holes])[order]
    group, number = spread(np.diff(offsets)[chosen])
    ring_offsets = np.concatenate([[0], np.cumsum(np.diff(offsets)[chosen])])
    polygon_offsets = np.searchsorted(polygon[order], np.arange(len(outer) + 1))
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        points[offsets[chosen][group] + number],
        (ring_offsets, polygon_offsets),
    )
    made = np.full(len(doubtful), None, object)
    several = np.bincount(cells[outer], minlength=len(doubtful))[cells[outer]] > 1
    made[cells[outer[~several]]] = polygons[~several]
    if several.any():
        numbers, index = np.unique(cells[outer[several]], return_inverse=True)
        made[numbers] = shapely.multipolygons(polygons[several], indices=index)
    doubtful |= shapely.is_missing(made)
    return made


def _owners(
    points: Floats, offsets: Ints, cells: Ints, areas: Floats, outer: Ints, holes: Ints
) -> Ints:
    """For each hole, the index in `outer` of the smallest ring that contains it, -1 if none does.

    The ring must be larger than the hole: a point of a lagoon can also lie on an islet in it.
    """
    first = np.searchsorted(cells[outer], cells[holes], side="left")
    many = np.searchsorted(cells[outer], cells[holes], side="right") - first
    owners = np.where(many == 1, first, -1)
    doubt = np.flatnonzero(many > 1)
    if len(doubt) == 0:
        return owners
    pair, number = spread(many[doubt])
    hole, candidate = holes[doubt[pair]], first[doubt[pair]] + number

    def as_polygons(rings: Ints) -> Shapes:
        unique, index = np.unique(rings, return_inverse=True)
        alone = [points[offsets[ring] : offsets[ring + 1]] for ring in unique]
        return np.asarray(Rings.of_list(alone).polygons()[index])

    holds = shapely.contains_xy(
        as_polygons(outer[candidate]),
        *shapely.get_coordinates(shapely.point_on_surface(as_polygons(hole))).T,
    )
    holds &= areas[outer[candidate]] > -areas[hole]
    size = np.where(holds, areas[outer[candidate]], np.inf)
    order = np.lexsort((size, pair))
    smallest = order[np.flatnonzero(np.diff(pair[order], prepend=-1))]
    found = np.isfinite(size[smallest])
    owners[doubt[found]] = candidate[smallest[found]]
    return owners


def _by_geos(
    rings: Rings, lattice: Lattice, columns: Ints, rows: Ints, cells: Ints
) -> list[tuple[int, shapely.Geometry]]:
    """The parts of some cells by intersection, halving the area until one cell is left."""
    if len(cells) == 0:
        return []
    alone = shapely.make_valid(rings.polygons(), method="structure", keep_collapsed=False)
    found: list[tuple[int, shapely.Geometry]] = []
    todo = [(alone, cells)]
    while todo:
        parts, chosen = todo.pop()
        left, low = columns[chosen].min(), rows[chosen].min()
        right, high = columns[chosen].max() + 1, rows[chosen].max() + 1
        box = lattice.boxes(np.array([left, low]), np.array([right, high]))
        parts = shapely.intersection(parts[shapely.intersects(parts, box)], box)
        parts = parts[shapely.area(parts) > 0]
        if len(chosen) == 1:
            # Inside an odd number of rings means inside the area.
            part: BaseGeometry = shapely.Polygon()
            for other in parts:
                part = shapely.symmetric_difference(part, other)
            found.append((int(chosen[0]), areal(part)))
            continue
        axis = columns if right - left > high - low else rows
        order = chosen[np.argsort(axis[chosen], kind="stable")]
        todo += [(parts, order[: len(order) // 2]), (parts, order[len(order) // 2 :])]
    return found
