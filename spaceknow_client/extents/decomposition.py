"""Cutting an extent into square tiles, as the API's own page on mechanics asks of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .geometry.requirement import require_geo

if TYPE_CHECKING:
    from .extent import Extent, ExtentLike
    from .tile_grid import TileGrid


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
    size; tiles off the extent are left out. Together the parts are the extent, and none overlap:
    dust of under 1e-8 of a tile is left out up to 1e-10 of the extent.

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
    of their size on Earth, and with OverlapWarning where whole squares overlap, as squares of several
    planes may. InvalidArgumentError is also raised for a CRS in which the parts do not add up to the
    extent: their areas on the ellipsoid may differ by 1e-6, and by 1e-9 in the planes of `auto`,
    and by 10 nm along the boundary.
    API Mechanics, Extent Decomposition.
    """
    require_geo()
    from .grid_search import grid_of

    return grid_of(
        extent,
        tile_size,
        crs=crs,
        min_fraction=min_fraction,
        align=align,
        clip=clip,
        max_area=max_area,
        max_bytes=max_bytes,
    )
