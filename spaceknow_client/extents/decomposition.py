"""Cutting an extent into square tiles, as the API's own page on mechanics asks of clients."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from functools import partial

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from .extent import Extent, ExtentLike
from .geometry.requirement import require_geo

require_geo()

# ruff: noqa: E402  # what follows needs what was looked for
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .geometry import antimeridian, lonlat
from .geometry.ellipsoid import middle
from .geometry.projected_grid import Sheet, Site, sites
from .geometry.projection import Projection, divided
from .geometry.rings import Rings
from .tile_grid import DistortionWarning, TileGrid

TILE_SIZE = 10_000.0
MAX_TILE_SIZE = 5e6  # metres: a larger square does not fit on the plane
ALIGNMENTS = ("center", "corner", "origin")
_NOTICEABLE = 0.01
_LEAST_BYTES = 1000  # a square takes some hundreds
_MOST_TILES = 250_000  # that are looked at, one size after another
_CANDIDATES = 16


def decompose(
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
    """Cuts an extent into square tiles, each with the part of the extent in it.

    The grid is the smallest rectangle around the extent whose sides are multiples of the tile
    size; tiles off the extent, or with less than 1e-8 of a tile of it, are left out. Together the
    parts are the extent, and none overlap.

    Args:
        extent: the area, in degrees (see Extent). Edges are straight in longitude and latitude.
        tile_size: a tile's side, in units of the CRS. By default 10 km, or the largest that
            `max_area` and `max_bytes` allow.
        crs: the plane to cut in. `auto` is a Lambert azimuthal equal-area plane at the extent's
            middle, where each tile has its size to the square metre; several for extents over
            90 degrees across. `utm` is the UTM zone of the middle. Or any CRS by its name;
            `EPSG:4326` cuts in degrees, which gives no squares on Earth.
        min_fraction: tiles of which the extent covers less are left out (0 to 1).
        align: `center` puts the extent in the middle of the rectangle, `corner` into its lower
            left, `origin` puts grid lines at multiples of the tile size, so that grids of several
            extents in one CRS fit together.
        clip: False if the whole square is wanted as `intersection`.
        max_area: the most square metres that a tile may have.
        max_bytes: the most bytes that an `intersection` may take in a request. A request has
            64 KiB, and other things are in it.

    Raises InvalidExtentError for polygons that cross themselves, InvalidArgumentError, ConfigError
    without the extra `geo`. Warns with DistortionWarning where tiles are over 1 % off being squares
    of their size on Earth. API Mechanics, Extent Decomposition.
    """
    _check(tile_size, min_fraction, align, max_area, max_bytes)
    found = _sites(lonlat.area(Extent(extent).to_geojson()), crs)
    plane = found[0].plane
    if plane.in_degrees and max_area is not None:
        raise InvalidArgumentError("in degrees no tile has a known area; max_area needs a plane.")
    make = partial(_grid, found, align=align, min_fraction=min_fraction, clip=clip)
    grid = None
    if max_area is not None:
        side = math.sqrt(max_area) / plane.metres * (1 - 1e-12)
        tile_size = min(side, tile_size or math.inf, MAX_TILE_SIZE / plane.metres)
        if not plane.is_equal_area:
            tile_size /= math.sqrt(1 + make(tile_size).distortion.area)
    if max_bytes is not None:
        grid = _largest(make, max_bytes, tile_size or MAX_TILE_SIZE / plane.metres, plane)
    if grid is None:
        grid = make(TILE_SIZE if tile_size is None else float(tile_size))
    worst = grid.distortion
    if max(worst.side, worst.area) > _NOTICEABLE:
        warnings.warn(
            f"sides of tiles are up to {worst.side:.1%} off and areas {worst.area:.1%}: the extent "
            f"is too large for {'one plane' if crs == 'auto' else plane.crs} to be true.",
            DistortionWarning,
            stacklevel=2,
        )
    return grid


def _check(
    tile_size: float | None,
    min_fraction: float,
    align: str,
    max_area: float | None,
    max_bytes: int | None,
) -> None:
    for name, value in (
        ("tile_size", tile_size),
        ("max_area", max_area),
        ("max_bytes", max_bytes),
    ):
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
            raise InvalidArgumentError(f"{name} is a number above 0, not {shown(value)}.")
        if math.isinf(value):
            raise InvalidArgumentError(f"{name} is a finite number.")
    if max_bytes is not None and max_bytes < _LEAST_BYTES:
        raise InvalidArgumentError(f"max_bytes is at least {_LEAST_BYTES}, not {max_bytes}.")
    if not isinstance(min_fraction, (int, float)) or not 0 <= min_fraction <= 1:
        raise InvalidArgumentError(
            f"min_fraction is a share from 0 to 1, not {shown(min_fraction)}."
        )
    if align not in ALIGNMENTS:
        raise InvalidArgumentError(f"align is one of {', '.join(ALIGNMENTS)}, not {shown(align)}.")


def _sites(shape: BaseGeometry, crs: str) -> list[Site]:
    if crs == "auto":
        return sites(shape)
    rings = Rings.of_shape(shape)
    joined = antimeridian.contiguous(rings)
    if crs == "utm":
        return [Site(joined, Projection.utm(*middle(divided(rings))))]
    return [Site(joined, Projection.named(crs), rings)]


def _grid(
    found: list[Site], size: float, *, align: str, min_fraction: float, clip: bool
) -> TileGrid:
    plane = found[0].plane
    if plane.in_degrees and size > 180:
        raise InvalidArgumentError(
            f"tile_size={size:g} is no size in degrees.",
            hint=f"{plane.crs} is in degrees: give tile_size in them, or leave out crs.",
        )
    if size * plane.metres > MAX_TILE_SIZE and not plane.in_degrees:
        raise InvalidArgumentError(f"tile_size={size:g} is over {MAX_TILE_SIZE / 1000:g} km.")
    sheets = [Sheet.cut(site, size, align, min_fraction) for site in found]
    return TileGrid(sheets, tile_size=size, clip=clip)


def _largest(
    make: Callable[[float], TileGrid], max_bytes: int, size: float, plane: Projection
) -> TileGrid:
    """The grid of the largest tiles, to 5 %, whose parts take no more bytes."""
    grid = make(size)
    too_large = None
    while _bytes(grid) > max_bytes:
        too_large, size = size, size / 2
        grid = make(size)
        if len(grid) > _MOST_TILES:
            raise InvalidArgumentError(
                f"not even {len(grid)} tiles take as little as {max_bytes} bytes each.",
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
