"""Simplifies areas by dropping as few points as necessary to fit a number of bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from shapely.geometry.base import BaseGeometry

from . import ellipsoid
from .lonlat import as_geojson
from .rings import Rings, areal

_DECIMALS = 7  # of degrees: 1 cm
_LONGEST_DEGREE = 111_700.0  # meters, along a meridian at a pole
_STEPS = 24


@frozen
class Simplified:
    """A simpler area, and how far it is from the one it was.

    Attributes:
        geojson: its geometry.
        tolerance: maximum deviation of the remaining boundary, in meters.
        area_error: area that is in only one of the two, as a share of the original area.
    """

    geojson: dict[str, Any]
    tolerance: float
    area_error: float


def simplified(shape: BaseGeometry, max_bytes: int) -> Simplified | None:
    """The most detailed simplification that fits `max_bytes` as GeoJSON; None if there is none.

    Degrees of longitude count with their maximum length, and GEOS can exceed its tolerance by a factor of
    two where it drops the first point of a ring: so the stated tolerance is an upper bound.
    """
    _, low_latitude, _, high_latitude = shape.bounds
    nearest = max(low_latitude, -high_latitude, 0.0)
    narrow = np.cos(np.radians(min(nearest, 85.0)))
    plane = _scaled(shape, (narrow, 1.0))
    west, south, east, north = plane.bounds

    def at(tolerance: float) -> BaseGeometry:
        made = _scaled(_coarser(plane, tolerance), (1 / narrow, 1.0))
        # An edge of over 180 degrees could go either way around the Earth.
        return _rounded(shapely.segmentize(made, 180.0))

    if _bytes(shape) <= max_bytes:
        return Simplified(as_geojson(shape), 0.0, 0.0)
    high = max(east - west, north - south) / 2
    if not _fits(at(high), max_bytes):
        high = _largest_fit(at, max_bytes, high)
        if not high:
            return None
    low = high / 2**_STEPS
    for _ in range(_STEPS):  # geometric, because tolerances range from millimeters to degrees
        between = float(np.sqrt(low * high))
        low, high = (low, between) if _fits(at(between), max_bytes) else (between, high)
    made = at(high)
    error = ellipsoid.area(Rings.of_shape(areal(shape.symmetric_difference(made))))
    return Simplified(
        as_geojson(made),
        (2 * high + 10.0**-_DECIMALS) * _LONGEST_DEGREE,
        error / ellipsoid.area(Rings.of_shape(shape)),
    )


def _largest_fit(at: Callable[[float], BaseGeometry], max_bytes: int, high: float) -> float:
    """A tolerance whose result is not empty and fits; 0 if there is none."""
    for _ in range(_STEPS):
        high /= 2
        if _fits(at(high), max_bytes):
            return high
    return 0.0


def _fits(shape: BaseGeometry, max_bytes: int) -> bool:
    return not shape.is_empty and _bytes(shape) <= max_bytes


def _coarser(shape: BaseGeometry, tolerance: float) -> BaseGeometry:
    """The shape with fewer points, without parts and holes smaller than the tolerance."""
    parts = []
    for polygon in shapely.get_parts(shapely.simplify(shape, tolerance)):
        holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area > tolerance**2]
        if shapely.Polygon(polygon.exterior).area > tolerance**2:
            parts.append(shapely.Polygon(polygon.exterior, holes))
    whole = shapely.MultiPolygon(parts)
    return whole if whole.is_valid else areal(shapely.union_all(parts))


def _scaled(shape: BaseGeometry, factors: tuple[float, float]) -> BaseGeometry:
    return shapely.transform(shape, lambda points: points * np.array(factors))


def _rounded(shape: BaseGeometry) -> BaseGeometry:
    made: BaseGeometry = shapely.transform(shape, lambda points: np.round(points, _DECIMALS))
    if made.is_valid:
        return made
    whole = areal(shapely.set_precision(shape, 10.0**-_DECIMALS))
    return areal(shapely.transform(whole, lambda points: np.round(points, _DECIMALS)))


def _bytes(shape: BaseGeometry) -> int:
    return len(json.dumps(as_geojson(shape), separators=(",", ":")))
