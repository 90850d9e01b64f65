"""Reading GeoJSON: what is wrong with it, where, and how to mend it. Pure Python, but not slow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from operator import mul
from typing import Any

from ..errors.base import InvalidExtentError
from ..errors.shown import shown

# What clients are known to send and the server to take (API facts, section 8.1).
AREAS = ("Polygon", "MultiPolygon")
TYPES = (*AREAS, "GeometryCollection", "Feature", "FeatureCollection")
MAX_DEPTH = 32
# A finely drawn continent has a million. Beyond this somebody gave the wrong file.
MAX_POSITIONS = 5_000_000

Bounds = tuple[float, float, float, float]
_SWAPPED = "Longitude comes first; they may be swapped."


class GeometryReader:
    """Copies the bare geometry of GeoJSON, checked: properties and foreign members only cost bytes.

    Outer rings come out anticlockwise and inner ones clockwise, as RFC 7946 (3.1.6) asks; the area
    is the same.

    Attributes:
        bounds: (west, south, east, north) of what was read, in degrees; None before a polygon.
        positions: how many were read.
    """

    def __init__(self) -> None:
        self.bounds: Bounds | None = None
        self.positions = 0

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
        _check_crs(value, path)
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
                return self.read(value.get("geometry"), _at(path, "geometry"), depth + 1)
            case kind:
                raise _refused_type(kind, path)

    def _collection(
        self, value: Mapping[str, Any], name: str, path: str, depth: int
    ) -> dict[str, Any]:
        where = _at(path, name)
        geometries = [
            self.read(item, f"{where}[{index}]", depth + 1)
            for index, item in enumerate(_array(value.get(name), where))
        ]
        return {"type": "GeometryCollection", "geometries": geometries}

    def _polygon(self, rings: Any, path: str) -> list[list[list[float]]]:
        if not _array(rings, path):
            raise InvalidExtentError("the polygon has no ring.", path=path)
        return [self._ring(ring, f"{path}[{index}]", index) for index, ring in enumerate(rings)]

    def _ring(self, ring: Any, path: str, index: int) -> list[list[float]]:
        if len(_array(ring, path)) < 4:
            raise InvalidExtentError(
                f"a ring has at least 4 positions, this one {len(ring)}.",
                path=path,
                hint="The last position repeats the first one.",
            )
        self.positions += len(ring)
        if self.positions > MAX_POSITIONS:
            raise InvalidExtentError(
                f"it has over {MAX_POSITIONS} positions.",
                path=path,
                hint="Simplify it, for example with shapely's simplify().",
            )
        longitudes, latitudes = _columns(ring, path)
        if longitudes[0] != longitudes[-1] or latitudes[0] != latitudes[-1]:
            raise InvalidExtentError(
                "the ring is not closed.", path=path, hint="Repeat its first position at the end."
            )
        box = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
        known = self.bounds or box
        self.bounds = (*map(min, known[:2], box[:2]), *map(max, known[2:], box[2:]))  # type: ignore[assignment]
        copied = [list(position) for position in ring]
        if (_twice_the_area(longitudes, latitudes) < 0) == (index == 0):
            copied.reverse()
        return copied


def check_of_source(crs: Any) -> None:
    """Raises InvalidExtentError for an object (a GeoDataFrame) in another coordinate system."""
    if crs is None or not hasattr(crs, "to_epsg"):
        return
    if crs.to_epsg() not in (4326, 4979) and "CRS84" not in str(crs):
        raise InvalidExtentError(
            f"its coordinates are in {crs!s:.60}, not in WGS84.",
            hint="Give it as degrees: .to_crs('OGC:CRS84').",
        )


def _check_crs(value: Mapping[str, Any], path: str) -> None:
    """The `crs` member of GeoJSON before RFC 7946: only degrees of WGS84 are taken."""
    crs = value.get("crs")
    if crs is not None and not any(name in str(crs) for name in ("CRS84", "4326")):
        raise InvalidExtentError(
            f"its coordinates are in {crs!s:.60}, not in WGS84.",
            path=_at(path, "crs"),
            hint="RFC 7946 knows only longitude and latitude in degrees.",
        )


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
    if not isinstance(value, (list, tuple)):
        raise InvalidExtentError("an array was expected here.", path=path)
    return value


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
    if len(_array(value, path)) < 2:
        raise InvalidExtentError("a position is [longitude, latitude].", path=path)
    for number in value:  # an altitude too: JSON has no NaN
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise InvalidExtentError(f"{shown(number)} is no number of degrees.", path=path)
        if number != number or abs(number) > 1e9:
            raise InvalidExtentError(f"{shown(number)} is no finite number of degrees.", path=path)
    longitude, latitude = value[0], value[1]
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


def _twice_the_area(longitudes: list[float], latitudes: list[float]) -> float:
    """In square degrees; positive anticlockwise. Seen from a corner, so that small rings have one."""
    first_longitude, first_latitude = longitudes[0], latitudes[0]
    x = [longitude - first_longitude for longitude in longitudes]
    y = [latitude - first_latitude for latitude in latitudes]
    return float(sum(map(mul, x, islice(y, 1, None))) - sum(map(mul, y, islice(x, 1, None))))
