"""Checks whether rings of a polygon cross or touch where they must not. Pure Python, as strict as GEOS.

Each edge is compared with those that overlap it along one axis, which takes 10 ms for a coast of
2,000 points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

Point = tuple[float, float]
NO_AREA = "the ring has no area: its points lie on one line."
NARROW = 1e-9  # degrees, 0.1 mm; anything narrower has no area


class Problem(NamedTuple):
    """The problem of a polygon, and the number of the ring."""

    ring: int
    text: str


class _Edge(NamedTuple):
    """An edge: its bounding box, the number of its ring, its number in the ring, and its ends."""

    west: float
    south: float
    east: float
    north: float
    ring: int
    number: int
    begin: Point
    end: Point


def problem_of(rings: Sequence[Sequence[Point]], *, is_open: bool = False) -> Problem | None:
    """The first problem of a polygon of closed rings; the first ring is the outer one.

    `is_open` is for rings around a pole, whose longitudes end 360 degrees from where they start.
    """
    edges: list[_Edge] = []
    counts = []
    for number, ring in enumerate(rings):
        points = [point for point, following in pairwise(ring) if point != following]
        points.append(ring[-1])
        if len(points) < 4 and not is_open:
            return Problem(number, NO_AREA)
        counts.append(len(points) - 1)
        edges += _edges(points, number)
    touches: dict[Point, set[int]] = {}
    for one, other, place in _meetings(edges, counts):
        if place is not None and one.ring != other.ring:
            touches.setdefault(place, set()).update((one.ring, other.ring))
            continue
        if one.ring == other.ring and not is_open and is_line(rings[one.ring]):
            return Problem(one.ring, NO_AREA)
        x, y = place or _crossing(one, other)
        how = "touches" if place else "crosses"
        what = f"the ring {how} itself" if one.ring == other.ring else "two rings cross"
        return Problem(max(one.ring, other.ring), f"{what} near {x:.12g}, {y:.12g}.")
    return _misplaced(rings, touches)


def is_line(ring: Sequence[Sequence[float]]) -> bool:
    """Whether a ring has almost no area."""
    x, y = ring[0]
    far, u, v = max(((a - x) ** 2 + (b - y) ** 2, a - x, b - y) for a, b in ring)
    return all(abs(u * (b - y) - v * (a - x)) <= NARROW * far**0.5 for a, b in ring)


def _edges(points: Sequence[Point], ring: int) -> Iterator[_Edge]:
    for number, (begin, end) in enumerate(pairwise(points)):
        west, east = (begin[0], end[0]) if begin[0] < end[0] else (end[0], begin[0])
        south, north = (begin[1], end[1]) if begin[1] < end[1] else (end[1], begin[1])
        yield _Edge(west, south, east, north, ring, number, begin, end)


def _meetings(
    edges: list[_Edge], counts: Sequence[int]
) -> Iterator[tuple[_Edge, _Edge, Point | None]]:
    """Pairs of edges that meet without being consecutive, with the point if they only touch."""
    width = max(edge.east for edge in edges) - min(edge.west for edge in edges)
    height = max(edge.north for edge in edges) - min(edge.south for edge in edges)
    across = sum(edge.east - edge.west for edge in edges) * height
    up = sum(edge.north - edge.south for edge in edges) * width
    low, high, side, top = (0, 2, 1, 3) if across <= up else (1, 3, 0, 2)
    active: list[Any] = []
    ordered: list[Any] = sorted(edges, key=itemgetter(low))
    for edge in ordered:
        start, bottom, ceiling = edge[low], edge[side], edge[top]
        active = [other for other in active if other[high] >= start]
        for other in active:
            if other[top] < bottom or other[side] > ceiling:
                continue
            apart = abs(edge.number - other.number) if edge.ring == other.ring else 0
            if apart and apart in (1, counts[edge.ring] - 1):
                if _folds_back(edge, other):
                    yield edge, other, None
                continue
            for place in _meeting(edge, other):
                yield edge, other, place
        active.append(edge)


def _meeting(one: _Edge, other: _Edge) -> Iterator[Point | None]:
    """Yields nothing if two edges do not meet, None if they cross or overlap, or the touching point."""
    a, b, c, d = one.begin, one.end, other.begin, other.end
    sides = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if sides[0] * sides[1] > 0 or sides[2] * sides[3] > 0:
        return
    if all(sides):
        yield None
    elif any(sides):
        # An end of one edge is on the other; the zero shows which.
        yield (c, d, a, b)[sides.index(0)]
    else:
        axis = 0 if a[0] != b[0] else 1
        low = max(min(a[axis], b[axis]), min(c[axis], d[axis]))
        high = min(max(a[axis], b[axis]), max(c[axis], d[axis]))
        if low < high:
            yield None
        elif low == high:
            yield a if a in (c, d) else b


def _crossing(one: _Edge, other: _Edge) -> Point:
    """The approximate crossing of two edges; an end of one if they overlap."""
    (a, b), (c, d) = one.begin, one.end
    (e, f), (g, h) = other.begin, other.end
    across = (c - a) * (h - f) - (d - b) * (g - e)
    share = ((e - a) * (h - f) - (f - b) * (g - e)) / across if across else 0.0
    return a + share * (c - a), b + share * (d - b)


def _folds_back(one: _Edge, other: _Edge) -> bool:
    """Whether two edges with a common end overlap."""
    shared, p, q = one.end, one.begin, other.end
    if shared != other.begin:
        shared, p, q = one.begin, one.end, other.begin
    if _turn(shared, p, q):
        return False
    return (p[0] - shared[0]) * (q[0] - shared[0]) + (p[1] - shared[1]) * (q[1] - shared[1]) > 0


def _misplaced(
    rings: Sequence[Sequence[Point]], touches: Mapping[Point, set[int]]
) -> Problem | None:
    """Holes outside the outer ring or inside each other, and rings that cut the inside in two."""
    group: dict[object, object] = {}

    def root(node: object) -> object:
        while node in group:
            node = group[node]
        return node

    for place, touching in touches.items():
        for number in touching:
            one, other = root(place), root(number)
            if one == other:
                return Problem(number, "rings touch so often that the inside is cut in two.")
            group[one] = other
    boxes: list[tuple[float, float, int, Point]] = []
    for number, ring in enumerate(rings[1:], 1):
        middle = (ring[0][0] + ring[1][0]) / 2, (ring[0][1] + ring[1][1]) / 2
        inside = next((point for point in ring if point not in touches), middle)
        if not _holds(rings[0], inside):
            return Problem(number, "the hole is outside the outer ring.")
        west, east = min(ring)[0], max(ring)[0]
        boxes.append((west, east, number, inside))
    boxes.sort()
    for index, (_, east, number, inside) in enumerate(boxes):
        for west, _, second, point in boxes[index + 1 :]:
            if west > east:
                break
            if _holds(rings[number], point) or _holds(rings[second], inside):
                return Problem(second, "one hole is inside another.")
    return None


def _holds(ring: Sequence[Point], place: Point) -> bool:
    inside = False
    for a, b in pairwise(ring):
        if (a[1] > place[1]) != (b[1] > place[1]) and (_turn(a, b, place) > 0) == (b[1] > a[1]):
            inside = not inside
    return inside


def _turn(a: Point, b: Point, c: Point) -> int:
    """1 if c is to the left of the line from a to b, -1 to the right, 0 on it; exactly."""
    left, right = (b[0] - a[0]) * (c[1] - a[1]), (b[1] - a[1]) * (c[0] - a[0])
    turn = left - right
    if abs(turn) > 1e-15 * (abs(left) + abs(right)) + 1e-300:
        return 1 if turn > 0 else -1
    from fractions import Fraction  # seldom needed

    ax, ay, bx, by, cx, cy = map(Fraction, (*a, *b, *c))
    exact = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (exact > 0) - (exact < 0)
