"""Reading GeoJSON: what is wrong with it, where, and how to mend it. Pure Python, but not slow."""

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

# What clients are known to send and the server to take.
AREAS = ("Polygon", "MultiPolygon")
TYPES = (*AREAS, "GeometryCollection", "Feature", "FeatureCollection")
MAX_DEPTH = 32
# A finely drawn continent has a million. Beyond this somebody gave the wrong file.
MAX_POSITIONS = 5_000_000

# Rings up to this length are compared in Python, longer ones with the extra `geo`.
MAX_CHECKED = 2_000
_MANY = 4_000  # positions, of which GEOS says sooner where to look

Bounds = tuple[float, float, float, float]
Ring = list[list[float]]
_SWAPPED = "Longitude comes first; they may be swapped."


class Refusal(NamedTuple):
    """Why an extent cannot be sent, and what to do."""

    problem: str
    path: str
    hint: str


class GeometryReader:
    """Copies the bare geometry of GeoJSON, checked: properties, altitudes and foreign members only
    cost bytes.

    Outer rings come out anticlockwise and inner ones clockwise, as RFC 7946 (3.1.6) asks; the area
    is the same. Rings that jump over the antimeridian stay as they are: which side of them is inside,
    only their direction tells.

    Attributes:
        bounds: (west, south, east, north) of what was read, in degrees; None before a polygon.
        positions: how many were read.
        refusal: what is told of the first ring that jumps.
        jumps: whether there is one.
        has_area: whether an outer ring holds anything.
        polygons: those without such rings, and where they are.
    """

    def __init__(self) -> None:
        self.bounds: Bounds | None = None
        self.positions = 0
        self.refusal: Refusal | None = None
        self.jumps = self.has_area = False
        self.polygons: list[tuple[list[Ring], str]] = []

    def read(self, value: Any, path: str = "", depth: int = 0) -> dict[str, Any]:
        """The geometry. Raises InvalidExtentError."""
        if depth > MAX_DEPTH:
            raise InvalidExtentError(
                f"it is nested over {MAX_DEPTH} levels deep.",
                path=path,
                hint="Put its polygons into one MultiPolygon.",
            )
        if not isinstance(value, Mapping):
            raise InvalidExtentError("a GeoJSON object was expected here.", path=path)
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
        """Without what has no geometry (RFC 7946, 3.2)."""
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
        """What keeps it from being sent: the first ring that jumps, crosses itself or has no area.

        `invalid_ones` says with GEOS which polygons are not valid, and why.
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
                f"a ring has at least 4 positions, this one {len(positions)}.",
                path=path,
                hint="The last position repeats the first one.",
            )
        self.positions += len(positions)
        if self.positions > MAX_POSITIONS:
            raise InvalidExtentError(
                f"it has over {MAX_POSITIONS} positions.",
                path=path,
                hint="Simplify it, for example with shapely's simplify().",
            )
        longitudes, latitudes = _columns(positions, path)
        if longitudes[0] != longitudes[-1] or latitudes[0] != latitudes[-1]:
            raise InvalidExtentError(
                "the ring is not closed.", path=path, hint="Repeat its first position at the end."
            )
        box = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
        known = self.bounds or box
        self.bounds = (*map(min, known[:2], box[:2]), *map(max, known[2:], box[2:]))  # type: ignore[assignment]
        return list(map(list, zip(longitudes, latitudes, strict=True)))


def invalid(problem: str, path: str) -> Refusal:
    """For a polygon whose rings cross, touch or have no area."""
    return Refusal(problem, path, "Extent(...).repaired() mends it; compare the areas.")


def _ambiguous(edge: tuple[float, float], path: str) -> Refusal:
    wide = abs(edge[1] - edge[0])
    return Refusal(
        f"an edge goes from longitude {edge[0]:g} to {edge[1]:g}, which are {360 - wide:g} or "
        f"{wide:g} degrees.",
        path,
        "Extent(...).split_at_antimeridian(short_edges=True) takes the short way over the "
        "antimeridian, split_at_antimeridian() the long way.",
    )


def jump(ring: Ring) -> tuple[float, float] | None:
    """The longitudes of an edge that may go either way around the Earth.

    One that is 360 degrees long may, where the other edges go around a pole without touching it.
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
    """Whether it is nothing, or a feature or geometry of nothing (RFC 7946, 3.1 and 3.2)."""
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
        problem, where = "it has no type, so it is no GeoJSON.", path
    else:
        problem, where = f"{shown(kind)} is no type of GeoJSON with an area.", _at(path, "type")
    return InvalidExtentError(problem, path=where, hint=f"Types: {', '.join(TYPES)}.")


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _array(value: Any, path: str) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "__array__") and getattr(value, "ndim", None):  # numpy's, say
        made: list[Any] = value.tolist()
        return made
    raise InvalidExtentError("an array was expected here.", path=path)


def _columns(ring: Sequence[Any], path: str) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes of a ring, checked.

    Most rings are right, and a million positions looked at one by one take seconds: so all are
    judged at once, and only a ring with something in it is searched for what it is.
    """
    try:
        if set(map(type, ring)) <= {list, tuple} and set(map(len, ring)) == {2}:
            longitudes = [position[0] for position in ring]
            latitudes = [position[1] for position in ring]
            if (
                {*map(type, longitudes), *map(type, latitudes)} <= {int, float}
                and -360 <= min(longitudes) <= max(longitudes) <= 360
                and -90 <= min(latitudes) <= max(latitudes) <= 90
                and sum(longitudes) + sum(latitudes) < 1e12  # which no sum with a NaN is
            ):
                return longitudes, latitudes
    except (TypeError, OverflowError):
        pass
    pairs = [_position(item, f"{path}[{number}]") for number, item in enumerate(ring)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _position(value: Any, path: str) -> tuple[float, float]:
    numbers = [degrees(number, path) for number in _array(value, path)]
    if len(numbers) < 2:
        raise InvalidExtentError("a position is [longitude, latitude].", path=path)
    longitude, latitude = numbers[0], numbers[1]
    if abs(latitude) > 90:
        hint = _SWAPPED if abs(longitude) <= 90 else "Is it in metres? Degrees are needed."
        raise InvalidExtentError(f"the latitude {latitude} is beyond 90.", path=path, hint=hint)
    if abs(longitude) > 360:
        raise InvalidExtentError(
            f"the longitude {longitude} is beyond 360.",
            path=path,
            hint="Longitudes go from -180 to 180, or on to 360 across the antimeridian.",
        )
    return longitude, latitude


def degrees(number: Any, path: str) -> float:
    """A number of any type as one of Python's; altitudes too, so that nothing odd is passed over."""
    try:
        if isinstance(number, (str, bytes)) or type(number).__name__ in ("bool", "bool_"):
            raise TypeError
        found = index(number) if isinstance(number, Integral) else float(number)
    except OverflowError:
        found = math.inf
    except (TypeError, ValueError):
        raise InvalidExtentError(f"{shown(number)} is no number of degrees.", path=path) from None
    if not abs(found) <= 1e9:
        raise InvalidExtentError(f"{shown(number)} is no finite number of degrees.", path=path)
    return found


def _twice_the_area(ring: Ring) -> float:
    """In square degrees; positive anticlockwise. Seen from a corner, so that small rings have one."""
    first_longitude, first_latitude = ring[0]
    x = [longitude - first_longitude for longitude, _ in ring]
    y = [latitude - first_latitude for _, latitude in ring]
    return float(sum(map(mul, x, islice(y, 1, None))) - sum(map(mul, y, islice(x, 1, None))))
