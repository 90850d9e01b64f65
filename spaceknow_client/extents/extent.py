"""Extents: the area that a call is about, as GeoJSON in WGS84 (longitude, latitude in degrees)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from ..errors.base import InvalidExtentError
from ..errors.shown import printable
from .geojson import GeometryReader, check_of_source
from .geometry.requirement import require_geo


@runtime_checkable
class HasGeoInterface(Protocol):
    """Anything that describes itself as GeoJSON: shapely, geopandas, pystac and others."""

    @property
    def __geo_interface__(self) -> Mapping[str, Any]: ...


ExtentLike = Mapping[str, Any] | str | HasGeoInterface


class SimplifiedExtent(NamedTuple):
    """What Extent.simplify_to gives.

    Attributes:
        extent: the simpler extent.
        tolerance: metres, about, that its boundary may lie off.
        area_error: what is in one of the two and not in the other, as a share of the old area.
    """

    extent: Extent
    tolerance: float
    area_error: float


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
        reader = GeometryReader()
        # A copy: what the caller changes later is not what was checked here.
        self._geojson = reader.read(_geojson(source))
        if reader.bounds is None:
            raise InvalidExtentError("there is no polygon in it.", hint="Give it an area.")
        self.bounds = reader.bounds
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
        except (OSError, ValueError, TypeError) as error:
            raise InvalidExtentError(f"{printable(str(path))} cannot be read: {error}") from error
        return cls(text)

    def to_geojson(self) -> dict[str, Any]:
        """The geometry that is sent: of a Feature its geometry, of a FeatureCollection (which no
        client is known to have sent) a GeometryCollection. Treat it as read-only."""
        return self._geojson

    @property
    def area(self) -> float:
        """Square metres on the WGS84 ellipsoid; overlaps count once. Needs the extra `geo`.

        Edges are straight in longitude and latitude. Raises InvalidExtentError for a polygon that
        crosses itself, ConfigError without `geo`.
        """
        require_geo()
        from .geometry.ellipsoid import area
        from .geometry.lonlat import area as shape_of
        from .geometry.rings import Rings

        return area(Rings.of_shape(shape_of(self._geojson)))

    def repaired(self) -> Extent:
        """The area without crossings, overlaps and slivers of no width. Needs the extra `geo`.

        Where a ring crosses itself, what it runs around is inside. Compare the areas: a mistyped
        corner makes a valid polygon of the wrong place. Raises InvalidExtentError if nothing is
        left.
        """
        require_geo()
        from .geometry.lonlat import as_geojson, mended

        shape = mended(self._geojson)
        if shape.is_empty:
            raise InvalidExtentError("it has no area: nothing is left when it is repaired.")
        return Extent(as_geojson(shape))

    def split_at_antimeridian(self, *, short_edges: bool = False) -> Extent:
        """The area between -180 and 180 degrees, cut at the antimeridian. Needs the extra `geo`.

        That is the form that RFC 7946 (3.1.9) asks for, of an area whose longitudes go beyond 180.
        `short_edges=True` is for rings that jump from 180 to -180: edges of over 180 degrees are
        taken to go the short way around, and rings around a pole to enclose it.
        """
        require_geo()
        from .geometry.lonlat import area, as_geojson, on_sphere, polygons

        if short_edges:
            return Extent(as_geojson(on_sphere(polygons(self._geojson))))
        return Extent(as_geojson(area(self._geojson)))

    def joined_at_antimeridian(self) -> Extent:
        """The area without the cut at the antimeridian. Needs the extra `geo`.

        Longitudes go beyond 180 instead, which other programs like better; the API's opinion is
        not known. An area all around the Earth stays cut.
        """
        require_geo()
        from .geometry.lonlat import area, as_geojson, joined

        return Extent(as_geojson(joined(area(self._geojson))))

    def simplify_to(self, max_bytes: int) -> SimplifiedExtent:
        """The finest extent with fewer points that takes at most `max_bytes`. Needs the extra `geo`.

        Parts and holes that are smaller than what the boundary may be off by are left out. Raises
        InvalidExtentError if that many bytes are too few for any.
        """
        require_geo()
        from .geometry.lonlat import area
        from .geometry.simplification import simplified

        found = simplified(area(self._geojson), max_bytes)
        if found is None:
            raise InvalidExtentError(f"it has no form that takes as little as {max_bytes} bytes.")
        return SimplifiedExtent(Extent(found.geojson), found.tolerance, found.area_error)

    @property
    def size_in_bytes(self) -> int:
        """Bytes that it takes in a request; a whole request may have 64 KiB (API facts, section 1)."""
        return len(json.dumps(self._geojson, separators=(",", ":")).encode())

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


def _geojson(source: ExtentLike) -> Mapping[str, Any]:
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
        check_of_source(getattr(source, "crs", None))
        value = source.__geo_interface__
    else:
        raise InvalidExtentError(
            f"{type(source).__name__} is no extent.",
            hint="Give a GeoJSON object, GeoJSON text, or an object with __geo_interface__.",
        )
    if not isinstance(value, Mapping):
        raise InvalidExtentError(f"GeoJSON is an object, not {type(value).__name__}.")
    return value
