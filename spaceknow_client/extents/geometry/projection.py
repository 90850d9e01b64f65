"""Planes to cut an area in: a coordinate system, and the way there and back."""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np
from attrs import evolve, field, frozen
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from ...errors.base import InvalidArgumentError
from .ellipsoid import METRES_PER_DEGREE, SEMI_MAJOR
from .rings import Floats, Ints, Rings, spread

# Radius in degrees that one plane serves: there a square's sides are 8 % wrong.
MAX_REACH = 45.0
_STEP = 1.0  # degrees; along longer edges the bend is no longer a parabola
_LEAST_TOLERANCE = 1e-4  # metres
_NEGLIGIBLE = 64  # a bend of this part of the tolerance is not looked at
_AREA_ERROR = 1e-10  # of the area
_MAX_INSERTED = 50_000_000
_TORN = 2e6  # metres, of edges that are a degree long at most
_WAY_BACK = 0.02  # metres that a way to a plane and back may be off; shifts of datums are, by 1 cm
_SAMPLES = 500
_WGS84 = "OGC:CRS84"
# Planes that are seen from below: the reflections that turn them over.
_REFLECTIONS = np.array(
    [[[0, -1], [-1, 0]], [[0, 1], [1, 0]], [[-1, 0], [0, 1]], [[1, 0], [0, -1]]]
)


@frozen
class Projection:
    """A coordinate system, with x to the right of y.

    Attributes:
        crs: as PROJ understands it: a PROJ string, `EPSG:32633`.
        is_equal_area: whether areas in it are true, as in the planes that are made here.
        operation: the way from degrees of WGS84, as a PROJ pipeline; "" for PROJ's choice. PROJ has
            several for many systems, and changes between them within an area.
        reflection: which of `_REFLECTIONS` its own axes need, such as south and west; -1 for none.
    """

    crs: str
    is_equal_area: bool = False
    operation: str = field(default="", repr=False)
    reflection: int = field(default=-1, repr=False)

    @classmethod
    def around(cls, longitude: float, latitude: float) -> Projection:
        """The Lambert azimuthal equal-area plane around a place in degrees.

        Its squares are true to their size everywhere, and true to their shape near the place:
        at an angle c from it sides are wrong by the factor cos(c / 2) (Snyder, equation 24-2).
        The place is rounded to 100 m, so that forms of one area with other rings give one plane.
        """
        lon, lat = round(longitude, 3) + 0.0, round(latitude, 3) + 0.0
        return cls(f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m +no_defs", True)

    @classmethod
    def utm(cls, longitude: float, latitude: float, rings: Rings) -> Projection:
        """The UTM zone (6 degrees wide) of a place."""
        zone = int((longitude + 180) // 6) % 60 + 1
        return cls.named(f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}", rings)

    @classmethod
    def named(cls, name: object, rings: Rings) -> Projection:
        """Any coordinate system, with the most accurate way to it that leads back as well.

        Raises InvalidArgumentError for what is no coordinate system of the Earth's surface, and
        where it does not reach the rings.
        """
        code = f"EPSG:{name}" if isinstance(name, int) else str(name)
        plane = cls(name.to_string() if isinstance(name, CRS) else code)
        try:
            crs = CRS(plane.crs)
        except CRSError as error:
            raise InvalidArgumentError(
                f"crs={str(name)!r:.60} is no coordinate system.",
                hint="Give auto, utm, or a name such as EPSG:3035.",
            ) from error
        if not (crs.is_projected or crs.is_geographic) or not crs.axis_info:
            raise InvalidArgumentError(f"crs={str(name)!r:.60} has no plane to cut in.")
        if crs.ellipsoid and abs(crs.ellipsoid.semi_major_metre / SEMI_MAJOR - 1) > 0.01:
            raise InvalidArgumentError(f"crs={str(name)!r:.60} is not of the Earth.")
        if plane.in_degrees:
            return plane
        points = divided(rings).points
        return plane._on_the_way(points[:: len(points) // _SAMPLES + 1])

    def _on_the_way(self, points: Floats) -> Projection:
        """With the operation that suits some places, and with x to the right of y."""
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
            off = float(back.max()) * METRES_PER_DEGREE
            if off > _WAY_BACK:
                problem = _unreached(self, f"its way back is {off:.2g} m off")
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
        """Whether its coordinates are longitude and latitude of WGS84: nothing is projected."""
        return _facts(self.crs)[0]

    @property
    def degrees(self) -> float:
        """How many degrees a unit has if it is one of angle; else 0."""
        return _facts(self.crs)[1]

    @property
    def metres(self) -> float:
        """How many metres a unit has (along a meridian if it is one of angle)."""
        return _facts(self.crs)[2]

    def forward(self, points: Floats) -> Floats:
        """(n, 2) from degrees to the plane; infinite where the plane does not reach."""
        if self.in_degrees:
            return points
        way = _transformer(self.crs, self.operation)
        made = np.column_stack(way.transform(points[:, 0], points[:, 1]))
        meridian = _facts(self.crs)[3]
        if meridian is not None:  # longitudes go on beyond 180, as those of the points do
            turn = 360 / self.degrees
            expected = (points[:, 0] - meridian) / self.degrees
            made[:, 0] += np.round((expected - made[:, 0]) / turn) * turn
        return self.mirrored(made)

    def inverse(self, points: Floats) -> Floats:
        """(n, 2) from the plane to degrees, longitudes from -180 to 180."""
        if self.in_degrees:
            return points
        points = self.mirrored(points)
        if self.degrees:  # a square may go on beyond a pole
            pole = 90 / self.degrees
            points = np.clip(points, (-np.inf, -pole), (np.inf, pole))
        way = _transformer(self.crs, self.operation)
        made = np.column_stack(way.transform(points[:, 0], points[:, 1], direction="INVERSE"))
        if self.is_equal_area:
            made[:, 1] -= np.interp(made[:, 1], *_latitude_errors())
        return made

    def mirrored(self, points: Floats) -> Floats:
        """Points (n, 2) between the coordinate system's own axes and those here."""
        return points if self.reflection < 0 else points @ _REFLECTIONS[self.reflection]


@lru_cache(maxsize=1)
def _latitude_errors() -> tuple[Floats, Floats]:
    """What latitudes PROJ gives on the way back from planes of `around`, and how far they are off.

    Its series for the authalic latitude is 1.5 mm off, the same in all such planes.
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
    """Whether it is WGS84 in degrees; degrees and metres in a unit; the meridian of its longitudes."""
    crs = CRS(name)
    unit = float(crs.axis_info[0].unit_conversion_factor)
    if not crs.is_geographic:
        return False, 0.0, unit, None
    degrees = float(np.degrees(unit))
    if crs.is_derived:  # of a rotated pole, say
        return False, degrees, degrees * METRES_PER_DEGREE, None
    first = crs.prime_meridian
    meridian = 0.0
    if first:
        meridian = float(np.degrees(first.longitude * float(first.unit_conversion_factor)))
    is_wgs84 = CRS(_WGS84).equals(crs.to_2d(), ignore_axis_order=True)
    return is_wgs84, degrees, degrees * METRES_PER_DEGREE, meridian


def _window(points: Floats) -> tuple[int, int, int, int]:
    """Whole degrees around places: west, south, east, north."""
    (west, south), (east, north) = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    if east - west >= 360:
        west, east = -180, 180
    west, east = (west + 180) % 360 - 180, (east + 179) % 360 - 179
    return int(west), int(south), int(east), int(north)


@lru_cache(maxsize=64)
def _operations(name: str, west: int, south: int, east: int, north: int) -> list[str]:
    """The ways from degrees to a coordinate system in a window, the best first."""
    area = AreaOfInterest(west, south, east, north)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of grids that are not installed
        try:
            ways = TransformerGroup(
                _WGS84, name, always_xy=True, area_of_interest=area
            ).transformers
        except (CRSError, ProjError, IndexError):  # the last when PROJ knows none
            ways = []
    if not ways:
        raise InvalidArgumentError(f"there is no way from degrees to {name!r:.60}.")
    return [way.definition for way in ways]


@lru_cache(maxsize=64)
def _transformer(name: str, operation: str) -> Transformer:
    if operation:
        return Transformer.from_pipeline(operation)
    return Transformer.from_crs(_WGS84, name, always_xy=True)


def projected(rings: Rings, plane: Projection, tolerance: float) -> Rings:
    """Rings of degrees in a plane, with points put in where straight edges bend there.

    An edge stays within `tolerance` (units of the plane) of where it is. The points that are put
    in lie off it by two thirds of how far the chord between them does: a chord's error has the
    same sign all along an edge, and so the areas stay what they are. Where edges that are short
    enough to stay whole add up to more, some of them get a point too. Raises InvalidArgumentError
    where the plane does not reach, or is torn apart.
    """
    if plane.in_degrees:
        return rings
    tolerance = max(tolerance, _LEAST_TOLERANCE / plane.metres)
    coarse = divided(rings)
    points = _reached(coarse.points, plane)
    # A ring around a pole ends 360 degrees on, which is nearly the same place, and has to be the same.
    points[coarse.offsets[1:] - 1] = points[coarse.offsets[:-1]]
    if _is_torn(Rings(points, coarse.offsets), plane):
        raise _unreached(plane)
    starts = coarse.edges()
    begin, end = coarse.points[starts], coarse.points[starts + 1]
    # No plane in use bends an edge by more than this; most edges of a coast are too short for it.
    size = np.abs(end - begin)
    slope = np.minimum(np.abs(np.tan(np.radians(begin[:, 1]))), 1 / np.radians(_STEP)) + 1
    bend = (size**2).sum(axis=1) * slope * (111_195.0 / 57.3 / 4 / plane.metres)
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
        raise _unreached(plane)  # it grows without bound near some place in the extent
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
    """Some, and few if it can be, whose sum is that of all, within a limit."""
    rest = float(lacking.sum())
    values, rest = lacking * np.sign(rest), abs(rest)
    order = np.argsort(-values)
    values = values[order]
    taken: list[Ints] = [order[:0]]
    start = 0
    while rest > limit:  # the largest that fit, then smaller ones
        start = max(start, int(np.searchsorted(-values, -rest)))
        sums = np.cumsum(values[start:])
        rising = sums[: int(sums.argmax()) + 1] if len(sums) else sums
        count = int(np.searchsorted(rising, rest, side="right"))
        if count == 0:  # none is small enough: take all
            return np.flatnonzero(lacking)
        taken.append(order[start : start + count])
        rest -= float(sums[count - 1])
        start += count
    return np.concatenate(taken)


def divided(rings: Rings) -> Rings:
    """The same rings with no edge longer than a degree."""
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


def _unreached(plane: Projection, why: str = "or its edge runs through it") -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{plane.crs!r:.60} does not reach all of this extent, {why}.",
        hint="crs='auto' makes a plane for any place on Earth.",
    )


def _is_torn(flat: Rings, plane: Projection) -> bool:
    """Whether projected neighbours lie far apart: the plane's own edge runs through the area."""
    starts = flat.edges()
    lengths = np.hypot(*(flat.points[starts + 1] - flat.points[starts]).T)
    return bool((lengths * plane.metres > _TORN).any())
