"""Cuts an extent into square tiles, as the API's documentation (API Mechanics) recommends."""

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
    size; tiles outside the extent are omitted. The parts do not overlap, and together they are the
    extent, except for slivers of under 1e-8 of a tile, up to 1e-10 of the extent.

    Args:
        extent: the area, in degrees (see Extent). Edges are straight in longitude and latitude.
        tile_size: side of a tile, in units of the CRS. Default: 10 km, or the largest that
            `max_area` and `max_bytes` allow.
        crs: the plane to cut in. `auto` is a Lambert azimuthal equal-area plane at the middle of the
            extent, in which each tile has its exact area; extents over 90 degrees across use several
            planes. `utm` is the UTM zone of the middle. Any other CRS by its name; `EPSG:4326` cuts in
            degrees, so that tiles are not squares on Earth.
        min_fraction: tiles of which the extent covers a smaller share are omitted (0 to 1).
        align: `center` puts the extent in the middle of the rectangle, `corner` in its lower
            left, `origin` puts grid lines at multiples of the tile size, so that grids of several
            extents in one CRS match.
        clip: False to make `intersection` the whole square.
        max_area: maximum area of a tile in square meters.
        max_bytes: maximum size of an `intersection` in a request, in bytes. A whole request is limited
            to 64 KiB, other members included.

    Raises InvalidExtentError for polygons that cross themselves, ConfigError without the extra `geo`,
    and InvalidArgumentError for bad arguments or if the parts do not add up to the extent: their areas
    may differ by 1e-9 in the planes of `auto` and by 1e-6 on the ellipsoid otherwise, plus 10 nm along
    the boundary. Warns with DistortionWarning if tiles deviate by more than 1 % from squares of their
    size on Earth, and with OverlapWarning if whole squares overlap, which happens with several planes.
    See API Mechanics, Extent Decomposition.
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
