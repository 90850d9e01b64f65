"""Scenes as STAC items, in memory and as a stac-geoparquet file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pystac
import shapely.geometry
from pystac.extensions.eo import EOExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.view import ViewExtension

from ..errors.base import InvalidArgumentError, InvalidResponseError
from ..generated.models import Band, Scene
from ..runtime.paths import checked_path, replacing
from .footprint import bbox_of, finest_gsd, footprint

PREFIX = "spaceknow:"


def item_collection(scenes: Sequence[Scene]) -> pystac.ItemCollection:
    """Like `scenes_to_stac`."""
    return pystac.ItemCollection([item(scene) for scene in scenes], clone_items=False)


def item(scene: Scene) -> pystac.Item:
    """One scene as a STAC item. Raises InvalidResponseError."""
    if not scene.scene_id:
        raise InvalidResponseError("a scene has no id")
    shape = footprint(scene)
    made = pystac.Item(
        id=scene.scene_id,
        geometry=shapely.geometry.mapping(shape),
        bbox=bbox_of(shape),
        datetime=scene.datetime.astimezone(UTC),
        properties={},
    )
    gsd = finest_gsd(scene)
    if gsd is not None:
        made.common_metadata.gsd = gsd
    made.common_metadata.platform = scene.satellite
    _describe_light(scene, made)
    _describe_view(scene, made)
    _describe_pixels(scene, made)
    own = {
        "provider": scene.provider,
        "dataset": scene.dataset,
        "satellite_azimuth": scene.satellite_azimuth,
        "anomalous_ratio": scene.anomalous_ratio,
        # STAC allows bands in an item only if its assets have bands.
        "bands": [band.to_dict() for band in scene.bands or ()] or None,
        **scene.additional_properties,
    }
    made.properties |= {PREFIX + name: value for name, value in own.items() if value is not None}
    return made


def _describe_light(scene: Scene, made: pystac.Item) -> None:
    cover = scene.cloud_cover
    known = None if cover is None else _within(round(cover * 100, 10), 0, 100)
    if known is not None:
        EOExtension.ext(made, add_if_missing=True).apply(cloud_cover=known)


def _describe_view(scene: Scene, made: pystac.Item) -> None:
    angles = {
        "off_nadir": _within(scene.off_nadir, 0, 90),
        "sun_azimuth": _within(scene.sun_azimuth, 0, 360),
        "sun_elevation": _within(scene.sun_elevation, -90, 90),
    }
    if any(angle is not None for angle in angles.values()):
        ViewExtension.ext(made, add_if_missing=True).apply(**angles)


def _describe_pixels(scene: Scene, made: pystac.Item) -> None:
    if scene.crs_epsg is None:
        return
    projection = ProjectionExtension.ext(made, add_if_missing=True)
    projection.code = f"EPSG:{scene.crs_epsg}"
    places = {_place(band) for band in scene.bands or ()}
    place = places.pop() if len(places) == 1 else None
    if place is not None:
        projection.transform = list(place)


def _place(band: Band) -> tuple[float, ...] | None:
    width, height = band.pixel_size_x, band.pixel_size_y
    left, top = band.crs_origin_x, band.crs_origin_y
    if width is None or height is None or left is None or top is None:
        return None
    return (width, 0.0, left, 0.0, height, top)


def _within(value: float | None, least: float, most: float) -> float | None:
    return value if value is not None and least <= value <= most else None


def write_geoparquet(scenes: Sequence[Scene], path: str | os.PathLike[str]) -> None:
    """Like `scenes_to_stac_geoparquet`."""
    import pyarrow
    from stac_geoparquet.arrow import parse_stac_items_to_arrow, to_parquet

    if not scenes:
        raise InvalidArgumentError(
            "scenes must not be empty: the columns of the file would be unknown.",
            hint="Search a larger area or a longer time.",
        )
    items: list[dict[str, Any]] = [each.to_dict() for each in item_collection(scenes)]
    target = checked_path(path)
    try:
        with replacing(target) as part:
            to_parquet(parse_stac_items_to_arrow(items), part)
    except pyarrow.ArrowException as error:
        raise InvalidArgumentError(
            f"the scenes cannot be written to one table ({type(error).__name__}).",
            hint="An undocumented member can have different types in different scenes.",
        ) from error
    except OSError as error:
        raise InvalidArgumentError(
            f"cannot write {target}: {error.strerror or type(error).__name__}."
        ) from error
