"""Reads GeoJSON and reports errors with position and fix. Pure Python, optimized for large input."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import islice, pairwise
from numbers import Integral
from operator import index, mul
from typing import Any, NamedTuple

from ..errors.base import InvalidExtentError
from ..errors.shown import shown
from ..runtime.extras import is_installed
from .crossings import NO_AREA, is_line, problem_of
from .wgs84 import check_name

# Types that clients are known to send and the server to accept.
AREAS = ("Polygon", "MultiPolygon")
TYPES = (*AREAS, "GeometryCollection", "Feature", "FeatureCollection")
MAX_DEPTH = 32
# A detailed continent has a million positions. More are probably the wrong file.
MAX_POSITIONS = 5_000_000

# Rings up to this length are checked in Python, longer ones only with the extra `geo`.
MAX_CHECKED = 2_000
_MANY = 4_000  # positions; above, GEOS finds the invalid polygons faster

Bounds = tuple[float, float, float, float]
Ring = list[list[float]]
_SWAPPED = "Longitude comes first; the two may be swapped."


class Refusal(NamedTuple):
    """Why an extent cannot be sent, and what to do."""

    problem: str
    path: str
    hint: str


class GeometryReader:
    """Copies and checks the bare geometry of GeoJSON, without properties, altitudes and foreign members.

    Outer rings are written counterclockwise and inner ones clockwise (RFC 7946, 3.1.6); the area stays
    the same. Rings that jump across the antimeridian keep their direction, because it alone determines
    which side is inside.

    Attributes:
        bounds: (west, south, east, north) in degrees; None before the first polygon.
        positions: number of positions that were read.
        refusal: the problem of the first ring that jumps.
        jumps: whether a ring jumps.
        has_area: whether an outer ring encloses an area.
        polygons: polygons whose rings do not jump, with their paths.
    """

    def __init__(self) -> None:
        self.bounds: Bounds | None = None
        self.positions = 0
        self.refusal: Refusal | None = None
        self.jumps = self.has_area = False
        self.polygons: list[tuple[list[Ring], str]] = []

    def read(self, value: Any, path: str = "", depth: int = 0) -> dict[str, Any]:
        """Returns the geometry. Raises InvalidExtentError."""
        if depth > MAX_DEPTH:
            raise InvalidExtentError(
                f"it is nested more than {MAX_DEPTH} levels deep.",
                path=path,
                hint="Put its polygons into one MultiPolygon.",
            )
        if not isinstance(value, Mapping):
            raise InvalidExtentError("expected a GeoJSON object.", path=path)
        check_name(value.get("crs"), _at(path, "crs"))
        match value.get("type"):
            case "Polygon":
                where = _at(path, "coordinates")
                rings = self._polygon(value.get("coordinates"), where)
                return {"type": "Polygon", "coordinates": rings}
            case "MultiPolygon":
                where = _at(path, "coordinates")
                polygons = [
                    self._polygon(polygon, f"{where}[{index}]")
                    for index, polygon in enumerate(_array(value.get("coordinates"), where))
                ]
                return {"type": "MultiPolygon", "coordinates": polygons}
            case "GeometryCollection":
                return self._collection(value, "geometries", path, depth)
            case "FeatureCollection":
                return self._collection(value, "features", path, depth)
            case "Feature":
                if value.get("geometry") is None:
                    raise InvalidExtentError("the Feature has no geometry.", path=path)
                return self.read(value["geometry"], _at(path, "geometry"), depth + 1)
            case kind:
                raise _refused_type(kind, path)

    def _collection(
        self, value: Mapping[str, Any], name: str, path: str, depth: int
    ) -> dict[str, Any]:
        """Omits members without a geometry (RFC 7946, 3.2)."""
        where = _at(path, name)
        geometries = [
            self.read(item, f"{where}[{index}]", depth + 1)
            for index, item in enumerate(_array(value.get(name), where))
            if not _is_unlocated(item)
        ]
        return {"type": "GeometryCollection", "geometries": geometries}

    def _polygon(self, rings: Any, path: str) -> list[Ring]:
        given = _array(rings, path)
        if not given:
            raise InvalidExtentError("the polygon has no ring.", path=path)
        made = [self._ring(ring, f"{path}[{index}]") for index, ring in enumerate(given)]
        for number, ring in enumerate(made):
            edge = jump(ring)
            if edge:
                self.jumps = True
                self.refusal = self.refusal or _ambiguous(edge, f"{path}[{number}]")
                return made
        for number, ring in enumerate(made):
            if (_twice_the_area(ring) < 0) == (number == 0):
                ring.reverse()
        self.has_area = self.has_area or not is_line(made[0])
        self.polygons.append((made, path))
        return made

    def refused(
        self, invalid_ones: Callable[[list[list[Ring]]], list[tuple[int, str]]]
    ) -> Refusal | None:
        """The first reason why it cannot be sent: a ring that jumps, crosses itself or has no area.

        `invalid_ones` uses GEOS to return the numbers of invalid polygons with reasons.
        """
        if self.refusal or self.jumps:
            return self.refusal
        chosen: list[tuple[int, str]] = [(number, "") for number in range(len(self.polygons))]
        longest = max((len(ring) for rings, _ in self.polygons for ring in rings), default=0)
        if (longest > MAX_CHECKED or self.positions > _MANY) and is_installed("shapely"):
            chosen = invalid_ones([rings for rings, _ in self.polygons])
        for number, reason in chosen:
            rings, path = self.polygons[number]
            is_long = max(map(len, rings)) > MAX_CHECKED
            problem = None if is_long else problem_of([[(x, y) for x, y in r] for r in rings])
            if problem:
                return invalid(problem.text, f"{path}[{problem.ring}]")
            if reason:
                return invalid(f"the polygon is not valid: {reason}.", path)
        return None if self.has_area else invalid(NO_AREA, "")

    def _ring(self, ring: Any, path: str) -> Ring:
        positions = _array(ring, path)
        if len(positions) < 4:
            raise InvalidExtentError(
                f"a ring must have at least 4 positions, not {len(positions)}.",
                path=path,
                hint="The last position must equal the first.",
            )
        self.positions += len(positions)
        if self.positions > MAX_POSITIONS:
            raise InvalidExtentError(
                f"it has more than {MAX_POSITIONS} positions.",
                path=path,
                hint="Simplify it, for example with shapely's simplify().",
            )
        longitudes, latitudes = _columns(positions, path)
        if longitudes[0] != longitudes[-1] or latitudes[0] != latitudes[-1]:
            raise InvalidExtentError(
                "the ring is not closed.", path=path, hint="Append its first position at the end."
            )
        box = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
        known = self.bounds or box
        self.bounds = (*map(min, known[:2], box[:2]), *map(max, known[2:], box[2:]))  # type: ignore[assignment]
        return list(map(list, zip(longitudes, latitudes, strict=True)))


def invalid(problem: str, path: str) -> Refusal:
    """For a polygon whose rings cross, touch or have no area."""
    return Refusal(problem, path, "Use Extent(...).repaired(), and compare the areas.")


def _ambiguous(edge: tuple[float, float], path: str) -> Refusal:
    wide = abs(edge[1] - edge[0])
    return Refusal(
        f"an edge from longitude {edge[0]:g} to {edge[1]:g} is ambiguous: {360 - wide:g} or "
        f"{wide:g} degrees long.",
        path,
        "Extent(...).split_at_antimeridian(short_edges=True) takes the short way across the "
        "antimeridian, split_at_antimeridian() the long way.",
    )


def jump(ring: Ring) -> tuple[float, float] | None:
    """The longitudes of the first edge that could go either way around the Earth, or None.

    An edge of 360 degrees is one, if the other edges go around a pole without touching it.
    """
    longitudes = [point[0] for point in ring]
    if max(longitudes) - min(longitudes) <= 180:
        return None
    turn, full = 0.0, None
    is_at_pole = any(abs(point[1]) == 90 for point in ring)
    for (begin, south), (end, north) in pairwise(ring):
        step = end - begin
        if abs(step) > 180 and not abs(south) == abs(north) == 90:
            if abs(step) < 360:
                return begin, end
            full = begin, end
            step = 0
        turn += step
    return full if full and turn and not is_at_pole else None


def _is_unlocated(value: Any) -> bool:
    """Whether it is null, or a feature or geometry without coordinates (RFC 7946, 3.1 and 3.2)."""
    if isinstance(value, Mapping):
        kind = value.get("type")
        if kind == "Feature":
            return _is_unlocated(value.get("geometry"))
        found = value.get("geometries" if kind == "GeometryCollection" else "coordinates", 0)
        return isinstance(found, (list, tuple)) and not found
    return value is None


def _refused_type(kind: Any, path: str) -> InvalidExtentError:
    if kind in ("Point", "MultiPoint", "LineString", "MultiLineString"):
        return InvalidExtentError(
            f"a {kind} has no area.",
            path=_at(path, "type"),
            hint="Draw a Polygon around it, for example with shapely's buffer().",
        )
    if kind is None:
        problem, where = "it has no type, so it is not GeoJSON.", path
    else:
        problem, where = f"{shown(kind)} is not a GeoJSON type with an area.", _at(path, "type")
    return InvalidExtentError(problem, path=where, hint=f"Use one of {', '.join(TYPES)}.")


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _array(value: Any, path: str) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "__array__") and getattr(value, "ndim", None):  # such as numpy arrays
        made: list[Any] = value.tolist()
        return made
    raise InvalidExtentError("expected an array.", path=path)


def _columns(ring: Sequence[Any], path: str) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes of a ring, checked.

    Checking a million positions one by one takes seconds, and most rings are correct. So the whole ring
    is checked first, and single positions only if that fails.
    """
    try:
        if set(map(type, ring)) <= {list, tuple} and set(map(len, ring)) == {2}:
            longitudes = [position[0] for position in ring]
            latitudes = [position[1] for position in ring]
            if (
                {*map(type, longitudes), *map(type, latitudes)} <= {int, float}
                and -360 <= min(longitudes) <= max(longitudes) <= 360
                and -90 <= min(latitudes) <= max(latitudes) <= 90
                and sum(longitudes) + sum(latitudes) < 1e12  # False if there is a NaN
            ):
                return longitudes, latitudes
    except (TypeError, OverflowError):
        pass
    pairs = [_position(item, f"{path}[{number}]") for number, item in enumerate(ring)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _position(value: Any, path: str) -> tuple[float, float]:
    numbers = [degrees(number, path) for number in _array(value, path)]
    if len(numbers) < 2:
        raise InvalidExtentError("a position must be [longitude, latitude].", path=path)
    longitude, latitude = numbers[0], numbers[1]
    if abs(latitude) > 90:
        hint = _SWAPPED if abs(longitude) <= 90 else "Pass degrees, not meters."
        raise InvalidExtentError(
            f"latitude must be from -90 to 90, not {latitude}.", path=path, hint=hint
        )
    if abs(longitude) > 360:
        raise InvalidExtentError(
            f"longitude must be from -360 to 360, not {longitude}.",
            path=path,
            hint="Use -180 to 180, or up to 360 across the antimeridian.",
        )
    return longitude, latitude


def degrees(number: Any, path: str) -> float:
    """A number of any numeric type as int or float, checked; used for altitudes as well."""
    try:
        if isinstance(number, (str, bytes)) or type(number).__name__ in ("bool", "bool_"):
            raise TypeError
        found = index(number) if isinstance(number, Integral) else float(number)
    except OverflowError:
        found = math.inf
    except (TypeError, ValueError):
        raise InvalidExtentError(
            f"expected a number of degrees, not {shown(number)}.", path=path
        ) from None
    if not abs(found) <= 1e9:
        raise InvalidExtentError(
            f"expected a finite number of degrees, not {shown(number)}.", path=path
        )
    return found


def _twice_the_area(ring: Ring) -> float:
    """In square degrees; positive if counterclockwise. Relative to a corner, for precision."""
    first_longitude, first_latitude = ring[0]
    x = [longitude - first_longitude for longitude, _ in ring]
    y = [latitude - first_latitude for _, latitude in ring]
    return float(sum(map(mul, x, islice(y, 1, None))) - sum(map(mul, y, islice(x, 1, None))))
