"""Planes in which areas are cut: a coordinate system with the conversions from and to degrees."""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np
from attrs import evolve, field, frozen
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from ...errors.base import InvalidArgumentError
from .ellipsoid import METERS_PER_DEGREE, SEMI_MAJOR
from .rings import Floats, Ints, Rings, spread

# Maximum angle in degrees from the middle of a plane: there the sides of a square are off by 8 %.
MAX_REACH = 45.0
_STEP = 1.0  # degrees; along longer edges the deviation is no longer a parabola
_LEAST_TOLERANCE = 1e-4  # meters
_NEGLIGIBLE = 64  # a deviation below this fraction of the tolerance is ignored
_AREA_ERROR = 1e-10  # of the area
_MAX_INSERTED = 50_000_000
_TORN = 2e6  # meters; for edges of at most a degree
_WAY_BACK = 0.02  # meters; maximum error of a round trip. Datum shifts cause 1 cm
_SAMPLES = 500
_WGS84 = "OGC:CRS84"
# Planes seen from below, with the reflections that turn them over.
_REFLECTIONS = np.array(
    [[[0, -1], [-1, 0]], [[0, 1], [1, 0]], [[-1, 0], [0, 1]], [[1, 0], [0, -1]]]
)


@frozen
class Projection:
    """A coordinate system with x to the right and y up.

    Attributes:
        crs: a definition that PROJ accepts: a PROJ string, `EPSG:32633`.
        is_equal_area: whether it preserves areas, as the planes made here do.
        operation: the conversion from WGS84 degrees, as a PROJ pipeline; "" lets PROJ choose. PROJ has
            several for many systems, and changes between them within an area.
        reflection: index in `_REFLECTIONS` for axes such as south and west; -1 for none.
    """

    crs: str
    is_equal_area: bool = False
    operation: str = field(default="", repr=False)
    reflection: int = field(default=-1, repr=False)

    @classmethod
    def around(cls, longitude: float, latitude: float) -> Projection:
        """The Lambert azimuthal equal-area plane around a point in degrees.

        Its squares have their true area everywhere, and their true shape near the point: at an
        angle c from it sides are off by the factor cos(c / 2) (Snyder, equation 24-2). The point is
        rounded to 100 m, so that one area written with different rings gives the same plane.
        """
        lon, lat = round(longitude, 3) + 0.0, round(latitude, 3) + 0.0
        return cls(f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m +no_defs", True)

    @classmethod
    def utm(cls, longitude: float, latitude: float, rings: Rings) -> Projection:
        """The UTM zone (6 degrees wide) of a point."""
        zone = int((longitude + 180) // 6) % 60 + 1
        return cls.named(f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}", rings)

    @classmethod
    def named(cls, name: object, rings: Rings) -> Projection:
        """A coordinate system by name, with the most accurate conversion that is also invertible.

        Raises InvalidArgumentError if it is not a coordinate system of the Earth's surface, or does not
        cover the rings.
        """
        code = f"EPSG:{name}" if isinstance(name, int) else str(name)
        plane = cls(name.to_string() if isinstance(name, CRS) else code)
        try:
            crs = CRS(plane.crs)
        except CRSError as error:
            raise InvalidArgumentError(
                f"unknown coordinate system crs={str(name)!r:.60}.",
                hint="Pass auto, utm, or a name such as EPSG:3035.",
            ) from error
        if not (crs.is_projected or crs.is_geographic) or not crs.axis_info:
            raise InvalidArgumentError(f"crs={str(name)!r:.60} has no horizontal plane.")
        if crs.ellipsoid and abs(crs.ellipsoid.semi_major_metre / SEMI_MAJOR - 1) > 0.01:
            raise InvalidArgumentError(
                f"crs={str(name)!r:.60} is not a coordinate system of the Earth."
            )
        if plane.in_degrees:
            return plane
        points = divided(rings).points
        return plane._on_the_way(points[:: len(points) // _SAMPLES + 1])

    def _on_the_way(self, points: Floats) -> Projection:
        """The same with the operation that suits some points, and with x to the right and y up."""
        problem = _unreached(self)
        step = np.where(points[:, 1] > 0, -_STEP, _STEP) * 1e-4
        moves = np.zeros((3, *points.shape))
        moves[1, :, 0], moves[2, :, 1] = abs(step), step
        for operation in _operations(self.crs, *_window(points)):
            plane = evolve(self, operation=operation)
            flat, east, north = (plane.forward(points + move) for move in moves)
            places = plane.inverse(flat)
            if not (np.isfinite(places).all() and np.isfinite([flat, east, north]).all()):
                continue
            back = np.abs(places - points)
            back[:, 0] = np.abs((back[:, 0] + 180) % 360 - 180) * np.cos(np.radians(points[:, 1]))
            off = float(back.max()) * METERS_PER_DEGREE
            if off > _WAY_BACK:
                problem = _unreached(self, f"its inverse is off by {off:.2g} m")
                continue
            east, north = east - flat, (north - flat) * np.sign(step)[:, None]
            turns = east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]
            if turns.sum() < 0:
                upright = _REFLECTIONS[:, 0] @ east.sum(axis=0) + _REFLECTIONS[:, 1] @ north.sum(
                    axis=0
                )
                plane = evolve(plane, reflection=int(upright.argmax()))
            return plane
        raise problem

    @property
    def in_degrees(self) -> bool:
        """Whether its coordinates are longitude and latitude of WGS84, so that nothing is projected."""
        return _facts(self.crs)[0]

    @property
    def degrees(self) -> float:
        """Degrees per unit for a unit of angle; else 0."""
        return _facts(self.crs)[1]

    @property
    def meters(self) -> float:
        """Meters per unit (along a meridian for a unit of angle)."""
        return _facts(self.crs)[2]

    def forward(self, points: Floats) -> Floats:
        """(n, 2) from degrees to the plane; infinite outside the area of the plane."""
        if self.in_degrees:
            return points
        way = _transformer(self.crs, self.operation)
        made = np.column_stack(way.transform(points[:, 0], points[:, 1]))
        meridian = _facts(self.crs)[3]
        if meridian is not None:  # longitudes continue beyond 180, as those of the points do
            turn = 360 / self.degrees
            expected = (points[:, 0] - meridian) / self.degrees
            made[:, 0] += np.round((expected - made[:, 0]) / turn) * turn
        return self.mirrored(made)

    def inverse(self, points: Floats) -> Floats:
        """(n, 2) from the plane to degrees, longitudes from -180 to 180."""
        if self.in_degrees:
            return points
        points = self.mirrored(points)
        if self.degrees:  # a square can extend beyond a pole
            pole = 90 / self.degrees
            points = np.clip(points, (-np.inf, -pole), (np.inf, pole))
        way = _transformer(self.crs, self.operation)
        made = np.column_stack(way.transform(points[:, 0], points[:, 1], direction="INVERSE"))
        if self.is_equal_area:
            made[:, 1] -= np.interp(made[:, 1], *_latitude_errors())
        return made

    def mirrored(self, points: Floats) -> Floats:
        """Points (n, 2) converted between the coordinate system's own axes and right-up axes."""
        return points if self.reflection < 0 else points @ _REFLECTIONS[self.reflection]


@lru_cache(maxsize=1)
def _latitude_errors() -> tuple[Floats, Floats]:
    """Latitudes returned by PROJ's inverse of the planes of `around`, and their errors.

    Its series for the authalic latitude is off by 1.5 mm, the same in all such planes.
    """
    true = np.linspace(-89, 89, 713)
    found = [np.empty(0)]
    for half, latitude in ((true[true < 0], -45.0), (true[true >= 0], 45.0)):
        way = _transformer(Projection.around(0, latitude).crs, "")
        flat = way.transform(np.zeros(len(half)), half)
        found.append(way.transform(*flat, direction="INVERSE")[1])
    given = np.concatenate(found)
    return given, given - true


@lru_cache(maxsize=64)
def _facts(name: str) -> tuple[bool, float, float, float | None]:
    """Whether it is WGS84 in degrees; degrees and meters per unit; the meridian of its longitudes."""
    crs = CRS(name)
    unit = float(crs.axis_info[0].unit_conversion_factor)
    if not crs.is_geographic:
        return False, 0.0, unit, None
    degrees = float(np.degrees(unit))
    if crs.is_derived:  # for example with a rotated pole
        return False, degrees, degrees * METERS_PER_DEGREE, None
    first = crs.prime_meridian
    meridian = 0.0
    if first:
        meridian = float(np.degrees(first.longitude * float(first.unit_conversion_factor)))
    is_wgs84 = CRS(_WGS84).equals(crs.to_2d(), ignore_axis_order=True)
    return is_wgs84, degrees, degrees * METERS_PER_DEGREE, meridian


def _window(points: Floats) -> tuple[int, int, int, int]:
    """Whole degrees around points: west, south, east, north."""
    (west, south), (east, north) = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    if east - west >= 360:
        west, east = -180, 180
    west, east = (west + 180) % 360 - 180, (east + 179) % 360 - 179
    return int(west), int(south), int(east), int(north)


@lru_cache(maxsize=64)
def _operations(name: str, west: int, south: int, east: int, north: int) -> list[str]:
    """Conversions from degrees to a coordinate system in a window, the best first."""
    area = AreaOfInterest(west, south, east, north)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about grids that are not installed
        try:
            ways = TransformerGroup(
                _WGS84, name, always_xy=True, area_of_interest=area
            ).transformers
        except (CRSError, ProjError, IndexError):  # IndexError if PROJ knows none
            ways = []
    if not ways:
        raise InvalidArgumentError(f"no conversion from degrees to {name!r:.60} is known.")
    return [way.definition for way in ways]


@lru_cache(maxsize=64)
def _transformer(name: str, operation: str) -> Transformer:
    if operation:
        return Transformer.from_pipeline(operation)
    return Transformer.from_crs(_WGS84, name, always_xy=True)


def projected(rings: Rings, plane: Projection, tolerance: float) -> Rings:
    """Rings of degrees in a plane, with points added where straight edges bend there.

    An edge stays within `tolerance` (units of the plane) of its true course. Added points are offset
    by two thirds of the deviation of their chord: the error of a chord has the same sign all along
    an edge, so this preserves areas. Where edges too short for points add up to a larger error, some of
    them get a point too. Raises InvalidArgumentError if the plane does not cover the rings, or is
    interrupted within them.
    """
    if plane.in_degrees:
        return rings
    tolerance = max(tolerance, _LEAST_TOLERANCE / plane.meters)
    coarse = divided(rings)
    points = _reached(coarse.points, plane)
    # A ring around a pole ends 360 degrees on; its end must be exactly the same point in the plane.
    points[coarse.offsets[1:] - 1] = points[coarse.offsets[:-1]]
    if _is_torn(Rings(points, coarse.offsets), plane):
        raise _unreached(plane)
    starts = coarse.edges()
    begin, end = coarse.points[starts], coarse.points[starts + 1]
    # No plane in use bends an edge more than this; most edges of a coast are too short to bend.
    size = np.abs(end - begin)
    slope = np.minimum(np.abs(np.tan(np.radians(begin[:, 1]))), 1 / np.radians(_STEP)) + 1
    bend = (size**2).sum(axis=1) * slope * (111_195.0 / 57.3 / 4 / plane.meters)
    chosen = np.flatnonzero(bend > tolerance / _NEGLIGIBLE)
    if len(chosen) == 0:
        return Rings(points, coarse.offsets)
    halfway = _reached((begin[chosen] + end[chosen]) / 2, plane)
    first, last = points[starts[chosen]], points[starts[chosen] + 1]
    off = halfway - (first + last) / 2
    pieces = np.ceil(np.sqrt(np.hypot(*off.T) / tolerance)).astype(np.int64)
    along = last - first
    lacking = np.where(pieces > 1, 0.0, (along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0]) * 2 / 3)
    total = abs(Rings(points, coarse.offsets).areas().sum())
    pieces[_balancing(lacking, total * _AREA_ERROR)] = 2
    chosen, pieces = chosen[pieces > 1], pieces[pieces > 1]
    if pieces.sum() > _MAX_INSERTED:
        raise _unreached(plane)  # coordinates grow without bound in the extent
    edge, number = spread(pieces - 1)
    share = ((number + 1) / pieces[edge])[:, None]
    inserted = _reached(begin[chosen][edge] * (1 - share) + end[chosen][edge] * share, plane)
    made = np.insert(points, starts[chosen][edge] + 1, inserted, axis=0)
    where = starts[chosen][edge] + 1 + np.arange(len(edge))
    bent = made[where - 1] - 2 * made[where] + made[where + 1]
    made[where] -= bent / 12 * (pieces / (pieces - 1))[edge][:, None]
    counts = np.zeros(len(points) + 1, np.int64)
    counts[starts[chosen] + 1] = pieces - 1
    return Rings(made, coarse.offsets + np.cumsum(counts)[coarse.offsets])


def _balancing(lacking: Floats, limit: float) -> Ints:
    """Indices of a few values whose sum is the total of all, within a limit."""
    rest = float(lacking.sum())
    values, rest = lacking * np.sign(rest), abs(rest)
    order = np.argsort(-values)
    values = values[order]
    taken: list[Ints] = [order[:0]]
    start = 0
    while rest > limit:  # the largest that fit first
        start = max(start, int(np.searchsorted(-values, -rest)))
        sums = np.cumsum(values[start:])
        rising = sums[: int(sums.argmax()) + 1] if len(sums) else sums
        count = int(np.searchsorted(rising, rest, side="right"))
        if count == 0:  # none is small enough: use all
            return np.flatnonzero(lacking)
        taken.append(order[start : start + count])
        rest -= float(sums[count - 1])
        start += count
    return np.concatenate(taken)


def divided(rings: Rings) -> Rings:
    """The same rings without edges longer than a degree."""
    starts = rings.edges()
    begin, end = rings.points[starts], rings.points[starts + 1]
    pieces = np.ceil(np.abs(end - begin).max(axis=1) / _STEP - 1e-9).astype(np.int64)
    long = pieces > 1
    if not long.any():
        return rings
    edge, number = spread(pieces[long] - 1)
    share = ((number + 1) / pieces[long][edge])[:, None]
    inserted = begin[long][edge] * (1 - share) + end[long][edge] * share
    counts = np.zeros(len(rings.points) + 1, np.int64)
    counts[starts[long] + 1] = pieces[long] - 1
    made = np.insert(rings.points, starts[long][edge] + 1, inserted, axis=0)
    return Rings(made, rings.offsets + np.cumsum(counts)[rings.offsets])


def _reached(points: Floats, plane: Projection) -> Floats:
    made = plane.forward(points)
    if not np.isfinite(made).all():
        raise _unreached(plane)
    return made


def _unreached(plane: Projection, why: str = "or is interrupted within it") -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{plane.crs!r:.60} does not cover all of this extent, {why}.",
        hint="Use crs='auto', which makes a plane for any place on Earth.",
    )


def _is_torn(flat: Rings, plane: Projection) -> bool:
    """Whether adjacent projected points are far apart: the edge of the plane crosses the area."""
    starts = flat.edges()
    lengths = np.hypot(*(flat.points[starts + 1] - flat.points[starts]).T)
    return bool((lengths * plane.meters > _TORN).any())
