"""Extents: areas of interest for calls, as GeoJSON in WGS84 (longitude, latitude in degrees)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, NamedTuple, Protocol, runtime_checkable

from ..errors.base import InvalidExtentError
from ..errors.shown import printable, shown
from .geojson import TYPES, GeometryReader, Refusal, degrees
from .geometry.requirement import require_geo
from .wgs84 import check_of_source


@runtime_checkable
class HasGeoInterface(Protocol):
    """Any object with a GeoJSON interface: shapely, geopandas, pystac and others."""

    @property
    def __geo_interface__(self) -> Mapping[str, Any]: ...


_BOUNDS = "For a rectangle, use Extent.from_bounds(west, south, east, north)."

ExtentLike = Mapping[str, Any] | str | HasGeoInterface


class SimplifiedExtent(NamedTuple):
    """The result of Extent.simplify_to.

    Attributes:
        extent: the simplified extent.
        tolerance: maximum distance in meters between its boundary and the original one, apart from
            omitted parts and holes.
        area_error: area that is in only one of the two, as a share of the original area.
    """

    extent: Extent
    tolerance: float
    area_error: float


class Extent:
    """An area whose bounding rectangle is not empty.

    `Extent(x)` accepts a GeoJSON object, a string of GeoJSON or WKT, or any object with
    `__geo_interface__`. It must be a Polygon, a MultiPolygon, or a GeometryCollection, Feature or
    FeatureCollection of them, in degrees of WGS84. Raises InvalidExtentError with the problem, its
    position and a fix.

    Rings that cross or touch themselves or each other, have no area, or jump from 180 to -180 degrees
    cannot be sent, measured or cut: such calls raise InvalidExtentError, which names the method that
    fixes them, `repaired` or `split_at_antimeridian`. Rings of over 2,000 positions are checked only
    if the extra `geo` is installed.

    Attributes:
        bounds: (west, south, east, north) in degrees.
    """

    __slots__ = ("_geojson", "_jumps", "_refusal", "bounds")

    def __init__(self, source: ExtentLike | Extent) -> None:
        if isinstance(source, Extent):
            self._geojson: dict[str, Any] = source._geojson
            self._refusal: Refusal | None = source._refusal
            self._jumps: bool = source._jumps
            self.bounds: tuple[float, float, float, float] = source.bounds
            return
        reader = GeometryReader()
        # A copy, so that later changes by the caller do not bypass the checks.
        self._geojson = reader.read(_geojson(source))
        if reader.bounds is None:
            raise InvalidExtentError("it contains no polygon.", hint="Pass at least one polygon.")
        self.bounds = reader.bounds
        self._jumps = reader.jumps
        self._refusal = reader.refused(_invalid_ones)
        west, south, east, north = self.bounds
        if (west == east or south == north) and not self._jumps:
            raise InvalidExtentError(
                "it has no area: its bounding rectangle is empty.",
                hint="Pass corners that differ in longitude and in latitude.",
            )

    @classmethod
    def from_bounds(cls, west: float, south: float, east: float, north: float) -> Extent:
        """The rectangle between two longitudes and two latitudes, in degrees.

        Across the antimeridian, pass an `east` beyond 180, such as 181 for 179 degrees west. Raises
        InvalidExtentError if a number is out of range, if `west` is not west of `east`, or if
        `south` is not south of `north`.
        """
        numbers = [degrees(number, "") for number in (west, south, east, north)]
        west, south, east, north = numbers
        if west > east:
            raise InvalidExtentError(
                f"west ({west:g}) must be less than east ({east:g}).",
                hint=f"Across the antimeridian, pass {east + 360:g} for east.",
            )
        if south > north:
            raise InvalidExtentError(
                f"south ({south:g}) must be less than north ({north:g}).",
                hint="The order is west, south, east, north.",
            )
        # An edge of over 180 degrees could be taken to go the other way around the Earth.
        steps = 1 if east - west <= 180 else 3
        line = [west + (east - west) * step / steps for step in range(steps)] + [east]
        ring = [[x, south] for x in line] + [[x, north] for x in reversed(line)]
        return cls({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})

    @classmethod
    def from_file(cls, path: str | Path) -> Extent:
        """Reads a file of GeoJSON (also one Feature per line) or WKT, in UTF-8 or UTF-16.

        With the extra `geo`, shapefiles, GeoPackages, KML, TopoJSON, FlatGeobuf, GeoParquet and other
        formats with one layer are read as well. Raises InvalidExtentError, which names an unsupported
        format.
        """
        from .formats import read_file

        if not isinstance(path, (str, Path)):
            raise InvalidExtentError(f"path must be a file path, not {shown(path)}.")
        try:
            return cls(read_file(Path(path)))
        except InvalidExtentError as error:
            problem = InvalidExtentError(
                f"{printable(str(path))}: {error.message}", hint=error.hint
            )
            problem.path = error.path
            raise problem from error

    def to_geojson(self) -> dict[str, Any]:
        """The geometry to send. Treat it as read-only.

        For a Feature it is its geometry; for a FeatureCollection it is a GeometryCollection, because no
        client is known to have sent a FeatureCollection. Raises InvalidExtentError if the extent
        cannot be sent.
        """
        if self._refusal:
            problem, path, hint = self._refusal
            raise InvalidExtentError(problem, path=path, hint=hint)
        return self._geojson

    @property
    def area(self) -> float:
        """Area in square meters on the WGS84 ellipsoid. Requires the extra `geo`.

        Overlaps count once. Edges are straight in longitude and latitude. Raises InvalidExtentError if
        the extent cannot be sent, ConfigError without `geo`.
        """
        require_geo()
        from .geometry.ellipsoid import area
        from .geometry.lonlat import area as shape_of
        from .geometry.rings import Rings

        return area(Rings.of_shape(shape_of(self.to_geojson())))

    def repaired(self) -> Extent:
        """The area without crossings, overlaps and zero-width slivers. Requires the extra `geo`.

        If a ring crosses itself, every region that it encloses is inside. Compare the areas: a mistyped
        corner can give a valid polygon of the wrong place. Raises InvalidExtentError if nothing is
        left, or if a ring jumps from 180 to -180 degrees.
        """
        require_geo()
        from .geometry.lonlat import as_geojson, repaired_area

        if self._jumps:
            self.to_geojson()
        shape = repaired_area(self._geojson)
        made = None if shape.is_empty else Extent(as_geojson(shape))
        if made is None or made._refusal:
            raise InvalidExtentError("it has no area: nothing is left after repair.")
        return made

    def split_at_antimeridian(self, *, short_edges: bool = False) -> Extent:
        """The area between -180 and 180 degrees, cut at the antimeridian. Requires the extra `geo`.

        RFC 7946 (3.1.9) requires this form of areas that cross the antimeridian.

        Args:
            short_edges: for rings that jump from 180 to -180. Edges of over 180 degrees are taken to go
                the short way around the Earth. A ring around a pole is taken to enclose it, with the
                area on its left (RFC 7946, 3.1.6): an eastward ring contains the north pole. By
                default such edges go the long way.
        """
        require_geo()
        from .geometry.lonlat import area, as_geojson, divided, shortest

        if not self._jumps:
            self.to_geojson()
        if short_edges:
            return Extent(as_geojson(shortest(self._geojson)))
        shape = area(self._geojson)
        return Extent(as_geojson(divided(shape) if self._jumps else shape))

    def joined_at_antimeridian(self) -> Extent:
        """The area without the cut at the antimeridian. Requires the extra `geo`.

        Longitudes continue beyond 180 instead, which some programs prefer; it is unknown which form
        the API prefers. An area all around the Earth remains cut.
        """
        require_geo()
        from .geometry.lonlat import area, as_geojson, joined

        return Extent(as_geojson(joined(area(self.to_geojson()))))

    def simplify_to(self, max_bytes: int) -> SimplifiedExtent:
        """The most detailed simplification of at most `max_bytes` bytes. Requires the extra `geo`.

        Parts and holes smaller than the tolerance are omitted. Raises InvalidExtentError if no
        simplification is small enough.
        """
        require_geo()
        from .geometry.lonlat import area
        from .geometry.simplification import simplified

        found = simplified(area(self.to_geojson()), max_bytes)
        if found is None:
            raise InvalidExtentError(f"it cannot be simplified to {max_bytes} bytes.")
        return SimplifiedExtent(Extent(found.geojson), found.tolerance, found.area_error)

    @property
    def size_in_bytes(self) -> int:
        """Size in bytes within a request; a whole request is limited to 64 KiB."""
        return len(json.dumps(self.to_geojson(), separators=(",", ":")).encode())

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self.to_geojson()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extent) and self._geojson == other._geojson

    def __hash__(self) -> int:
        return hash(self.bounds)

    def _repr_html_(self) -> str:
        from html import escape

        from ..runtime.notebook import drawing

        return f"<p>{escape(repr(self))}</p>{drawing([self._geojson], 'The extent')}"

    def __repr__(self) -> str:
        west, south, east, north = self.bounds
        return f"<Extent {self._geojson['type']} {west:g},{south:g} to {east:g},{north:g}>"


def _invalid_ones(polygons: list[list[list[list[float]]]]) -> list[tuple[int, str]]:
    from .geometry.lonlat import invalid_ones

    return invalid_ones(polygons)


def _geojson(source: Any) -> Mapping[str, Any]:
    if isinstance(source, str):
        from .formats import parse

        value = parse(source)
    elif isinstance(source, Mapping):
        value = source
    elif hasattr(source, "__geo_interface__"):
        check_of_source(source)
        value = source.__geo_interface__
    else:
        hint = "Pass a GeoJSON object, a string of GeoJSON or WKT, or an object with __geo_interface__."
        if isinstance(source, PurePath):
            hint = "For a file, use Extent.from_file(path)."
        elif isinstance(source, (list, tuple)):
            hint = _BOUNDS
        raise InvalidExtentError(f"{type(source).__name__} is not an extent.", hint=hint)
    if not isinstance(value, Mapping):
        raise InvalidExtentError(
            f"GeoJSON must be an object, not {type(value).__name__}.", hint=_BOUNDS
        )
    if value.get("type") not in TYPES:
        from .formats import converted, foreign

        format = foreign(value)
        if format:
            if "rings" in value:
                value = {
                    "geometryType": "esriGeometryPolygon",
                    "spatialReference": value.get("spatialReference"),
                    "features": [{"geometry": value}],
                }
            return _geojson(converted(json.dumps(value).encode(), f"it is {format}", True))
    return value
