"""GeoTIFFs of maps as STAC items, and as a collection of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pystac
import rasterio
import shapely
from pyproj import Transformer
from rasterio.errors import RasterioError

from ..errors.base import InvalidArgumentError
from ..maps.layout import shortest_arc
from ..maps.provenance import SOFTWARE
from ..maps.tile import HALF_WORLD
from ..runtime.paths import PathLike, checked_path
from .footprint import bbox_of

PREFIX = "spaceknow:"
ASSET = "image"
_HOST = "https://stac-extensions.github.io"
_EXTENSIONS = [
    f"{_HOST}/projection/v2.0.0/schema.json",
    f"{_HOST}/raster/v1.1.0/schema.json",
]
_TEXTS = ("map_id", "map_type", "file")
_STAC_TYPES = {"complex64": "cfloat32", "complex128": "cfloat64"}


def map_item(path: PathLike, href: str | None, datetime: dt.datetime | None) -> pystac.Item:
    """Like `map_to_stac`."""
    target = checked_path(path)
    try:
        with rasterio.open(target) as picture:
            return _item(target, picture, href, datetime)
    except RasterioError as error:
        raise InvalidArgumentError(f"cannot read {target} as a GeoTIFF: {error}.") from error


def _item(path: Path, picture: Any, href: str | None, datetime: dt.datetime | None) -> pystac.Item:
    tags = picture.tags()
    if picture.driver != "GTiff" or "map_id" not in tags or picture.crs.to_epsg() != 3857:
        raise InvalidArgumentError(
            f"{path} is not a GeoTIFF of a map.",
            hint="Write one with client.kraken.save_mosaic(...).",
        )
    times = [dt.datetime.fromisoformat(each) for each in tags.get("acquired", "").split()]
    if datetime is not None:
        times = [datetime if datetime.tzinfo else datetime.replace(tzinfo=dt.UTC)]
    if not times:
        raise InvalidArgumentError(
            f"{path} has no acquisition time, which a STAC item requires.",
            hint="Pass datetime=, or pass Scenes instead of ids to release().",
        )
    shape = _ground(picture.bounds)
    first, last = min(times), max(times)
    item = pystac.Item(
        id=path.stem,
        geometry=shapely.geometry.mapping(shape),
        bbox=bbox_of(shape),
        datetime=first if first == last else None,
        start_datetime=None if first == last else first,
        end_datetime=None if first == last else last,
        properties={
            "gsd": float(tags["meters_per_pixel"]),
            "proj:code": "EPSG:3857",
            PREFIX + "software": tags.get("software", SOFTWARE),
            PREFIX + "zoom": int(tags["zoom"]),
            **{PREFIX + name: tags[name] for name in _TEXTS if name in tags},
            **({PREFIX + "scene_ids": tags["scene_ids"].split()} if "scene_ids" in tags else {}),
        },
        stac_extensions=list(_EXTENSIONS),
    )
    is_cog = picture.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG"
    item.add_asset(
        ASSET,
        pystac.Asset(
            href=str(path) if href is None else href,
            media_type=pystac.MediaType.COG if is_cog else pystac.MediaType.GEOTIFF,
            roles=["data"],
            extra_fields={
                "proj:shape": [picture.height, picture.width],
                "proj:transform": list(picture.transform)[:6],
                "bands": [{"name": name} for name in _names(picture)],
                "raster:bands": [
                    {
                        "data_type": _STAC_TYPES.get(kind, kind),
                        "sampling": "area",
                        "spatial_resolution": picture.transform.a,
                    }
                    for kind in picture.dtypes
                ],
            },
        ),
    )
    return item


def _names(picture: Any) -> list[str]:
    return [name or f"band_{number}" for number, name in enumerate(picture.descriptions, 1)]


def _ground(bounds: Any) -> Any:
    """The rectangle in degrees; in two parts if it crosses 180 degrees (RFC 7946, 3.1.9)."""
    degrees = Transformer.from_crs(3857, 4326, always_xy=True)
    _, south = degrees.transform(0, bounds.bottom)
    _, north = degrees.transform(0, bounds.top)
    west, east = (each / HALF_WORLD * 180 for each in (bounds.left, bounds.right))
    if east <= 180 + 1e-9:
        return shapely.box(west, south, min(east, 180.0), north)
    parts = (west, 180.0), (-180.0, east - 360)
    return shapely.MultiPolygon([shapely.box(low, south, high, north) for low, high in parts])


def map_collection(items: Sequence[pystac.Item], id: str) -> pystac.Collection:
    """Like `maps_to_stac`."""
    double = {item.id for item in items if sum(other.id == item.id for other in items) > 1}
    if double:
        raise InvalidArgumentError(
            f"two files have the name {min(double)!r}, but the ids of items must be unique.",
            hint="Rename one: the id is the name without its suffix.",
        )
    boxes = [item.bbox for item in items if item.bbox]
    spans = {(box[0], box[2] + (360 if box[2] < box[0] else 0)) for box in boxes}
    west, east = shortest_arc(spans, 360.0)
    south, north = min(box[1] for box in boxes), max(box[3] for box in boxes)
    made = pystac.Collection(
        id=id,
        description="Maps of SpaceKnow.",
        extent=pystac.Extent(
            pystac.SpatialExtent([[west, south, east - 360 if east > 180 else east, north]]),
            pystac.TemporalExtent([[*_times(items)]]),
        ),
        license="other",
    )
    made.add_items(items)
    return made


def _times(items: Sequence[pystac.Item]) -> tuple[dt.datetime, dt.datetime]:
    told: list[dt.datetime] = []
    for item in items:
        common = item.common_metadata
        told += filter(None, (item.datetime, common.start_datetime, common.end_datetime))
    return min(told), max(told)
