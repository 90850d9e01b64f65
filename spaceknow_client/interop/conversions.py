"""Conversions to xarray, dask, pandas, geopandas and STAC: the public functions.

Each requires an extra, whose libraries are imported on the first call.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors.base import InvalidArgumentError
from ..runtime.extras import require
from ..runtime.lists import checked, refused

if TYPE_CHECKING:
    import geopandas
    import pystac
    import xarray

    from ..generated.models import Scene
    from ..maps.grid_file import GridFile

MAX_SKI_BYTES = 4 * 1024**3  # eight bands of 16 bits and 16,000 x 16,000 pixels


def open_ski(
    source: str | os.PathLike[str] | bytes | GridFile, *, max_bytes: int = MAX_SKI_BYTES
) -> xarray.Dataset:
    """The bands of a SKI file (SpaceKnow Image), in memory. Requires the extra `xarray`.

    Args:
        source: the path of a file, its bytes, or the result of `client.kraken.grid_file`.
        max_bytes: maximum size of the decompressed file (4 GiB).

    Each band is a variable with its first name (`attrs["names"]` has all names) and its stored
    integers. Bands of one grid share the dimensions `y` and `x`; a second grid has `y_2` and `x_2`,
    and so on. `x` and `y` are the centers of pixels in the coordinate system `spatial_ref` (CF
    conventions, as rioxarray reads them). Both are missing if the file does not contain them. A mask
    is a variable called `mask_<bands>`, which the `attrs` of its bands name in
    `ancillary_variables`. Its values are unchanged: 0 is no data, all others are inside the extent
    (seen in 2019: 3 for two bands, probably one bit for each). No pixels are masked. Other scalars of
    `meta.json` are in `attrs`; times have the zone UTC (`2018-05-20T00:29:52Z`).

    Nothing is extracted to the disk. Raises InvalidResponseError for an undocumented form: missing
    or duplicate members, links or paths, wrong lengths, more than `max_bytes`. Raises
    InvalidArgumentError if the file cannot be read, ConfigError without the extra.
    """
    require("xarray", "numpy", "xarray", "pyproj")
    from .ski_dataset import dataset

    return dataset(source, max_bytes)


def scenes_to_geodataframe(scenes: Iterable[Scene]) -> geopandas.GeoDataFrame:
    """Scenes as a table with footprints as geometry (EPSG:4326). Requires the extra `pandas`.

    The index is `scene_id`. `datetime` is in UTC, `cloud_cover` a share from 0 to 1, angles are in
    degrees; `bands` has the first name of each band, and `gsd` the finest resolution in meters.
    Missing values are NaN or None. Undocumented members are columns with the API's names.

    `scenes` is the result of a search, or a list. Raises InvalidResponseError for an invalid
    footprint, InvalidArgumentError for an item that is not a Scene, ConfigError without the extra.
    """
    require("pandas", "geopandas")
    from .scene_frame import frame

    return frame(listed(scenes))


def scenes_to_stac(scenes: Iterable[Scene]) -> pystac.ItemCollection:
    """Scenes as STAC items. Requires the extra `stac`.

    An item has the scene's id, footprint and time, `platform` and `gsd`, and if the scene has them
    `eo:cloud_cover` (percent), `view:off_nadir`, `view:sun_azimuth`, `view:sun_elevation`,
    `proj:code` and `proj:transform`. Values outside the range of an extension are omitted. Items
    have no assets, because SpaceKnow publishes no URLs of a scene's pixels, and STAC allows bands
    only in assets. Bands and all other members are `spaceknow:` properties, including
    `spaceknow:satellite_azimuth`: it is unknown whether this is STAC's `view:azimuth` or its
    opposite.

    `scenes` is the result of a search, or a list. Raises InvalidResponseError for an invalid
    footprint, InvalidArgumentError for an item that is not a Scene, ConfigError without the extra.
    """
    require("stac", "pystac", "shapely")
    from .stac import item_collection

    return item_collection(listed(scenes))


def scenes_to_stac_geoparquet(scenes: Iterable[Scene], path: str | os.PathLike[str]) -> None:
    """Writes scenes as STAC items to a stac-geoparquet file. Requires the extra `stac`.

    QGIS, DuckDB and geopandas can read the file. It is written atomically. Raises
    InvalidArgumentError if there are no scenes (the columns would be unknown) or the file cannot be
    written, and as `scenes_to_stac`.
    """
    require("stac", "pystac", "shapely", "stac_geoparquet", "pyarrow")
    from .stac import write_geoparquet

    write_geoparquet(listed(scenes), path)


def map_to_stac(
    path: str | os.PathLike[str],
    *,
    href: str | None = None,
    datetime: dt.datetime | None = None,
) -> pystac.Item:
    """A GeoTIFF of a map as a STAC item. Requires the extras `stac` and `geo`.

    All values are from the file, which must be from `save_mosaic`. Its asset `image` has
    `proj:shape`, `proj:transform`, `raster:bands` and the names of the bands, so that odc.stac,
    stackstac and others can load it without opening it first. Its geometry is the rectangle of the
    file, in two parts if it crosses 180 degrees.

    Args:
        path: the file, cloud-optimized or plain. The item's id is its name without the suffix.
        href: the URL or path of the file in the item; by default its absolute path.
        datetime: the acquisition time, for a file without one; without a zone it is in UTC.

    A file of scenes of several times has `start_datetime` and `end_datetime`. `gsd` is in meters on
    the ground. Other values are in `spaceknow:` properties: `map_id`, `map_type`, `scene_ids`,
    `zoom`, `file`, `software`.

    Raises InvalidArgumentError for another file, and for one without a time; ConfigError without the
    extras.
    """
    require("stac", "pystac", "shapely")
    require("geo", "rasterio", "pyproj")
    from .stac_maps import map_item

    return map_item(path, href, datetime)


def maps_to_stac(
    paths: Iterable[str | os.PathLike[str]], *, id: str = "spaceknow-maps"
) -> pystac.Collection:
    """GeoTIFFs of maps as a STAC collection of items. Requires the extras `stac` and `geo`.

    The items are as from `map_to_stac`. `collection.normalize_and_save(folder, "SELF_CONTAINED")`
    writes the collection.

    Raises InvalidArgumentError for no paths, and for two files with the same name; otherwise as
    `map_to_stac`.
    """
    require("stac", "pystac", "shapely")
    require("geo", "rasterio", "pyproj")
    from .stac_maps import map_collection, map_item

    found = checked("paths", paths, "a list of paths", lambda _, path: map_item(path, None, None))
    items = [item for _, item in found]
    if not items:
        raise InvalidArgumentError("paths must name at least one file.")
    return map_collection(items, id)


def listed(scenes: Iterable[Scene]) -> list[Scene]:
    """The scenes of a listing. Raises InvalidArgumentError for other items."""
    from ..generated.models import Scene

    def check(name: str, value: object) -> None:
        if not isinstance(value, Scene):
            raise refused(name, "a Scene", value)

    return [scene for scene, _ in checked("scenes", scenes, "a list of scenes", check)]
