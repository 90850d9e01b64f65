"""Areas of requests, from GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

EARTH = shapely.box(-180, -90, 180, 90)
EARTH_RADIUS = 6_378_137.0  # of WGS84 at the equator, in meters
_METERS_PER_DEGREE = 111_320.0
_MISTAKES = (LookupError, TypeError, RecursionError, shapely.errors.ShapelyError)
_ECCENTRICITY = 0.0818191908426
_STEP = 0.5  # degrees; edges are straight in degrees and bend on the equal-area map
_FARTHEST = 1e6  # degrees; larger numbers are meaningless, and sums of them overflow


def area_of(geojson: Any) -> BaseGeometry:
    """The union of the polygons of a GeoJSON object; empty if it has none.

    Points, lines and heights are ignored. Raises ValueError for invalid GeoJSON.
    """
    try:
        found: BaseGeometry = shapely.union_all(list(_polygons(geojson)))
    except _MISTAKES as error:
        raise ValueError(f"Invalid GeoJSON: {error}") from error
    return found


def on_earth(area: BaseGeometry) -> BaseGeometry:
    """The part of an area between -180 and 180 degrees east, -90 and 90 degrees north.

    A part beyond 180 degrees is moved to the other side.
    """
    if EARTH.covers(area) or not EARTH.intersects(area):
        return area.intersection(EARTH)
    turned = (translate(area, turn) for turn in (-360, 0, 360))
    return shapely.union_all([each.intersection(EARTH) for each in turned])


def square_meters(area: BaseGeometry) -> float:
    """The approximate size of an area."""
    if area.is_empty:
        return 0.0
    shrink = math.cos(math.radians(min(89.9, abs(area.centroid.y))))
    return area.area * _METERS_PER_DEGREE**2 * shrink


def square_kilometers(area: BaseGeometry) -> float:
    """The size of an area on the WGS84 ellipsoid."""
    flat = shapely.transform(shapely.segmentize(area, _STEP), _equal_area)
    return float(shapely.area(flat)) / 1e6


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees to meters of the cylindrical equal-area map."""
    sine = np.sin(np.radians(points[:, 1]))
    curved = sine / (1 - (_ECCENTRICITY * sine) ** 2)
    curved += np.arctanh(_ECCENTRICITY * sine) / _ECCENTRICITY
    north = EARTH_RADIUS * (1 - _ECCENTRICITY**2) / 2 * curved
    return np.stack([EARTH_RADIUS * np.radians(points[:, 0]), north], axis=1)


def _polygons(node: Any) -> Iterator[BaseGeometry]:
    match node["type"]:
        case "Polygon":
            yield _polygon(node["coordinates"])
        case "MultiPolygon":
            for rings in node["coordinates"]:
                yield _polygon(rings)
        case "GeometryCollection":
            for part in node["geometries"]:
                yield from _polygons(part)
        case "Feature":
            yield from _polygons(node["geometry"])
        case "FeatureCollection":
            for part in node["features"]:
                yield from _polygons(part)
        case "Point" | "MultiPoint" | "LineString" | "MultiLineString":
            return
        case other:
            raise ValueError(f"unknown GeoJSON type {other!r}")


def _polygon(rings: Any) -> BaseGeometry:
    flat = [[tuple(_degrees(value) for value in place[:2]) for place in ring] for ring in rings]
    if not flat:
        return shapely.Polygon()
    shape = shapely.Polygon(flat[0], flat[1:])
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _degrees(value: float) -> float:
    return min(max(float(value), -_FARTHEST), _FARTHEST)
