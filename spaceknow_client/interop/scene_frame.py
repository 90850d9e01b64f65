"""Scenes as a GeoDataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas
import pandas as pd

from ..generated.models import Scene
from .footprint import finest_gsd, footprint

WGS84 = "EPSG:4326"

TEXTS = ("provider", "dataset", "satellite")
NUMBERS = (
    "cloud_cover",
    "off_nadir",
    "sun_azimuth",
    "sun_elevation",
    "satellite_azimuth",
    "anomalous_ratio",
)


def frame(scenes: Sequence[Scene]) -> geopandas.GeoDataFrame:
    """Like `scenes_to_geodataframe`. Columns and types do not depend on the number of scenes."""
    columns: dict[str, Any] = {
        "datetime": pd.Series(
            [scene.datetime for scene in scenes], dtype=pd.DatetimeTZDtype("us", "UTC")
        ),
    }
    for name in TEXTS:
        columns[name] = pd.Series([getattr(scene, name) for scene in scenes], dtype="str")
    for name in NUMBERS:
        columns[name] = pd.Series([getattr(scene, name) for scene in scenes], dtype="float64")
    columns["gsd"] = pd.Series([finest_gsd(scene) for scene in scenes], dtype="float64")
    columns["crs_epsg"] = pd.Series([scene.crs_epsg for scene in scenes], dtype="Int64")
    columns["bands"] = pd.Series([_bands(scene) for scene in scenes], dtype="object")
    taken = {*columns, "scene_id", "geometry"}
    unknown = {name: None for scene in scenes for name in scene.additional_properties}
    for name in unknown:
        if name not in taken:
            values = [scene.additional_properties.get(name) for scene in scenes]
            columns[name] = pd.Series(values).convert_dtypes()
    return geopandas.GeoDataFrame(
        columns, geometry=[footprint(scene) for scene in scenes], crs=WGS84
    ).set_index(pd.Index([scene.scene_id for scene in scenes], dtype="str", name="scene_id"))


def _bands(scene: Scene) -> list[str] | None:
    if scene.bands is None:
        return None
    return [band.names[0] if band.names else "" for band in scene.bands]
