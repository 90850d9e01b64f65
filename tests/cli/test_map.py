"""`spaceknow map`: from JSON, from a pipe and from a folder."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import rasterio

from spaceknow_client.emulator import Emulator
from tests.cli.shell import Shell


def test_a_download_is_gone_on_with_and_read_without_a_network(
    shell: Shell, served: Emulator, tmp_path: Path
) -> None:
    files = "--file cars.png --file detections.geojson"
    served.fail("kraken.grid_file", "TILE-OUTSIDE-SCENE")
    first = shell.run(f"spaceknow map download map.json --folder {tmp_path}/cars {files} --json")
    assert first.code == 1
    told = json.loads(first.out)
    assert (told["failed"], len(told["failures"])) == (1, 1)
    assert json.loads(first.err)["type"] == "DownloadError"
    second = shell.run(f"spaceknow map download map.json --folder {tmp_path}/cars {files}")
    assert (second.code, "fetched" in second.out) == (0, True)
    asked = len(served.calls("kraken.grid_file"))
    for command in (
        f"detections {tmp_path}/cars --out {tmp_path}/cars.parquet",
        f"mosaic {tmp_path}/cars --out {tmp_path}/cars.tif --compression deflate --no-cog --json",
        f"mosaic {tmp_path}/cars --file cars.png --out {tmp_path}/cars.png",
    ):
        ran = shell.run(f"spaceknow map {command}")
        assert (ran.code, ran.err) == (0, "")
    assert len(served.calls("kraken.grid_file")) == asked
    with rasterio.open(tmp_path / "cars.tif") as picture:
        assert picture.crs.to_epsg() == 3857
        assert picture.compression.name == "deflate"
    assert len(geopandas.read_parquet(tmp_path / "cars.parquet")) > 0


def test_times_of_scenes_come_from_lines_of_a_search(shell: Shell, tmp_path: Path) -> None:
    lines = shell.run(
        "spaceknow search --provider gbdx --dataset idaho-pansharpened --end 2018 --limit 2 "
        f"--extent place.geojson --ndjson > {tmp_path}/scenes.ndjson"
    )
    assert lines.code == 0
    scenes = [json.loads(line) for line in (tmp_path / "scenes.ndjson").read_text().splitlines()]
    times = {each["sceneId"]: each["datetime"].replace(" ", "T") + "Z" for each in scenes}
    release = f"spaceknow release cars --scene @{tmp_path}/scenes.ndjson --extent place.geojson"
    printed = json.loads(shell.run(f"{release} --ndjson").out)
    assert (printed["sceneIds"], printed["sceneTimes"]) == (list(times), times)
    told = shell.run(f"{release} --per-scene --ndjson").out
    each = [json.loads(line) for line in told.splitlines()]
    assert {id: time for made in each for id, time in made["sceneTimes"].items()} == times
    (tmp_path / "map.json").write_text(json.dumps(printed))
    save = f"spaceknow map detections {tmp_path}/map.json --out {tmp_path}/a.gpkg --layer cars"
    assert shell.run(save).code == 0
    frame = geopandas.read_file(tmp_path / "a.gpkg", layer="cars")
    assert set(frame["acquired"]) == {" ".join(sorted(times.values()))}
    again = shell.run(save)
    assert (again.code, "or --overwrite to replace it" in again.err) == (2, True)
    assert shell.run(f"{save} --overwrite").code == 0


def test_what_is_no_map(shell: Shell, tmp_path: Path) -> None:
    for source in ("place.geojson", "missing.json", str(tmp_path)):
        ran = shell.run(f"spaceknow map mosaic {source} --out {tmp_path}/a.tif")
        assert ran.code == 2
        assert source.rpartition("/")[2] in ran.err
    ran = shell.run(f"spaceknow map detections map.json --out {tmp_path}/a.shp")
    assert (ran.code, ".gpkg" in ran.err) == (2, True)
    assert not list(tmp_path.glob("a.*"))
