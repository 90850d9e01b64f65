"""The grid of an extent: its size, its planes, and whether its parts add up. Needs the extra `geo`."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from functools import partial
from numbers import Real
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from .extent import Extent, ExtentLike
from .geometry import antimeridian, ellipsoid, lonlat
from .geometry.ellipsoid import METRES_PER_DEGREE, middle
from .geometry.projected_grid import Sheet, Site, sites
from .geometry.projection import Projection, divided
from .geometry.rings import Rings
from .tile_grid import DistortionWarning, OverlapWarning, TileGrid

TILE_SIZE = 10_000.0
_TOLERANCES = (1e-5, 1e-6, 1e-7)  # of a tile's side, or of a tenth of the root of the area
# How far the sum of the parts may be off the area of the extent, as a share: in planes that are made
# here, and in those that the user names, where each part is measured on the ellipsoid. And metres that
# the boundary may be off: degrees are numbers to 3e-9 m, which tells in a sliver of 30 km by 3 m.
_OURS, _NAMED, _NOISE = 1e-9, 1e-6, 1e-8
MAX_TILE_SIZE = 5e6  # metres: a larger square does not fit on the plane
ALIGNMENTS = ("center", "corner", "origin")
_NOTICEABLE = 0.01
_LEAST_BYTES = 1000  # a square takes some hundreds
_MOST_TILES = 250_000  # that are looked at, one size after another
_CANDIDATES = 16


def grid_of(
    extent: ExtentLike | Extent,
    tile_size: float | None = None,
    *,
    crs: str = "auto",
    min_fraction: float = 0.0,
    align: str = "center",
    clip: bool = True,
    max_area: float | None = None,
    max_bytes: int | None = None,
) -> TileGrid:
    """As `decompose`, whose caller the warnings name."""
    tile_size, max_area = _number("tile_size", tile_size), _number("max_area", max_area)
    limit = _number("max_bytes", max_bytes, least=_LEAST_BYTES)
    if not isinstance(min_fraction, Real) or not 0 <= min_fraction <= 1:
        raise InvalidArgumentError(f"min_fraction must be from 0 to 1, not {shown(min_fraction)}.")
    if align not in ALIGNMENTS:
        raise InvalidArgumentError(
            f"align must be one of {', '.join(ALIGNMENTS)}, not {shown(align)}."
        )
    shape = lonlat.area(Extent(extent).to_geojson())
    total = ellipsoid.area(Rings.of_shape(shape))
    found = _sites(shape, crs)
    make = partial(_grid, found, total, align=align, min_fraction=min_fraction, clip=clip)
    grid = _complete(
        lambda tolerance: _sized(
            partial(make, tolerance=tolerance), found[0].plane, tile_size, max_area, limit
        ),
        partial(make, min_fraction=0.0) if min_fraction else None,
        total,
        _NOISE * METRES_PER_DEGREE * shape.length,
    )
    worst = grid.distortion
    if max(worst.side, worst.area) > _NOTICEABLE:
        warnings.warn(
            f"sides of tiles are up to {worst.side:.1%} off and areas {worst.area:.1%}: the extent "
            f"is too large for {'one plane' if crs == 'auto' else crs} to be true.",
            DistortionWarning,
            stacklevel=3,
        )
    if grid.overlapping:
        warnings.warn(
            f"{grid.overlapping} pairs of whole squares overlap. Their parts of the extent do not.",
            OverlapWarning,
            stacklevel=3,
        )
    return grid


def _number(name: str, value: Any, least: float = 0.0) -> float | None:
    if value is None:
        return None
    rule = f"{name} must be a finite number " + (f"of at least {least:g}" if least else "above 0")
    try:
        found = float(value) if isinstance(value, Real) and not isinstance(value, bool) else 0.0
    except OverflowError:
        found = math.inf
    if not 0 < found < math.inf or found < least:
        told = "an infinite one" if found == math.inf else shown(value)
        raise InvalidArgumentError(f"{rule}, not {told}.")
    return found


def _complete(
    make: Callable[[float], TileGrid],
    make_all: Callable[..., TileGrid] | None,
    total: float,
    noise: float,
) -> TileGrid:
    """A grid whose parts are the extent, drawn more finely if need be.

    `make` takes the tolerance, `make_all` a size and the tolerance, and leaves out no tile; `total`
    is the extent's area, and `noise` what rounding makes of it, in m2. Raises InvalidArgumentError if
    the parts do not add up to it.
    """
    grid, found = None, math.nan
    for tolerance in _TOLERANCES:
        grid = make(tolerance)
        whole = make_all(grid.tile_size, tolerance=tolerance) if make_all else grid
        found = whole.area
        if abs(found - total) <= total * (_OURS if whole.is_equal_area else _NAMED) + noise:
            return grid
    raise InvalidArgumentError(
        f"the tiles add up to {found / 1e6:.12g} km2 in {grid.crs[0] if grid else '':.60}, and the "
        f"extent has {total / 1e6:.12g} km2.",
        hint="Cut it in another coordinate system, such as crs='auto'.",
    )


def _sized(
    make: Callable[[float], TileGrid],
    plane: Projection,
    tile_size: float | None,
    max_area: float | None,
    max_bytes: float | None,
) -> TileGrid:
    """The grid of the size that is asked for, or that the limits allow."""
    if max_area is not None:
        if plane.degrees:
            raise InvalidArgumentError(
                "in degrees no tile has a known area; max_area needs a plane."
            )
        side = math.sqrt(max_area) / plane.metres * (1 - 1e-12)
        tile_size = min(side, tile_size or math.inf, MAX_TILE_SIZE / plane.metres)
        if not plane.is_equal_area:
            tile_size /= math.sqrt(1 + make(tile_size).distortion.area)
    if max_bytes is not None:
        return _largest(make, max_bytes, tile_size or MAX_TILE_SIZE / plane.metres)
    return make(TILE_SIZE if tile_size is None else tile_size)


def _sites(shape: BaseGeometry, crs: str) -> list[Site]:
    if crs == "auto":
        return sites(shape)
    rings = Rings.of_shape(shape)
    joined = antimeridian.contiguous(rings)
    if crs == "utm":
        return [Site(joined, Projection.utm(*middle(divided(rings)), joined))]
    return [Site(joined, Projection.named(crs, joined), rings)]


def _grid(
    found: list[Site],
    total: float,
    size: float,
    *,
    align: str,
    min_fraction: float,
    clip: bool,
    tolerance: float,
) -> TileGrid:
    plane = found[0].plane
    if size * plane.degrees > 180:
        unit = "degrees" if plane.degrees == 1 else f"units of {plane.degrees:g} degrees"
        raise InvalidArgumentError(
            f"tile_size={size:g} is more than half of the Earth: {plane.crs} is in {unit}.",
            hint="Give tile_size in them, or leave out crs and give meters.",
        )
    if size * plane.metres > MAX_TILE_SIZE and not plane.degrees:
        raise InvalidArgumentError(f"tile_size={size:g} is over {MAX_TILE_SIZE / 1000:g} km.")
    tolerance *= min(size * plane.metres, 0.1 * math.sqrt(total))
    sheets = [Sheet.cut(site, size, align, min_fraction, tolerance) for site in found]
    return TileGrid(sheets, tile_size=size, clip=clip)


def _largest(make: Callable[[float], TileGrid], max_bytes: float, size: float) -> TileGrid:
    """The grid of the largest tiles, to 5 %, whose parts take no more bytes."""
    grid = make(size)
    too_large = None
    while _bytes(grid) > max_bytes:
        too_large, size = size, size / 2
        grid = make(size)
        if len(grid) > _MOST_TILES:
            raise InvalidArgumentError(
                f"not even {len(grid)} tiles take as little as {max_bytes:g} bytes each.",
                hint="Allow more bytes, or simplify the extent.",
            )
    while too_large is not None and too_large / size > 1.05:
        between = math.sqrt(size * too_large)
        tried = make(between)
        if _bytes(tried) <= max_bytes:
            grid, size = tried, between
        else:
            too_large = between
    return grid


def _bytes(grid: TileGrid) -> int:
    """The most that an intersection takes in a request; looked at are those with most points."""
    shapes = grid.intersections
    order = np.argsort(shapely.get_num_coordinates(shapes))[-_CANDIDATES:]
    pieces = [lonlat.as_geojson(shape) for shape in shapes[order].tolist()]
    return max((len(json.dumps(piece, separators=(",", ":"))) for piece in pieces), default=0)
