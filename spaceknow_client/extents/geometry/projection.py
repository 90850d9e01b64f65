"""Planes to cut an area in: a coordinate system, and the way there and back."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from attrs import frozen
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from ...errors.base import InvalidArgumentError
from ...errors.shown import shown
from .rings import Floats, Ints, Rings, spread

# Radius in degrees that one plane serves: there a square's sides are 8 % wrong.
MAX_REACH = 45.0
_STEP = 1.0  # degrees; along longer edges the bend is no longer a parabola
_LEAST_TOLERANCE = 1e-4  # metres
_NEGLIGIBLE = 64  # a bend of this part of the tolerance is not looked at
_AREA_ERROR = 1e-10  # of the area
_MAX_INSERTED = 50_000_000
_TORN = 2e6  # metres, of edges that are a degree long at most


@frozen
class Projection:
    """A coordinate system.

    Attributes:
        crs: as PROJ understands it: a PROJ string, `EPSG:32633`.
        is_equal_area: whether areas in it are true, as in the planes that are made here.
    """

    crs: str
    is_equal_area: bool = False

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
    def utm(cls, longitude: float, latitude: float) -> Projection:
        """The UTM zone (6 degrees wide) of a place."""
        zone = int((longitude + 180) // 6) % 60 + 1
        return cls(f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}")

    @classmethod
    def named(cls, name: object) -> Projection:
        """Any coordinate system. Raises InvalidArgumentError when PROJ knows none of that name."""
        plane = cls(name.to_string() if isinstance(name, CRS) else str(name))
        try:
            crs = CRS(plane.crs)
        except CRSError as error:
            raise InvalidArgumentError(
                f"crs={str(name)!r:.60} is no coordinate system.",
                hint="Give auto, utm, or a name such as EPSG:3035.",
            ) from error
        if not (crs.is_projected or crs.is_geographic):
            raise InvalidArgumentError(f"crs={str(name)!r:.60} has no plane to cut in.")
        return plane

    @property
    def in_degrees(self) -> bool:
        """Whether its coordinates are longitude and latitude: a planar cut in degrees."""
        return bool(_crs(self.crs).is_geographic)

    @property
    def metres(self) -> float:
        """How many metres a unit has (along a meridian if it is a degree)."""
        if self.in_degrees:
            return 111_195.0
        return float(_crs(self.crs).axis_info[0].unit_conversion_factor)

    def forward(self, points: Floats) -> Floats:
        """(n, 2) from degrees to the plane; infinite where the plane does not reach."""
        if self.in_degrees:
            return points
        return np.column_stack(_transformer(self.crs).transform(points[:, 0], points[:, 1]))

    def inverse(self, points: Floats) -> Floats:
        """(n, 2) from the plane to degrees, longitudes from -180 to 180."""
        if self.in_degrees:
            return points
        back = _transformer(self.crs).transform(points[:, 0], points[:, 1], direction="INVERSE")
        return np.column_stack(back)


@lru_cache(maxsize=64)
def _crs(name: str) -> CRS:
    return CRS(name)


@lru_cache(maxsize=64)
def _transformer(name: str) -> Transformer:
    try:
        return Transformer.from_crs("OGC:CRS84", name, always_xy=True)
    except (CRSError, ProjError) as error:
        raise InvalidArgumentError(f"there is no way from degrees to {shown(name)}.") from error


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


def _unreached(plane: Projection) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{plane.crs!r:.60} does not reach all of this extent, or its edge runs through it.",
        hint="crs='auto' makes a plane for any place on Earth.",
    )


def _is_torn(flat: Rings, plane: Projection) -> bool:
    """Whether projected neighbours lie far apart: the plane's own edge runs through the area."""
    starts = flat.edges()
    lengths = np.hypot(*(flat.points[starts + 1] - flat.points[starts]).T)
    return bool((lengths * plane.metres > _TORN).any())
