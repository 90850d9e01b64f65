"""Detections of all tiles together, as files that other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.files.maps import released

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


def feature(geometry: Any = SQUARE, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def read(path: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(path) if path.suffix == ".parquet" else geopandas.read_file(path)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet"])
async def test_every_form_holds_the_same(
    both: Both, emulator: Emulator, tmp_path: Path, suffix: str
) -> None:
    cars, client = released(emulator), both.of(emulator)
    found = await both.settle(client.kraken.detections(cars))
    assert found.features
    path = found.save(tmp_path / f"cars.{suffix}")
    frame = read(path)
    assert frame.crs.to_epsg() == 4326
    assert frame["count"].sum() == found.count
    assert frame["class"].tolist() == [each["properties"]["class"] for each in found.features]
    shapes = [shape(each["geometry"]) for each in found.features]
    assert all(one.equals(other) for one, other in zip(frame.geometry, shapes, strict=True))
    assert found.to_geodataframe().geometry.tolist() == shapes
    await both.settle(client.kraken.download(cars, tmp_path / "folder", "detections.geojson"))
    again = sk.MapFolder(tmp_path / "folder").detections()
    assert again == found


@pytest.mark.parametrize("suffix", ["geojson", "json", "gpkg", "parquet"])
def test_nothing_found_is_a_file_with_nothing(tmp_path: Path, suffix: str) -> None:
    assert len(read(sk.Detections([]).save(tmp_path / f"a.{suffix}"))) == 0


@pytest.mark.parametrize("suffix", ["gpkg", "parquet"])
def test_members_of_all_kinds(tmp_path: Path, suffix: str) -> None:
    found = sk.Detections(
        [
            feature(count=1, latLonCenter={"lat": 1.5, "lon": 2}, fid="a", confidence=0.5),
            feature(count=2, tags=["x"], confidence=None),
            feature(None, count=3),
        ]
    )
    frame = read(found.save(tmp_path / f"a.{suffix}"))
    assert frame["count"].tolist() == [1, 2, 3]
    assert json.loads(frame["latLonCenter"][0]) == {"lat": 1.5, "lon": 2}
    assert json.loads(frame["tags"][1]) == ["x"]
    assert frame.geometry[2] is None
    assert frame["fid_" if suffix == "gpkg" else "fid"][0] == "a"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXT


@given(st.lists(st.dictionaries(TEXT, PLAIN, max_size=4), max_size=4))
def test_geojson_comes_back_as_it_was(rows: list[dict[str, Any]]) -> None:
    import tempfile

    found = sk.Detections([feature(**{"properties": 0} | {}) | {"properties": row} for row in rows])
    with tempfile.TemporaryDirectory() as folder:
        path = found.save(Path(folder, "a.geojson"))
        assert json.loads(path.read_text("utf-8")) == found.to_dict()


def test_what_cannot_be_written(tmp_path: Path) -> None:
    good, bad = sk.Detections([feature()]), sk.Detections([feature({"type": "Polygon"})])
    with pytest.raises(sk.InvalidArgumentError, match="gpkg"):
        good.save(tmp_path / "a.shp")
    with pytest.raises(sk.DownloadError):
        good.save(tmp_path / "none" / "a.geojson")
    with pytest.raises(sk.DownloadError):
        good.save(tmp_path / "none" / "a.gpkg")
    mixed = sk.Detections([feature(a=1), feature(a="x")])
    with pytest.raises(sk.DownloadError):
        mixed.save(tmp_path / "a.parquet")
    for suffix in ("gpkg", "parquet"):
        with pytest.raises(sk.InvalidResponseError):
            bad.save(tmp_path / f"a.{suffix}")
    assert list(tmp_path.iterdir()) == []
