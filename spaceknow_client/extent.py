"""Extents: the area that a call is about, as GeoJSON in WGS84 (longitude, latitude in degrees)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from .errors.base import InvalidExtentError

# What clients are known to send and the server to take (API facts, section 8.1).
AREAS = ("Polygon", "MultiPolygon")
TYPES = (*AREAS, "GeometryCollection", "Feature", "FeatureCollection")
MAX_DEPTH = 32


@runtime_checkable
class HasGeoInterface(Protocol):
    """Anything that describes itself as GeoJSON: shapely, geopandas, pystac and others."""

    @property
    def __geo_interface__(self) -> Mapping[str, Any]: ...


ExtentLike = Mapping[str, Any] | str | HasGeoInterface


class Extent:
    """An area whose bounding rectangle is not empty.

    `Extent(x)` takes a GeoJSON object, GeoJSON text, or anything with `__geo_interface__`. It must
    be a Polygon, a MultiPolygon, or a GeometryCollection, Feature or FeatureCollection of them.
    Raises InvalidExtentError, which tells what is wrong, where, and how to mend it.

    Attributes:
        bounds: (west, south, east, north) in degrees.
    """

    __slots__ = ("_geojson", "bounds")

    def __init__(self, source: ExtentLike | Extent) -> None:
        if isinstance(source, Extent):
            self._geojson: dict[str, Any] = source._geojson
            self.bounds: tuple[float, float, float, float] = source.bounds
            return
        self._geojson = _geojson(source)
        positions = list(_positions(self._geojson, "", 0))
        # A copy: what the caller changes later is not what was checked here.
        self._geojson = _geometry(self._geojson)
        if not positions:
            raise InvalidExtentError("there is no polygon in it.", hint="Give it an area.")
        longitudes = [position[0] for position in positions]
        latitudes = [position[1] for position in positions]
        self.bounds = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
        west, south, east, north = self.bounds
        if west == east or south == north:
            raise InvalidExtentError(
                "it has no area: its bounding rectangle is empty.",
                hint="An extent needs corners that differ in longitude and in latitude.",
            )

    @classmethod
    def from_bounds(cls, west: float, south: float, east: float, north: float) -> Extent:
        """The rectangle between two longitudes and two latitudes, in degrees.

        Raises InvalidExtentError, also when `west` is not west of `east`: cut an area that crosses
        the antimeridian into a MultiPolygon there.
        """
        if isinstance(west, (int, float)) and isinstance(east, (int, float)) and west > east:
            raise InvalidExtentError(
                f"west ({west:g}) lies east of east ({east:g}).",
                hint="Cut an area that crosses the antimeridian into a MultiPolygon there.",
            )
        corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return cls({"type": "Polygon", "coordinates": [corners]})

    @classmethod
    def from_file(cls, path: str | Path) -> Extent:
        """From a file of GeoJSON. Raises InvalidExtentError, also when it cannot be read."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidExtentError(f"{path} cannot be read: {error}") from error
        return cls(text)

    def to_geojson(self) -> dict[str, Any]:
        """The geometry that is sent: of a Feature its geometry, of a FeatureCollection (which no
        client is known to have sent) a GeometryCollection. Treat it as read-only."""
        return self._geojson

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self._geojson

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extent) and self._geojson == other._geojson

    def __hash__(self) -> int:
        return hash(self.bounds)

    def __repr__(self) -> str:
        west, south, east, north = self.bounds
        return f"<Extent {self._geojson['type']} {west:g},{south:g} to {east:g},{north:g}>"


def _geojson(source: ExtentLike) -> dict[str, Any]:
    if isinstance(source, str):
        try:
            value = json.loads(source)
        except (ValueError, RecursionError) as error:
            raise InvalidExtentError(
                f"the text is no JSON: {error}.",
                hint="For a file, use Extent.from_file(path).",
            ) from error
    elif isinstance(source, Mapping):
        value = source
    elif isinstance(source, HasGeoInterface):
        value = source.__geo_interface__
    else:
        raise InvalidExtentError(
            f"{type(source).__name__} is no extent.",
            hint="Give a GeoJSON object, GeoJSON text, or an object with __geo_interface__.",
        )
    if not isinstance(value, Mapping):
        raise InvalidExtentError(f"GeoJSON is an object, not {type(value).__name__}.")
    return dict(value)


def _geometry(value: Mapping[str, Any]) -> dict[str, Any]:
    """The bare geometry of checked GeoJSON: properties and foreign members only cost bytes."""
    match value["type"]:
        case "Feature":
            return _geometry(value["geometry"])
        case "FeatureCollection":
            geometries = [_geometry(feature) for feature in value["features"]]
            return {"type": "GeometryCollection", "geometries": geometries}
        case "GeometryCollection":
            geometries = [_geometry(geometry) for geometry in value["geometries"]]
            return {"type": "GeometryCollection", "geometries": geometries}
        case kind:
            return {"type": kind, "coordinates": _copied(value["coordinates"])}


def _copied(value: Any) -> Any:
    """Coordinates, which have been checked, as lists of numbers."""
    if isinstance(value, (list, tuple)):
        return [_copied(item) for item in value]
    return value


def _positions(value: Any, path: str, depth: int) -> Iterator[tuple[float, float]]:
    """Every position of every ring, checked."""
    if depth > MAX_DEPTH:
        raise InvalidExtentError(f"it is nested over {MAX_DEPTH} levels deep.", path=path)
    if not isinstance(value, Mapping):
        raise InvalidExtentError("a GeoJSON object was expected here.", path=path)
    match value.get("type"):
        case "Polygon":
            yield from _polygon(value.get("coordinates"), _at(path, "coordinates"))
        case "MultiPolygon":
            where = _at(path, "coordinates")
            for index, polygon in enumerate(_array(value.get("coordinates"), where)):
                yield from _polygon(polygon, f"{where}[{index}]")
        case "GeometryCollection":
            where = _at(path, "geometries")
            for index, geometry in enumerate(_array(value.get("geometries"), where)):
                yield from _positions(geometry, f"{where}[{index}]", depth + 1)
        case "Feature":
            yield from _positions(value.get("geometry"), _at(path, "geometry"), depth + 1)
        case "FeatureCollection":
            where = _at(path, "features")
            for index, feature in enumerate(_array(value.get("features"), where)):
                yield from _positions(feature, f"{where}[{index}]", depth + 1)
        case "Point" | "MultiPoint" | "LineString" | "MultiLineString" as kind:
            raise InvalidExtentError(
                f"a {kind} has no area.",
                path=_at(path, "type"),
                hint="Draw a Polygon around it, for example with shapely's buffer().",
            )
        case None:
            raise InvalidExtentError(
                "it has no type, so it is no GeoJSON.",
                path=path,
                hint=f"Types: {', '.join(TYPES)}.",
            )
        case kind:
            raise InvalidExtentError(
                f"{kind!r} is no type of GeoJSON with an area.",
                path=_at(path, "type"),
                hint=f"Types: {', '.join(TYPES)}.",
            )


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _array(value: Any, path: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise InvalidExtentError("an array was expected here.", path=path)
    return value


def _polygon(rings: Any, path: str) -> Iterator[tuple[float, float]]:
    if not _array(rings, path):
        raise InvalidExtentError("the polygon has no ring.", path=path)
    for index, ring in enumerate(rings):
        where = f"{path}[{index}]"
        if len(_array(ring, where)) < 4:
            raise InvalidExtentError(
                f"a ring has at least 4 positions, this one {len(ring)}.",
                path=where,
                hint="The last position repeats the first one.",
            )
        positions = [_position(item, f"{where}[{number}]") for number, item in enumerate(ring)]
        if positions[0] != positions[-1]:
            raise InvalidExtentError(
                "the ring is not closed.", path=where, hint="Repeat its first position at the end."
            )
        yield from positions


def _position(value: Any, path: str) -> tuple[float, float]:
    if len(_array(value, path)) < 2:
        raise InvalidExtentError("a position is [longitude, latitude].", path=path)
    for number in value:  # an altitude too: JSON has no NaN
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise InvalidExtentError(f"{number!r:.40} is no number of degrees.", path=path)
        if number != number or abs(number) > 1e9:
            raise InvalidExtentError(f"{number!r:.40} is no finite number of degrees.", path=path)
    longitude, latitude = value[0], value[1]
    if abs(latitude) > 90:
        hint = "Longitude comes first; they may be swapped." if abs(longitude) <= 90 else None
        raise InvalidExtentError(f"the latitude {latitude} is beyond 90.", path=path, hint=hint)
    if abs(longitude) > 360:
        raise InvalidExtentError(f"the longitude {longitude} is beyond 360.", path=path)
    return longitude, latitude
