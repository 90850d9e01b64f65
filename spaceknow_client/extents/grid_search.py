"""Finds the grid of an extent: tile size, planes, and whether the parts add up. Requires the extra `geo`."""

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
from .geometry.ellipsoid import METERS_PER_DEGREE, middle
from .geometry.projected_grid import ProjectedGrid, Site, sites
from .geometry.projection import Projection, divided
from .geometry.rings import Rings
from .tile_grid import DistortionWarning, OverlapWarning, TileGrid

TILE_SIZE = 10_000.0
_TOLERANCES = (1e-5, 1e-6, 1e-7)  # of a tile's side, or of a tenth of the root of the area
# Maximum relative difference between the total area of the parts and that of the extent: in our own
# planes, and in planes named by the user, whose parts are measured on the ellipsoid. Then meters by which
# the boundary may deviate: degrees have a precision of 3e-9 m, which matters in a sliver of 30 km by 3 m.
_OURS, _NAMED, _NOISE = 1e-9, 1e-6, 1e-8
MAX_TILE_SIZE = 5e6  # meters; larger squares do not fit on a plane
ALIGNMENTS = ("center", "corner", "origin")
_NOTICEABLE = 0.01
_LEAST_BYTES = 1000  # one square takes several hundred
_MOST_TILES = 250_000  # that are tried before giving up
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
    """Like `decompose`; warnings are attributed to its caller."""
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
        _NOISE * METERS_PER_DEGREE * shape.length,
    )
    worst = grid.distortion
    if max(worst.side, worst.area) > _NOTICEABLE:
        warnings.warn(
            f"sides of tiles are up to {worst.side:.1%} off and areas {worst.area:.1%}: the extent "
            f"is too large for {'one plane' if crs == 'auto' else crs}.",
            DistortionWarning,
            stacklevel=3,
        )
    if grid.overlapping:
        warnings.warn(
            f"{grid.overlapping} pairs of whole squares overlap. Their intersections do not.",
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
        told = "infinity" if found == math.inf else shown(value)
        raise InvalidArgumentError(f"{rule}, not {told}.")
    return found


def _complete(
    make: Callable[[float], TileGrid],
    make_all: Callable[..., TileGrid] | None,
    total: float,
    noise: float,
) -> TileGrid:
    """A grid whose parts add up to the extent, computed with a smaller tolerance if necessary.

    `make` takes a tolerance; `make_all` takes a size and a tolerance, and omits no tile. `total` is the
    area of the extent and `noise` its rounding error, in m2. Raises InvalidArgumentError if the parts
    do not add up.
    """
    grid, found = None, math.nan
    for tolerance in _TOLERANCES:
        grid = make(tolerance)
        whole = make_all(grid.tile_size, tolerance=tolerance) if make_all else grid
        found = whole.area
        if abs(found - total) <= total * (_OURS if whole.is_equal_area else _NAMED) + noise:
            return grid
    raise InvalidArgumentError(
        f"the tiles add up to {found / 1e6:.12g} km2 in {grid.crs[0] if grid else '':.60}, but the "
        f"extent has {total / 1e6:.12g} km2.",
        hint="Use another coordinate system, such as crs='auto'.",
    )


def _sized(
    make: Callable[[float], TileGrid],
    plane: Projection,
    tile_size: float | None,
    max_area: float | None,
    max_bytes: float | None,
) -> TileGrid:
    """The grid of the requested tile size, or of the largest that the limits allow."""
    if max_area is not None:
        if plane.degrees:
            raise InvalidArgumentError(
                f"max_area requires a CRS in units of length; {plane.crs} is in degrees."
            )
        side = math.sqrt(max_area) / plane.meters * (1 - 1e-12)
        tile_size = min(side, tile_size or math.inf, MAX_TILE_SIZE / plane.meters)
        if not plane.is_equal_area:
            tile_size /= math.sqrt(1 + make(tile_size).distortion.area)
    if max_bytes is not None:
        return _largest(make, max_bytes, tile_size or MAX_TILE_SIZE / plane.meters)
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
            hint=f"Pass tile_size in {unit}, or omit crs and pass meters.",
        )
    if size * plane.meters > MAX_TILE_SIZE and not plane.degrees:
        raise InvalidArgumentError(
            f"tile_size must be at most {MAX_TILE_SIZE / 1000:g} km, not {size * plane.meters / 1000:g}."
        )
    tolerance *= min(size * plane.meters, 0.1 * math.sqrt(total))
    plane_grids = [ProjectedGrid.cut(site, size, align, min_fraction, tolerance) for site in found]
    return TileGrid(plane_grids, tile_size=size, clip=clip)


def _largest(make: Callable[[float], TileGrid], max_bytes: float, size: float) -> TileGrid:
    """The grid with the largest tiles, to 5 %, whose intersections fit into `max_bytes`."""
    grid = make(size)
    too_large = None
    while _bytes(grid) > max_bytes:
        too_large, size = size, size / 2
        grid = make(size)
        if len(grid) > _MOST_TILES:
            raise InvalidArgumentError(
                f"even {len(grid)} tiles do not fit into {max_bytes:g} bytes each.",
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
    """Maximum size of an intersection in a request; only those with most points are measured."""
    shapes = grid.intersections
    order = np.argsort(shapely.get_num_coordinates(shapes))[-_CANDIDATES:]
    pieces = [lonlat.as_geojson(shape) for shape in shapes[order].tolist()]
    return max((len(json.dumps(piece, separators=(",", ":"))) for piece in pieces), default=0)
