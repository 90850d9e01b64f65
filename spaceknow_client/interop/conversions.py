"""What others work with: xarray, dask, pandas, geopandas, STAC. Each library is an extra.

The functions here are the public ones. They ask for what they need, and load it when they are called.
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
    """The bands of a SKI file (SpaceKnow Image), in memory. Needs the extra `xarray`.

    Args:
        source: the path of a file, its bytes, or what `client.kraken.grid_file` gave.
        max_bytes: a file with more, when it is inflated, is refused (4 GiB).

    Each band is a variable, named by its first name (`attrs["names"]` has all) and with the integers
    as they were stored. Bands of one grid share the dimensions `y` and `x`; a second grid has `y_2`
    and `x_2`, and so on. `x` and `y` are the centres of pixels in the coordinate system that
    `spatial_ref` describes (CF conventions, as rioxarray reads them). Both are missing where the
    file does not tell them. A mask is a variable called `mask_<bands>`, and the `attrs` of the bands
    that it is for name it in `ancillary_variables`. It keeps its values: 0 is no data, and all others
    lie inside the extent (seen in 2019: 3 for two bands, probably a bit for each). No pixel is masked
    here. Other scalars of `meta.json` are in `attrs`; times have their
    zone there, UTC (`2018-05-20T00:29:52Z`).

    A path is read as a file and nothing is unpacked to a disk. Raises InvalidResponseError for
    whatever is not the documented form: members that are missing, twice there, links or paths,
    lengths that do not fit, more than `max_bytes`. Raises InvalidArgumentError when the file cannot
    be read, ConfigError without the extra.
    """
    require("xarray", "numpy", "xarray", "pyproj")
    from .ski_dataset import dataset

    return dataset(source, max_bytes)


def scenes_to_geodataframe(scenes: Iterable[Scene]) -> geopandas.GeoDataFrame:
    """Scenes as a table, footprints as its geometry (EPSG:4326). Needs the extra `pandas`.

    The index is `scene_id`. `datetime` is in UTC, `cloud_cover` a share from 0 to 1, angles are in
    degrees; `bands` has the first name of each band, and `gsd` the finest of them in metres. What a
    scene does not tell is NaN or None. Members that the document does not list are columns with
    the API's own names.

    `scenes` is what a search gives, or a list. Raises InvalidResponseError for a footprint that is
    no geometry, InvalidArgumentError for what is no scene, ConfigError without the extra.
    """
    require("pandas", "geopandas")
    from .scene_frame import frame

    return frame(listed(scenes))


def scenes_to_stac(scenes: Iterable[Scene]) -> pystac.ItemCollection:
    """Scenes as STAC items. Needs the extra `stac`.

    An item has the scene's id, footprint and time, `platform` and `gsd`, and where the scene tells
    them `eo:cloud_cover` (per cent), `view:off_nadir`, `view:sun_azimuth`, `view:sun_elevation`,
    `proj:code` and `proj:transform`. A value out of the range that an extension allows stays out of
    it. The items have no assets, since SpaceKnow publishes no address of a scene's pixels, and
    without them STAC allows no bands. Those, and everything else, are `spaceknow:` properties, among
    them `spaceknow:satellite_azimuth`: whether that is STAC's `view:azimuth`, or its opposite, is
    not published.

    `scenes` is what a search gives, or a list. Raises InvalidResponseError for a footprint that is
    no geometry, InvalidArgumentError for what is no scene, ConfigError without the extra.
    """
    require("stac", "pystac", "shapely")
    from .stac import item_collection

    return item_collection(listed(scenes))


def scenes_to_stac_geoparquet(scenes: Iterable[Scene], path: str | os.PathLike[str]) -> None:
    """Writes scenes as STAC items to a stac-geoparquet file. Needs the extra `stac`.

    What QGIS, DuckDB and geopandas read, too. The file appears whole or not at all. Raises
    InvalidArgumentError when there are no scenes (their columns would be unknown) or the file cannot
    be written, and as `scenes_to_stac`.
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
    """A GeoTIFF of a map as a STAC item. Needs the extras `stac` and `geo`.

    Everything comes from the file, which `save_mosaic` wrote. Its asset `image` has `proj:shape`,
    `proj:transform`, `raster:bands` and the names of the bands, so that odc.stac, stackstac and
    pystac-client's users load it without opening it first. Its geometry is the rectangle of the file,
    in two parts where it goes beyond 180 degrees.

    Args:
        path: the file, cloud-optimized or plain. The item's id is its name without the suffix.
        href: where others find the file; by default its absolute path.
        datetime: when the scenes were taken, for a file that does not say it; without a zone in UTC.

    A file of scenes of several times has `start_datetime` and `end_datetime`. `gsd` is in meters on
    the ground. The rest is in `spaceknow:` properties: `map_id`, `map_type`, `scene_ids`, `zoom`,
    `file`, `software`.

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
    """GeoTIFFs of maps as a STAC collection of items. Needs the extras `stac` and `geo`.

    As `map_to_stac` of each. `collection.normalize_and_save(folder, "SELF_CONTAINED")` writes it.

    Raises InvalidArgumentError for no file, and for two of one name; otherwise as `map_to_stac`.
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
    """The scenes of a listing. Raises InvalidArgumentError for what is none, or is not over yet."""
    from ..generated.models import Scene

    def check(name: str, value: object) -> None:
        if not isinstance(value, Scene):
            raise refused(name, "a Scene", value)

    return [scene for scene, _ in checked("scenes", scenes, "a list of scenes", check)]
