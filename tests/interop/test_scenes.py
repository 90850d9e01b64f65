"""Scenes as tables and as STAC items, with all values of a scene and no others."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pystac
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pystac.extensions.eo import EOExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.view import ViewExtension
from pystac.validation.stac_validator import JsonSchemaSTACValidator

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.interop.extension_schemas import EXTENSIONS
from tests.places import CAR_PARK, GBDX

CORE = "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json"
SQUARE = {
    "type": "MultiPolygon",
    "coordinates": [[[[153, -28], [154, -28], [154, -27], [153, -27], [153, -28]]]],
}
LEAST = {
    "sceneId": "scene-1",
    "provider": "pl",
    "dataset": "PSScene4Band",
    "satellite": "1032",
    "datetime": "2018-03-04 00:41:09",
    "footprint": SQUARE,
}
PLACE = {"pixelSizeX": 3.0, "pixelSizeY": -3.0, "crsOriginX": 100.0, "crsOriginY": 200.0}
FULL = {
    **LEAST,
    "sceneId": "scene-2",
    "cloudCover": 0.07,
    "offNadir": 12.5,
    "sunAzimuth": 80.0,
    "sunElevation": 61.5,
    "satelliteAzimuth": 170.0,
    "anomalousRatio": 0.01,
    "crsEpsg": 32756,
    "bands": [
        {"names": ["Blue", "blue", "b"], "gsd": 3.0, **PLACE},
        {"names": ["Near-IR1", "near-ir1"], "gsd": 4.0, **PLACE},
    ],
    "resolution": 3.7,
}


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """stac-geoparquet logs a record that cannot be formatted, which the scan for secrets would try."""
    caplog.set_level("INFO", logger="stac_geoparquet")


def scene(members: dict[str, Any]) -> sk.Scene:
    return sk.Scene.from_dict(members)


def validate(item: pystac.Item) -> None:
    """Compared with STAC's schema, which pystac contains, and with the extensions."""
    document = json.loads(json.dumps(item.to_dict(), allow_nan=False))
    validator = JsonSchemaSTACValidator()
    validator.schema_cache |= EXTENSIONS  # its content is not fetched
    assert item.validate(validator=validator) == [CORE, *document["stac_extensions"]]
    declared = {EXTENSIONS[uri]["title"] for uri in document["stac_extensions"]}
    used = {name.partition(":")[0] for name in document["properties"] if ":" in name}
    assert used <= declared | {"spaceknow"}


def test_a_scene_as_a_stac_item() -> None:
    (item,) = sk.scenes_to_stac([scene(FULL)])
    validate(item)
    assert item.id == "scene-2"
    assert item.datetime == datetime(2018, 3, 4, 0, 41, 9, tzinfo=UTC)
    assert item.bbox == [153, -28, 154, -27]
    assert item.geometry is not None
    assert shapely.geometry.shape(item.geometry).equals(shapely.geometry.shape(SQUARE))
    assert item.common_metadata.platform == "1032"
    assert item.common_metadata.gsd == 3.0
    assert EOExtension.ext(item).cloud_cover == 7.0
    assert item.properties["spaceknow:bands"] == FULL["bands"]
    view = ViewExtension.ext(item)
    assert (view.off_nadir, view.sun_azimuth, view.sun_elevation) == (12.5, 80.0, 61.5)
    assert view.azimuth is None
    pixels = ProjectionExtension.ext(item)
    assert pixels.code == "EPSG:32756"
    assert pixels.transform == [3.0, 0, 100.0, 0, -3.0, 200.0]
    own = {name: item.properties[f"spaceknow:{name}"] for name in ("provider", "dataset")}
    assert own == {"provider": "pl", "dataset": "PSScene4Band"}
    assert item.properties["spaceknow:satellite_azimuth"] == 170.0
    assert item.properties["spaceknow:resolution"] == 3.7
    assert item.assets == {}


def test_a_scene_that_tells_little_declares_no_extension() -> None:
    (item,) = sk.scenes_to_stac([scene(LEAST)])
    validate(item)
    assert item.stac_extensions == []


def test_bands_with_different_pixels_have_no_transform() -> None:
    bands = [{"names": ["a"], **PLACE}, {"names": ["b"], **PLACE, "pixelSizeX": 6.0}]
    (item,) = sk.scenes_to_stac([scene({**FULL, "bands": bands})])
    assert "proj:transform" not in item.properties
    validate(item)


numbers = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-400, 400))
bands = st.lists(
    st.fixed_dictionaries(
        {"names": st.lists(st.sampled_from(["Red", "red", "pan", "near-ir", "x"]), max_size=3)},
        optional=dict.fromkeys(("gsd", *PLACE), numbers),
    ),
    max_size=3,
)
ANGLES = ("offNadir", "sunAzimuth", "sunElevation", "satelliteAzimuth", "anomalousRatio")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("cloudCover", *ANGLES), numbers),
            "bands": st.one_of(st.none(), bands),
            "crsEpsg": st.one_of(st.none(), st.integers(1024, 99999)),
        },
    )
)
def test_whatever_a_scene_tells_its_item_is_valid(told: dict[str, Any]) -> None:
    (item,) = sk.scenes_to_stac([scene({**LEAST, **told})])
    validate(item)
    table = sk.scenes_to_geodataframe([scene({**LEAST, **told})])
    assert len(table) == 1


def test_scenes_as_a_table() -> None:
    table = sk.scenes_to_geodataframe([scene(LEAST), scene(FULL)])
    assert list(table.index) == ["scene-1", "scene-2"]
    assert table.index.name == "scene_id"
    assert table.crs == "EPSG:4326"
    assert table.geometry.iloc[0].bounds == (153, -28, 154, -27)
    full = table.loc["scene-2"]
    assert full["datetime"] == pd.Timestamp("2018-03-04 00:41:09", tz="UTC")
    assert (full["cloud_cover"], full["gsd"], full["crs_epsg"]) == (0.07, 3.0, 32756)
    assert full["bands"] == ["Blue", "Near-IR1"]
    assert full["resolution"] == 3.7
    assert pd.isna(table.loc["scene-1", "cloud_cover"])
    assert pd.isna(table.loc["scene-1", "crs_epsg"])
    known = table.drop(columns="resolution")
    nothing = sk.scenes_to_geodataframe([])
    assert nothing.dtypes.equals(known.dtypes)
    assert nothing.crs == "EPSG:4326"


def test_a_member_that_is_not_documented_does_not_take_a_known_column() -> None:
    table = sk.scenes_to_geodataframe([scene({**LEAST, "geometry": "x", "gsd": -1, "scene_id": 1})])
    assert table.geometry.iloc[0].bounds == (153, -28, 154, -27)
    assert pd.isna(table["gsd"].iloc[0])


async def test_a_search_becomes_a_file_that_others_read(
    both: Both, emulator: Emulator, tmp_path: Path, quiet: None
) -> None:
    client = both.of(emulator)
    listing = client.imagery.search(extent=CAR_PARK, **GBDX).limit(5)
    scenes = await both.items_of(listing)
    path = tmp_path / "scenes.parquet"
    sk.scenes_to_stac_geoparquet(scenes, path)
    table = geopandas.read_parquet(path)
    assert table["id"].tolist() == [each.scene_id for each in scenes]
    assert table["datetime"].tolist() == [each.datetime for each in scenes]
    assert table.crs == "EPSG:4326"
    assert os.listdir(tmp_path) == [path.name]
    items = list(sk.scenes_to_stac(scenes))
    for item in items:
        validate(item)
    # And back to the API: an item is an extent.
    found = client.imagery.search(extent=items[0], **GBDX)
    assert (await both.items_of(found.limit(1)))[0].scene_id
    own_table = sk.scenes_to_geodataframe(scenes)
    assert client.imagery.search(extent=own_table, **GBDX) is not None


def test_a_listing_is_taken_as_it_is(emulator: Emulator) -> None:
    with emulator.client() as client:
        imagery: Any = client.imagery
        listing = imagery.search(extent=CAR_PARK, **GBDX).limit(2)
        assert len(sk.scenes_to_stac(listing).items) == 2


def test_what_is_no_list_of_scenes(emulator: Emulator, tmp_path: Path, quiet: None) -> None:
    imagery: Any = emulator.async_client().imagery
    listing = imagery.search(extent=CAR_PARK, **GBDX)
    wrong: Any
    for wrong in (listing, [1], scene(LEAST), None, "scene-1"):
        for function in (sk.scenes_to_stac, sk.scenes_to_geodataframe):
            with pytest.raises(sk.InvalidArgumentError):
                function(wrong)
    with pytest.raises(sk.InvalidArgumentError, match="scenes must not be empty"):
        sk.scenes_to_stac_geoparquet([], tmp_path / "x.parquet")
    with pytest.raises(sk.InvalidArgumentError, match="cannot write"):
        sk.scenes_to_stac_geoparquet([scene(LEAST)], tmp_path / "none" / "x.parquet")
    mixed = [scene({**LEAST, "more": {"a": 1}}), scene({**LEAST, "more": "text"})]
    with pytest.raises(sk.InvalidArgumentError, match="one table"):
        sk.scenes_to_stac_geoparquet(mixed, tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "footprint",
    [
        {},
        {"type": "MultiPolygon"},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [["a"]]},
        {"type": "Polygon", "coordinates": [[[1, 2]]]},
        {"type": "Circle", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": None},
    ],
)
def test_a_footprint_that_is_none(footprint: dict[str, Any]) -> None:
    for function in (sk.scenes_to_stac, sk.scenes_to_geodataframe):
        with pytest.raises(sk.InvalidResponseError, match="scene-1"):
            function([scene({**LEAST, "footprint": footprint})])


def test_the_extras_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spaceknow_client.runtime.extras.find_spec", lambda name: None)
    with pytest.raises(sk.ConfigError, match=r"spaceknow-client\[stac\]"):
        sk.scenes_to_stac([])
    with pytest.raises(sk.ConfigError, match=r"spaceknow-client\[stac\]"):
        sk.scenes_to_stac_geoparquet([], "x")
    with pytest.raises(sk.ConfigError, match=r"spaceknow-client\[pandas\]"):
        sk.scenes_to_geodataframe([])
