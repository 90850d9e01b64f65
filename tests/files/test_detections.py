"""Detections of all tiles together, as files that other programs read."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "fgb", "csv"])
async def test_every_form_holds_the_same(
    both: Both, emulator: Emulator, tmp_path: Path, suffix: str
) -> None:
    cars, client = released(emulator), both.of(emulator)
    found = await both.settle(client.kraken.detections(cars))
    assert found.features
    path = found.save(tmp_path / f"cars.{suffix}")
    frame = read(path)
    if suffix == "csv":
        frame["count"] = frame["count"].astype(int)
    else:
        assert frame.crs.to_epsg() == 4326
    if suffix == "fgb":  # in the order of its index
        order = {each["properties"]["featureId"]: n for n, each in enumerate(found.features)}
        frame = frame.iloc[frame["featureId"].map(order).argsort()]
    assert frame["count"].sum() == found.count
    assert frame["class"].tolist() == [each["properties"]["class"] for each in found.features]
    shapes = [shape(each["geometry"]) for each in found.features]
    assert all(one.equals(other) for one, other in zip(frame.geometry, shapes, strict=True))
    assert found.to_geodataframe().geometry.tolist() == shapes
    await both.settle(client.kraken.download(cars, tmp_path / "folder", "detections.geojson"))
    again = sk.MapFolder(tmp_path / "folder").detections()
    assert again == found


@pytest.mark.parametrize("suffix", ["geojson", "json", "gpkg", "parquet", "fgb", "csv"])
def test_nothing_found_is_a_file_with_nothing(tmp_path: Path, suffix: str) -> None:
    assert len(read(sk.Detections([]).save(tmp_path / f"a.{suffix}"))) == 0


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb"])
def test_members_of_all_kinds(tmp_path: Path, suffix: str) -> None:
    found = sk.Detections(
        [
            feature(count=1, latLonCenter={"lat": 1.5, "lon": 2}, fid="a", confidence=0.5),
            feature(count=2, tags=["x"], confidence=None),
            feature(None, count=3),
        ]
    )
    frame = read(found.save(tmp_path / f"a.{suffix}"))
    assert sorted(frame["count"]) == [1, 2, 3]
    frame = frame.sort_values("count").reset_index(drop=True)
    assert json.loads(frame["latLonCenter"][0]) == {"lat": 1.5, "lon": 2}
    assert json.loads(frame["tags"][1]) == ["x"]
    assert frame.geometry[2] is None
    assert frame["fid_" if suffix == "gpkg" else "fid"][0] == "a"


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb", "frame"])
def test_times_in_utc_are_date_times_and_others_stay_text(tmp_path: Path, suffix: str) -> None:
    noon = "2018-12-04T12:00:00Z"
    texts = {
        "several": f"{noon} {noon}",
        "none_of_june": "2018-06-31T12:00:00Z",
        "leap": "2016-12-31T23:59:60Z",
        "zone": "2018-12-04T12:00:00+01:00",
        "finer": "2018-12-04T12:00:00.000001Z",
        "mixed": noon,
    }
    found = sk.Detections([feature(when=noon, **texts), feature(mixed="noon")])
    if suffix == "frame":
        frame = found.to_geodataframe()
    else:
        frame = read(found.save(tmp_path / f"a.{suffix}")).sort_values("when")
    assert str(frame["when"].dtype.tz) == "UTC"
    assert frame["when"].iloc[0].isoformat() == "2018-12-04T12:00:00+00:00"
    assert frame["when"].isna().tolist() == [False, True]
    assert {name: frame[name].iloc[0] for name in texts} == texts


BIG = 2**70


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb", "csv"])
def test_what_a_column_cannot_hold_is_text(tmp_path: Path, suffix: str) -> None:
    one = {"big": BIG, "mixed": 1, "exact": 2**53 + 1, "truth": True, "none": None, "nan": math.nan}
    two = {
        "big": -1,
        "mixed": "x",
        "exact": 0.5,
        "truth": 0,
        "nan": 1.5,
        "nul": "a\0b",
        "half": "\ud800",
    }
    path = sk.Detections([feature(**one), feature(**two)]).save(tmp_path / f"a.{suffix}")
    frame = read(path)
    assert sorted(frame["big"]) == ["-1", str(BIG)]
    assert sorted(frame["mixed"]) == ["1", "x"]
    assert sorted(frame["exact"]) == ["0.5", str(2**53 + 1)]
    assert sorted(frame["truth"]) == ["0", "true"]
    assert sorted(frame["nan"]) == ["1.5", "NaN"]
    assert "a\\x00b" in set(frame["nul"])
    assert "\\ud800" in set(frame["half"])
    assert frame["none"].replace("", None).isna().all()


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb", "csv"])
def test_no_name_hides_another(tmp_path: Path, suffix: str) -> None:
    names = [
        "geometry",
        "geom",
        "fid",
        "FID",
        "Fid_",
        "id",
        "ID",
        "WKT",
        "wkt",
        "",
        "a\0b",
        "software",
    ]
    values = {name: f"value {number}" for number, name in enumerate(names)}
    found = sk.Detections([{**feature(), "properties": values, "id": "of the feature"}])
    frame = read(found.save(tmp_path / f"a.{suffix}"))
    # GDAL reads a column of CSV named WKT as the geometry, and returns it as a column, too.
    row = [value for value in frame.iloc[0] if isinstance(value, str)]
    assert {*values.values(), "of the feature"} <= set(row)
    table = found.to_geodataframe()
    assert table["geometry_"][0] == "value 0"
    assert (table["id"][0], table["id_"][0]) == ("value 5", "of the feature")


def test_json_has_no_nan(tmp_path: Path) -> None:
    found = sk.Detections([feature(a=math.nan, b=[math.inf, {"c": -math.inf}], big=BIG)])
    text = found.save(tmp_path / "a.geojson").read_text("utf-8")
    told = json.loads(text, parse_constant=pytest.fail)["features"][0]["properties"]
    assert told == {"a": "nan", "b": ["inf", {"c": "-inf"}], "big": BIG}


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "fgb", "csv"])
def test_repeats_are_the_same_bytes(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sk.Detections([feature(a=n, b=str(n)) for n in range(100)])
    one = found.save(tmp_path / f"one.{suffix}").read_bytes()
    # GDAL writes the modification time in milliseconds.
    time.sleep(0.01)
    assert found.save(tmp_path / f"two.{suffix}").read_bytes() == one


def test_a_geopackage_keeps_its_other_layers(tmp_path: Path) -> None:
    path = tmp_path / "project.gpkg"
    roads = geopandas.GeoDataFrame({"name": ["A1"]}, geometry=[shape(SQUARE)], crs=3857)
    roads.to_file(path, layer="roads")
    one, two = sk.Detections([feature(a=1)]), sk.Detections([feature(a=2), feature(a=3)])
    one.save(path)
    one.save(path, layer="cars of Monday")
    before = path.read_bytes()
    for layer in (
        None,
        "DETECTIONS",
        "roads",
        "gpkg_contents",
        "rtree_x",
        " ",
        "a\nb",
        "[a]",
        "*",
        7,
    ):
        with pytest.raises(sk.InvalidArgumentError, match=r"layer"):
            two.save(path, layer=layer)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    two.save(path, layer="CARS OF MONDAY", overwrite=True)
    layers = set(geopandas.list_layers(path)["name"])
    assert layers == {"roads", "detections", "cars of Monday"}
    assert geopandas.read_file(path, layer="cars of Monday")["a"].tolist() == [2, 3]
    assert geopandas.read_file(path, layer="detections")["a"].tolist() == [1]
    kept = geopandas.read_file(path, layer="roads")
    assert (kept["name"].tolist(), kept.crs.to_epsg()) == (["A1"], 3857)
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [each.name for each in tmp_path.iterdir()] == ["project.gpkg"]


def test_what_is_no_geopackage_stays(tmp_path: Path) -> None:
    found = sk.Detections([feature(a=1)])
    for name, content in (("text", b"my notes"), ("empty", b""), ("cut", b"SQLite format 3\0" * 9)):
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(content)
        for overwrite in (False, True):
            with pytest.raises(sk.InvalidArgumentError, match="GeoPackage"):
                found.save(path, overwrite=overwrite)
        assert path.read_bytes() == content
    path = tmp_path / "other.gpkg"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE a (b)")
    with pytest.raises(sk.InvalidArgumentError, match="GeoPackage"):
        found.save(path)


def test_a_geopackage_survives_what_goes_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sk.Detections([feature(a=1)]).save(tmp_path / "a.gpkg")
    before = path.read_bytes()
    wide = sk.Detections([feature(**{f"p{n}": n for n in range(3000)})])
    with pytest.raises(sk.DownloadError):
        wide.save(path, layer="wide")  # more columns than SQLite supports
    monkeypatch.setattr("spaceknow_client.maps.vectors.geopackage._PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sk.DownloadError, match="locked"):
            wide.save(path, layer="b")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.gpkg"]


KILLED = """
import os, sys
import spaceknow_client as sk
from spaceknow_client.maps.vectors import vector_files
def write_layer(*arguments, **options):
    original(*arguments, **options)
    os.kill(os.getpid(), 9)
original, vector_files.write_layer = vector_files.write_layer, write_layer
sk.Detections([]).save(sys.argv[1], overwrite=True)
"""


def test_a_geopackage_survives_a_kill_and_what_is_in_a_log(tmp_path: Path) -> None:
    path = sk.Detections([feature(a=1)]).save(tmp_path / "a.gpkg")
    before = path.read_bytes()
    assert subprocess.run([sys.executable, "-c", KILLED, path], check=False).returncode == -9
    assert path.read_bytes() == before
    # A program that was killed left its changes in a log.
    left = "import sqlite3, sys, os; c = sqlite3.connect(sys.argv[1]); c.executescript('PRAGMA "
    left += "journal_mode = WAL; CREATE TABLE mine (n INTEGER); INSERT INTO mine VALUES (7)'); "
    left += "os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", left, path], check=False).returncode == -9
    assert path.with_name("a.gpkg-wal").stat().st_size
    sk.Detections([feature(a=2)]).save(path, layer="two")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT n FROM mine").fetchone() == (7,)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not path.with_name("a.gpkg-wal").exists()


def test_threads_that_add_layers_lose_none(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    sk.Detections([]).save(path, layer="first")
    with ThreadPoolExecutor(4) as pool:
        saved = [
            pool.submit(sk.Detections([feature(a=n)]).save, path, layer=f"layer {n}")
            for n in range(8)
        ]
    assert all(each.result() == path for each in saved)
    assert len(geopandas.list_layers(path)) == 9


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
    for suffix in ("geojson", "parquet"):
        with pytest.raises(sk.InvalidArgumentError, match="overwrite"):
            good.save(tmp_path / f"a.{suffix}", layer="cars")
    for suffix in ("gpkg", "parquet", "fgb", "csv"):
        with pytest.raises(sk.InvalidResponseError):
            bad.save(tmp_path / f"a.{suffix}")
    assert list(tmp_path.iterdir()) == []
