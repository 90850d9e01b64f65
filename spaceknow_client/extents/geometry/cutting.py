"""Cuts rings along the lines of a grid; the cost grows with the boundary, not with the area.

Each edge is cut where it crosses a line, which gives chains of points that each lie in one cell.
The covered area of a cell is a sum over its chains plus the net rise of the chains to its right,
as in font rasterizers; cells between two boundary cells of a row are inside or outside without
being examined.

A point on a line belongs to the cell to its right or above it. Because integers decide which lines an
edge crosses, chains stay complete whatever the rounding.
"""

from __future__ import annotations

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray

from ...errors.base import InvalidArgumentError
from .rings import Flags, Floats, Ints, Rings, spread

DUST = 1e-8  # of a cell, or of the area if that is smaller; smaller parts are dropped
_LOST = 1e-10  # of the area; maximum sum of dropped parts
_WHOLE = 1 - 1e-11
MAX_CELLS = 100_000_000
MAX_CROSSINGS = 200_000_000


@frozen
class Lattice:
    """Square cells: `columns` x `rows` of side `size`, the lower left corner at (x, y)."""

    x: float
    y: float
    size: float
    columns: int
    rows: int

    def boxes(self, low: NDArray[np.integer], high: NDArray[np.integer]) -> NDArray[np.object_]:
        """Rectangles between lines (..., 2): from the first column and row to those after the last."""
        corner = np.array([self.x, self.y])
        begin, end = corner + low * self.size, corner + high * self.size
        made: NDArray[np.object_] = shapely.box(
            begin[..., 0], begin[..., 1], end[..., 0], end[..., 1]
        )
        return made


@frozen(eq=False)
class Chains:
    """Sections of rings between two lines of the grid.

    Attributes:
        points: (n, 2) in units of cells, from the lattice's corner.
        starts, ends: (chains,) index of the first and the last point of each chain.
        columns, rows: (chains,) cell of each chain.
        is_loop: (chains,) whether it is a ring that crosses no line.
        sides: (chains, 2) sides of its cell at which it enters and leaves, 0 to 3 counterclockwise
            from the lower one; unused for loops.
    """

    points: Floats
    starts: Ints
    ends: Ints
    columns: Ints
    rows: Ints
    is_loop: Flags
    sides: NDArray[np.int8]


@frozen(eq=False)
class Cells:
    """The cells of an area, by row and column.

    Attributes:
        rows, columns: (cells,) indices from the lower left corner of the lattice.
        fractions: (cells,) the covered share.
        inside: (cells,) whether the cell is completely covered.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    fractions: Floats
    inside: Flags


def trace(rings: Rings, lattice: Lattice) -> Chains:
    """Cuts rings at the lines of a lattice that contains them."""
    _check_count(rings.areas().sum() / lattice.size**2)
    points = (rings.points - (lattice.x, lattice.y)) / lattice.size
    cells = np.floor(points).astype(np.int64)
    steps = np.zeros_like(cells)
    steps[:-1] = np.diff(cells, axis=0)
    steps[rings.offsets[1:] - 1] = 0
    counts = np.abs(steps).sum(axis=1)
    if counts.sum() > MAX_CROSSINGS:
        raise InvalidArgumentError(
            f"its boundary crosses the grid {counts.sum()} times.", hint="Use larger tiles."
        )
    edges, places, sides, after = _crossings(points, cells, steps)

    nodes = np.empty((len(points) + len(edges), 2))
    is_crossing = np.zeros(len(nodes), bool)
    positions = edges + 1 + np.arange(len(edges))
    is_crossing[positions] = True
    nodes[positions] = places
    nodes[~is_crossing] = points
    offsets = rings.offsets + np.concatenate([[0], np.cumsum(counts)])[rings.offsets]

    # Each ring is rotated to start where it crosses a line.
    owners = np.searchsorted(rings.offsets, edges, side="right") - 1
    crossed, firsts, many = np.unique(owners, return_index=True, return_counts=True)
    turns = np.zeros(len(rings), np.int64)
    turns[crossed] = positions[firsts] - offsets[crossed]
    nodes = _turned(nodes, offsets, turns)
    starts = positions - turns[owners]

    loops = np.ones(len(rings), bool)
    loops[crossed] = False
    first_points = rings.offsets[:-1][loops]
    following = np.roll(np.arange(len(edges)), -1)
    last_of_ring = np.cumsum(many) - 1
    following[last_of_ring] = firsts
    ends = starts[following]
    ends[last_of_ring] = offsets[crossed + 1] - 1
    none = np.full((loops.sum(), 2), -1, np.int8)
    return Chains(
        points=nodes,
        starts=np.concatenate([starts, offsets[:-1][loops]]),
        ends=np.concatenate([ends, offsets[1:][loops] - 1]),
        columns=np.concatenate([after[:, 0], cells[first_points, 0]]),
        rows=np.concatenate([after[:, 1], cells[first_points, 1]]),
        is_loop=np.concatenate([np.zeros(len(edges), bool), np.ones(loops.sum(), bool)]),
        # It leaves by the side opposite to the one by which it enters the next cell.
        sides=np.concatenate([np.stack([sides, (sides[following] + 2) % 4], axis=1), none]),
    )


def _crossings(
    points: Floats, cells: Ints, steps: Ints
) -> tuple[Ints, Floats, NDArray[np.int8], Ints]:
    """Ordered crossings of edges with lines: edge, point, entered side and entered cell."""
    found = []
    for axis in (0, 1):
        edges = np.flatnonzero(steps[:, axis])
        group, number = spread(np.abs(steps[edges, axis]))
        edge = edges[group]
        up = steps[edge, axis] > 0
        lines = cells[edge, axis] + np.where(up, 1 + number, -number)
        begin, end = points[edge], points[edge + 1]
        share = (lines - begin[:, axis]) / (end[:, axis] - begin[:, axis])
        share = np.clip(share, 0.0, 1.0)
        places = begin + share[:, None] * (end - begin)
        places[:, axis] = lines
        # Going right it enters by the left side (3), going left by the right (1), up by the lower (0).
        sides = np.where(up, (3, 0)[axis], (1, 2)[axis]).astype(np.int8)
        moves = np.zeros((len(edge), 2), np.int64)
        moves[:, axis] = np.where(up, 1, -1)
        found.append((edge, share, places, sides, moves))
    edge, share, places, sides, moves = map(np.concatenate, zip(*found, strict=True))
    order = np.lexsort((share, edge))
    edge, moves = edge[order], moves[order]
    _, firsts, many = np.unique(edge, return_index=True, return_counts=True)
    gone = np.cumsum(moves, axis=0)
    before = np.repeat(gone[firsts] - moves[firsts], many, axis=0)
    return edge, places[order], sides[order], cells[edge] + gone - before


def _turned(nodes: Floats, offsets: Ints, turns: Ints) -> Floats:
    """Rings rotated by `turns` points; the last point repeats the first."""
    if not turns.any():
        return nodes
    lengths = np.diff(offsets)
    number = np.arange(len(nodes)) - np.repeat(offsets[:-1] - turns, lengths)
    rounds = np.repeat(lengths - 1, lengths)
    number -= np.where(number >= rounds, rounds, 0)
    return np.asarray(nodes[np.repeat(offsets[:-1], lengths) + number])


def measure(chains: Chains, lattice: Lattice, min_fraction: float) -> tuple[Cells, Ints, Ints]:
    """The covered cells; for each chain the number of its boundary cell, and its index in the result.

    That index is -1 if the cell is dropped, or completely inside.
    """
    stride = lattice.columns + 2  # because rounding can move a point just outside
    keys, owners = np.unique((chains.rows + 1) * stride + chains.columns + 1, return_inverse=True)
    u, v = chains.points.T
    order = np.argsort(chains.starts)
    lengths = np.diff(np.append(chains.starts[order], len(u)))
    rise = np.zeros(len(u))
    rise[:-1] = np.diff(v)
    rise[chains.ends[_ends_a_ring(chains)]] = 0  # no edge leads to the next ring
    across = np.zeros(len(u))
    across[:-1] = (u[:-1] + u[1:]) / 2
    across -= np.repeat(chains.columns[order], lengths)
    starts = chains.starts[order]
    cell = owners[order]
    up = np.bincount(cell, np.add.reduceat(rise, starts), len(keys))
    own = np.bincount(cell, np.add.reduceat(across * rise, starts), len(keys))
    right = -np.cumsum(up)  # a row's chains go up as much as down
    fractions = own + right
    gaps = np.diff(keys, append=keys[-1] + 1) - 1
    runs = np.where(right > 0.5, gaps, 0)
    kept = (fractions >= min_fraction) & ~_dust(np.asarray(fractions, float), runs.sum())
    counts = runs + 1
    _check_count(counts.sum())
    firsts = np.cumsum(counts) - counts
    is_run = np.ones(int(counts.sum()), bool)
    is_run[firsts] = False
    whole = fractions > _WHOLE
    rows, columns = np.divmod(keys, stride)
    all_rows = np.repeat((rows - 1).astype(np.int32), counts)
    number = np.arange(len(is_run), dtype=np.int32) - np.repeat(firsts.astype(np.int32), counts)
    all_columns = np.repeat((columns - 1).astype(np.int32), counts) + number
    all_fractions = np.ones(len(is_run))
    all_fractions[firsts] = np.where(whole, 1.0, fractions)
    is_run[firsts[whole]] = True
    chosen = np.ones(len(is_run), bool)
    chosen[firsts[~kept]] = False
    cells = Cells(all_rows, all_columns, all_fractions, is_run)
    places = np.where(kept & ~whole, firsts, -1)
    if not chosen.all():
        cells = Cells(all_rows[chosen], all_columns[chosen], all_fractions[chosen], is_run[chosen])
        moved = np.cumsum(chosen) - 1
        places = np.where(places >= 0, moved[places], -1)
    return cells, owners, places


def _dust(fractions: Floats, whole: float) -> Flags:
    """(cells,) which cells are negligible, also in sum; `whole` is the number of full cells."""
    total = float(fractions.sum()) + whole
    small = np.flatnonzero(fractions < DUST * min(1.0, total))
    small = small[np.argsort(fractions[small])]
    found = np.zeros(len(fractions), bool)
    found[small[np.cumsum(np.maximum(fractions[small], 0.0)) <= _LOST * total]] = True
    return found


def _check_count(count: float) -> None:
    if count > MAX_CELLS:
        raise InvalidArgumentError(
            f"it makes {count:.0f} tiles, more than the limit of {MAX_CELLS}.",
            hint="Use larger tiles, or cut the extent in parts.",
        )


def _ends_a_ring(chains: Chains) -> Flags:
    """(chains,) whether it is the last chain of its ring."""
    return ~np.isin(chains.ends, chains.starts)
