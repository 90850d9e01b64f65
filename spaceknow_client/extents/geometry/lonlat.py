"""Converts shapes from GeoJSON, and from a plane to degrees as RFC 7946 requires.

RFC 7946 (3.1.9) requires a cut at the antimeridian. A shape around a pole is extended to the pole,
along the edge of the map in degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ...errors.base import InvalidExtentError
from ..geojson import invalid, jump
from .antimeridian import EDGE, POLE, contiguous, snapped
from .ellipsoid import RADIUS
from .parts import assembled
from .projection import Projection
from .rings import Floats, Ints, Rings, areal

Shapes = NDArray[np.object_]
NEAR_POLE = 1e-9  # degrees
_WORLD = shapely.box(-EDGE, -POLE, EDGE, POLE)


def polygons(geojson: dict[str, Any]) -> Shapes:
    """The polygons of checked GeoJSON, as written."""
    rings = [polygon for polygon, _ in _polygons(geojson, "")]
    flat = [ring for polygon in rings for ring in polygon]
    lengths = np.array([len(ring) for ring in flat])
    numbers = chain.from_iterable(chain.from_iterable(flat))
    points = np.fromiter(numbers, float)
    if len(points) != 2 * lengths.sum():  # some points have an altitude
        points = np.array([position[:2] for ring in flat for position in ring], float).ravel()
    made: Shapes = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        snapped(points.reshape(-1, 2)),
        (_offsets(lengths), _offsets(np.array([len(polygon) for polygon in rings]))),
    )
    return made


def invalid_ones(polygons_of: list[list[list[list[float]]]]) -> list[tuple[int, str]]:
    """The numbers of polygons whose rings cross, with the reasons from GEOS."""
    parts = polygons({"type": "MultiPolygon", "coordinates": polygons_of})
    wrong = np.flatnonzero(~shapely.is_valid(parts)).tolist()
    return [(number, str(shapely.is_valid_reason(parts[number]))) for number in wrong]


def divided(shape: BaseGeometry) -> BaseGeometry:
    """The same shape without edges of over 90 degrees, so that their direction is unambiguous."""
    made: BaseGeometry = shapely.segmentize(shape, 90.0)
    return made


def area(geojson: dict[str, Any]) -> BaseGeometry:
    """The area of checked GeoJSON, between -180 and 180 degrees; overlaps count once.

    Raises InvalidExtentError for a polygon that crosses itself.
    """
    parts = polygons(geojson)
    whole: BaseGeometry = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts.tolist())
    if len(parts) > 1 and not shapely.is_valid(whole):  # a single polygon was checked when read
        wrong = np.flatnonzero(~shapely.is_valid(parts))
        if len(wrong):
            paths = [path for _, path in _polygons(geojson, "")]
            reason = f"the polygon is not valid: {shapely.is_valid_reason(parts[wrong[0]])}."
            _, path, hint = invalid(reason, paths[wrong[0]])
            raise InvalidExtentError(reason, path=path, hint=hint)
        whole = shapely.union_all(parts)
    return whole if _WORLD.covers(whole) else folded(whole)


def repaired_area(geojson: dict[str, Any]) -> BaseGeometry:
    """The area of checked GeoJSON, repaired if polygons cross themselves; empty if none is left."""
    parts = shapely.make_valid(polygons(geojson), method="structure", keep_collapsed=False)
    return folded(areal(shapely.union_all(parts)))


def joined(shape: BaseGeometry) -> BaseGeometry:
    """A shape between -180 and 180 degrees, made contiguous beyond 180 where possible."""
    return assembled(contiguous(Rings.of_shape(shape)))


def folded(shape: BaseGeometry) -> BaseGeometry:
    """A shape with longitudes beyond 180, cut and moved as RFC 7946 requires."""
    if shape.is_empty:
        return shape
    west, _, east, _ = shape.bounds
    parts = []
    for turn in range(round((west + EDGE) // 360), round((east + EDGE) // 360) + 1):
        window = shapely.box(-EDGE + 360 * turn, -POLE, EDGE + 360 * turn, POLE)
        cut = _moved(areal(shape.intersection(window)), -360 * turn)
        parts.append(cut)
    return parts[0] if len(parts) == 1 else areal(shapely.union_all(parts))


def unprojected(shapes: Shapes, plane: Projection, tolerance: float) -> Shapes:
    """Shapes of a plane in degrees, cut at the antimeridian and extended to an enclosed pole.

    Coordinates are rounded to a tenth of the tolerance, which is in meters.
    """
    if len(shapes) == 0:
        return shapes
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    degrees = plane.inverse(points)
    made = shapely.set_coordinates(shapes.copy(), np.round(degrees, decimals(tolerance)))
    if plane.in_degrees:
        beyond = np.abs(shapely.bounds(made)) > (EDGE, POLE, EDGE, POLE)
        for number in np.flatnonzero(beyond.any(axis=1)):
            made[number] = folded(made[number])
        return made
    jumps = np.abs(np.diff(degrees[:, 0])) > EDGE
    jumps &= owners[1:] == owners[:-1]
    special = np.unique(
        np.concatenate([owners[1:][jumps], owners[np.abs(degrees[:, 1]) > POLE - NEAR_POLE]])
    )
    for number in special:
        (shape,) = shapely.set_coordinates(shapes[[number]], degrees[owners == number])
        made[number] = on_sphere(shape, decimals(tolerance))
    broken = np.flatnonzero(~shapely.is_valid(made))  # by rounding, where rings almost touch
    for number in broken:
        fixed = _valid(made[number])
        if fixed.is_empty:  # it is narrower than the rounding step
            (whole,) = shapely.set_coordinates(shapes[[number]], degrees[owners == number])
            fixed = _valid(whole)
        made[number] = fixed
    return made


def _valid(shape: BaseGeometry) -> BaseGeometry:
    return areal(shapely.make_valid(shape, method="structure", keep_collapsed=False))


def shortest(geojson: dict[str, Any]) -> BaseGeometry:
    """The area of checked GeoJSON; rings that jump go the short way around the Earth.

    Raises InvalidExtentError for a ring that crosses itself.
    """
    parts = []
    for polygon in polygons(geojson):
        rings = shapely.get_rings(polygon)
        is_jumping = any(jump(shapely.get_coordinates(ring).tolist()) for ring in rings)
        parts.append(on_sphere(polygon, strict=True) if is_jumping else folded(polygon))
    return areal(shapely.union_all(parts))


def on_sphere(
    shape: BaseGeometry | Shapes, places: int = 12, *, strict: bool = False
) -> BaseGeometry:
    """A shape from rings closed on the sphere, with steps over the antimeridian, cut as RFC 7946 requires.

    Steps of over 180 degrees go the short way. The inside of a ring around a pole is on its left; the
    inside of another ring is its smaller side. `strict` raises InvalidExtentError for a ring that crosses
    itself.
    """
    parts = []
    for polygon in shapely.get_parts(shape):
        inside = _region(shapely.get_coordinates(polygon.exterior), places, strict)
        for hole in polygon.interiors:
            hollow = _region(shapely.get_coordinates(hole)[::-1], places, strict)
            inside = inside.difference(hollow)
        parts.append(inside)
    return areal(shapely.union_all(parts))


def _region(ring: Floats, places: int, strict: bool) -> BaseGeometry:
    """The region to the left of a closed ring on the sphere."""
    ring = ring[:-1]
    at_pole = np.abs(ring[:, 1]) > POLE - NEAR_POLE
    if at_pole.all():
        return shapely.Polygon()
    ring = np.roll(ring, -int(np.argmin(at_pole)), axis=0)
    ring = np.concatenate([ring, ring[:1]])
    longitudes, latitudes = [float(ring[0, 0])], [float(ring[0, 1])]
    pole_side = 0
    for before, (longitude, latitude) in pairwise(ring.tolist()):
        if abs(latitude) > POLE - NEAR_POLE:
            # It goes up one meridian and down another; their order determines which side is left.
            pole_side = 1 if latitude > 0 else -1
            longitudes.append(longitudes[-1])
            latitudes.append(POLE * pole_side)
            continue
        step = longitude - before[0]
        if abs(step) > 180:
            step -= math.copysign(360, step)
        if pole_side:
            step = (longitude - longitudes[-1]) % 360
            if pole_side > 0 and step:
                step -= 360
            longitudes.append(longitudes[-1] + step)
            latitudes.append(POLE * pole_side)
            pole_side, step = 0, 0.0
        longitudes.append(longitudes[-1] + step)
        latitudes.append(latitude)
    turn = round((longitudes[-1] - longitudes[0]) / 360)
    if turn:
        longitudes += [longitudes[-1], longitudes[0]]
        latitudes += [POLE * turn] * 2
    points = np.round(np.column_stack([longitudes, latitudes]), places)
    shape: BaseGeometry = shapely.Polygon(points)
    if not shape.is_valid:
        if strict:
            raise InvalidExtentError(
                f"the ring is not valid: {shapely.is_valid_reason(shape)}.",
                hint="Continue its longitudes beyond 180, and use Extent(...).repaired().",
            )
        shape = _valid(shape)
    return folded(shape)


def halvings(middles: Floats, sides: Floats, plane: Projection, tolerance: float) -> Ints:
    """How often to halve lines of the plane so that they stay within `tolerance` in degrees.

    `middles` (n, 2) are the midpoints of the lines in the plane, `sides` (n,) their lengths; the
    tolerance and the sides are in meters.
    """
    if plane.in_degrees:
        return np.zeros(len(sides), np.int64)
    # A parallel deviates by s^2 / 8R tan(latitude) from the shortest line of length s. So does a line of
    # the plane; in an equal-area plane by at most 3/4 of its angle from the middle.
    latitudes = np.abs(plane.inverse(middles)[:, 1])
    to_pole = np.radians(POLE - latitudes) - sides / 1.4 / RADIUS
    of_plane = 0.75 * np.hypot(*middles.T) / RADIUS if plane.is_equal_area else 1.0
    slope = 1.1 / np.tan(np.maximum(to_pole, sides / 100 / RADIUS)) + of_plane
    pieces = np.sqrt(sides**2 / 8 / RADIUS * slope / tolerance)
    return np.asarray(np.ceil(np.log2(np.clip(pieces, 1.0, 512.0))), np.int64)


def split_edges(shapes: Shapes, plane: Projection, middles: Floats, tolerance: float) -> Shapes:
    """Shapes with points added, so that edges stay within `tolerance` (meters) in degrees.

    Adjacent shapes get the same points or subsets of them, because edges are halved.
    """
    if plane.in_degrees:
        return shapes
    bounds = shapely.bounds(shapes)
    sides = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    counts = halvings(middles, sides * plane.meters, plane, tolerance)
    made: Shapes = shapely.segmentize(shapes, sides / 2**counts * (1 + 1e-9))
    return made


def decimals(tolerance: float) -> int:
    """Number of decimals of degrees for a tenth of a tolerance in meters, to save bytes."""
    return int(np.clip(np.ceil(6 - np.log10(tolerance)), 7, 12))


def as_geojson(shape: BaseGeometry) -> dict[str, Any]:
    """A Polygon or MultiPolygon as GeoJSON, with ring directions of RFC 7946."""
    parts = []
    for polygon in shapely.get_parts(shapely.orient_polygons(shape)):
        rings = [polygon.exterior, *polygon.interiors]
        parts.append([shapely.get_coordinates(ring).tolist() for ring in rings])
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _moved(shape: BaseGeometry, degrees: float) -> BaseGeometry:
    if not degrees:
        return shape
    return shapely.transform(shape, lambda points: points + np.array((degrees, 0)))


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)])


def _polygons(geojson: dict[str, Any], path: str) -> Iterator[tuple[list[Any], str]]:
    """Coordinates of each polygon, with its path."""
    dot = f"{path}." if path else ""
    match geojson["type"]:
        case "Polygon":
            yield geojson["coordinates"], f"{dot}coordinates"
        case "MultiPolygon":
            for index, polygon in enumerate(geojson["coordinates"]):
                yield polygon, f"{dot}coordinates[{index}]"
        case _:
            for index, geometry in enumerate(geojson["geometries"]):
                yield from _polygons(geometry, f"{dot}geometries[{index}]")
