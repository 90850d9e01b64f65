"""Everything that is written names its map, scenes, times and resolution."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet
import pyogrio
import pytest
import rasterio
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.generated.types import WrongShapeError
from spaceknow_client.maps.provenance import SOFTWARE
from tests.conftest import Both
from tests.files.maps import SPOT, made
from tests.files.test_geotiff import gdal
from tests.places import CAR_PARK, GBDX

SCENES = {"a": dt.datetime(2018, 5, 20, 0, 29, 52), "b": dt.datetime(2017, 3, 10, tzinfo=dt.UTC)}


def gdalinfo(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["gdalinfo", path], capture_output=True, text=True, check=True)


async def of_scene(
    both: Both, emulator: Emulator, map_type: str = "cars"
) -> tuple[sk.KrakenMap, Any, dict[str, Any]]:
    """A map, a client, and the values that its files must contain."""
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, end="2018", **GBDX).first())
    run = await both.settle(client.kraken.release(map_type, [scene], SPOT))
    map = await both.settle(run.result())
    about = {
        "map_id": map.map_id,
        "map_type": map_type,
        "scene_ids": scene.scene_id,
        "acquired": f"{scene.datetime:%Y-%m-%dT%H:%M:%SZ}",
        "zoom": map.tiles[0].z,
    }
    return map, client, about


async def test_a_map_knows_its_scenes_and_their_times(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    one, other = (await both.items_of(client.imagery.search(extent=CAR_PARK, end="2018", **GBDX)))[
        :2
    ]
    run = await both.settle(client.kraken.release("cars", [one, other.scene_id], SPOT))
    map = await both.settle(run.result())
    assert map.scene_ids == (one.scene_id, other.scene_id)
    assert map.scene_times == {one.scene_id: one.datetime}
    assert map.acquired == [one.datetime]
    told = json.loads(json.dumps(map.to_dict()))
    again = sk.KrakenMap.from_dict(told)
    assert (again.scene_ids, again.scene_times) == (map.scene_ids, map.scene_times)
    assert again.to_dict() == map.to_dict()
    many = [
        outcome.result
        for outcome in await both.items_of(
            client.kraken.release_many("cars", scene_ids=[one, [other]], extent=SPOT)
        )
    ]
    assert {each.acquired[0] for each in many} == {one.datetime, other.datetime}
    attached = await both.settle(client.pipelines.attach(run.token()).result())
    assert attached.scene_ids == ()
    assert "sceneIds" not in attached.to_dict()


async def test_a_journal_knows_the_scenes_of_what_it_recovers(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    client = both.of(emulator, journal=tmp_path / "journal.db")
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, end="2018", **GBDX).first())
    await both.settle(client.kraken.release("cars", [scene], SPOT))
    recovery = await both.settle(client.pipelines.recover())
    (run,) = [each for each in recovery if each.operation == "kraken.release"]
    map = await both.settle(run.result())
    assert map.scene_ids == (scene.scene_id,)
    assert map.extent is not None


@pytest.mark.parametrize("bad", [{"sceneIds": "a"}, {"sceneIds": [1]}, {"sceneTimes": {"a": "x"}}])
def test_members_of_other_forms_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(WrongShapeError):
        sk.KrakenMap.from_dict({**made().to_dict(), **bad})


def test_times_without_a_zone_are_utc() -> None:
    map = made(scene_ids=["a", "b"], scene_times=SCENES)
    assert [f"{each.isoformat()}" for each in map.acquired] == [
        "2017-03-10T00:00:00+00:00",
        "2018-05-20T00:29:52+00:00",
    ]
    assert map.to_dict()["sceneTimes"]["a"] == "2018-05-20T00:29:52Z"
    assert "2018-05-20T00:29:52Z" in map._repr_html_()


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "fgb", "csv"])
async def test_detections_of_two_days_can_be_told_apart(
    both: Both, emulator: Emulator, tmp_path: Path, suffix: str
) -> None:
    map, client, about = await of_scene(both, emulator)
    one = await both.settle(client.kraken.detections(map))
    assert one.features
    other = sk.Detections.read([], made(map_id="n", scene_ids=["b"], scene_times=SCENES))
    other.features.append({**one.features[0], "properties": {"map_id": "n", "count": 1}})
    path = (one + other).save(tmp_path / f"a.{suffix}")
    frame = geopandas.read_parquet(path) if suffix == "parquet" else geopandas.read_file(path)
    assert set(frame["map_id"]) == {map.map_id, "n"}
    mine = frame[frame["map_id"] == map.map_id].iloc[0]
    assert int(mine["zoom"]) == about.pop("zoom")
    for name, value in about.items():
        found = mine[name]
        assert (f"{found:%Y-%m-%dT%H:%M:%SZ}" if hasattr(found, "year") else str(found)) == str(
            value
        )
    assert float(mine["meters_per_pixel"]) == pytest.approx(0.265, abs=0.001)
    match suffix:
        case "geojson":
            said = json.loads(path.read_text("utf-8"))["spaceknow"]
        case "parquet":
            said = frame.attrs["spaceknow"]
            assert b"map_id" in pyarrow.parquet.read_metadata(path).metadata[b"PANDAS_ATTRS"]
        case "csv":
            assert set(frame["software"]) == {SOFTWARE}
            return
        case _:
            said = json.loads(pyogrio.read_info(path)["layer_metadata"]["spaceknow"])
    assert said["software"] == SOFTWARE
    assert [each["map_id"] for each in said["maps"]] == [map.map_id, "n"]


@gdal
async def test_a_geotiff_says_it_to_gdal(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    map, client, about = await of_scene(both, emulator, "imagery")
    for plain in (False, True):
        path = tmp_path / f"{plain}.tif"
        await both.settle(client.kraken.save_mosaic(map, path, cloud_optimized=not plain))
        with rasterio.open(path) as picture:
            tags = picture.tags()
            assert picture.descriptions == ("red", "green", "blue", "alpha")
        told = {**about, "zoom": str(about["zoom"]), "file": "truecolor.png", "software": SOFTWARE}
        assert told.items() <= tags.items()
        assert tags["TIFFTAG_SOFTWARE"] == SOFTWARE
        assert float(tags["meters_per_pixel"]) == pytest.approx(0.265, abs=0.001)
        shown = gdalinfo(path)
        assert not shown.stderr
        assert f"acquired={about['acquired']}" in shown.stdout
        assert "Description = red" in shown.stdout


@pytest.mark.parametrize("suffix", ["png", "webp"])
async def test_pictures_folders_and_pages(
    both: Both, emulator: Emulator, tmp_path: Path, suffix: str
) -> None:
    map, client, about = await of_scene(both, emulator)
    path = await both.settle(client.kraken.save_mosaic(map, tmp_path / f"a.{suffix}"))
    with Image.open(path) as picture:
        exif = picture.getexif()
        details = exif.get_ifd(34665)
        assert exif[305] == SOFTWARE
        assert about.items() <= json.loads(details[37510][8:]).items()
        assert details[36867].replace(":", "-", 2).replace(" ", "T") + "Z" == about["acquired"]
        assert details[36881] == "+00:00"
    await both.settle(client.kraken.download(map, tmp_path / "folder", "cars.png"))
    manifest = json.loads((tmp_path / "folder" / "manifest.json").read_text())
    assert manifest["software"] == SOFTWARE
    assert manifest["metersPerPixel"] == {"19": pytest.approx(0.265, abs=0.001)}
    assert manifest["map"]["sceneIds"] == [about["scene_ids"]]
    # A map with fewer known values removes nothing.
    less = sk.KrakenMap.from_dict({**map.to_dict(), "sceneIds": [], "sceneTimes": {}})
    await both.settle(client.kraken.download(less, tmp_path / "folder", "cars.png"))
    folder = sk.MapFolder(tmp_path / "folder")
    assert folder.map.scene_times == map.scene_times
    page = await both.settle(client.kraken.view(map, tmp_path / "a.html", open=False))
    text = page.read_text("utf-8")
    assert f'content="{SOFTWARE}"' in text
    assert f"<td>{about['acquired']}</td><td>{about['scene_ids']}</td>" in text
    assert f'"label":"{map.acquired[0]:%Y-%m-%d %H:%M} UTC"' in text


async def test_an_array_says_it(both: Both, emulator: Emulator) -> None:
    map, client, about = await of_scene(both, emulator)
    array = sk.map_to_xarray(client, map)
    assert about.items() <= array.attrs.items()
    assert array.attrs["software"] == SOFTWARE
