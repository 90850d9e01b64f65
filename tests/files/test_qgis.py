"""QGIS opens the files, in their place, with their fields and bands, and has nothing to remark."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import box

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.maps.kraken_map import KrakenMap
from tests.files.maps import SPOT, made
from tests.files.test_antimeridian import EAST, LATITUDE, WEST, detection, folder_of
from tests.files.test_geotiff import noise, png
from tests.places import CAR_PARK, GBDX

PYTHON = "/usr/bin/python3"  # QGIS installs its modules for the system's Python
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "QT_QPA_PLATFORM": "offscreen",
    "XDG_RUNTIME_DIR": "/tmp",
    "LC_ALL": "C.UTF-8",
}
NUMBERS = {"zoom": "integer", "count": "integer", "area": "real", "meters_per_pixel": "real"}
ROAD = box(153.0, -28.0, 154.0, -27.0)


@functools.cache
def has_qgis() -> bool:
    try:
        found = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    except OSError:
        return False
    return found.returncode == 0


pytestmark = pytest.mark.skipif(
    not has_qgis(), reason="needs QGIS (apt-get install --no-install-recommends python3-qgis)"
)


def opened(*layers: tuple[str, str], around: Any = None) -> list[dict[str, Any]]:
    """What QGIS tells of each layer, by provider and source. All must be valid, without a message."""
    lines = "".join(json.dumps([*layer, around]) + "\n" for layer in layers)
    script = Path(__file__).with_name("qgis_layers.py")
    done = subprocess.run(
        [PYTHON, script], input=lines, capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(layers)
    for (_, source), each in zip(layers, told, strict=True):
        assert (source, each["valid"], each["messages"]) == (source, True, [])
    return told


def released(client: sk.SpaceKnow, kind: str) -> list[KrakenMap]:
    search: Any = client.imagery.search
    scenes = search(extent=CAR_PARK, end="2018", **GBDX).limit(2)
    return [client.kraken.release(kind, [scene], SPOT).result() for scene in scenes]


def inside(found: list[float], bounds: tuple[float, ...]) -> bool:
    slack = 1e-6
    low = zip(found[:2], bounds[:2], strict=True)
    high = zip(found[2:], bounds[2:], strict=True)
    return all(a >= b - slack for a, b in low) and all(a <= b + slack for a, b in high)


def around(map: KrakenMap) -> tuple[float, ...]:
    west, south, east, north = zip(*(tile.bounds for tile in map.tiles), strict=True)
    return min(west), min(south), max(east), max(north)


def test_vector_files(emulator: Emulator, tmp_path: Path) -> None:
    with emulator.client() as client:
        maps = released(client, "cars")
        monday, friday = map(client.kraken.detections, maps)
    found = monday + friday
    project = tmp_path / "project.gpkg"
    roads = geopandas.GeoDataFrame({"name": ["A1"]}, geometry=[ROAD], crs=4326)
    roads.to_file(project, layer="roads", VERSION="1.2")
    odd = [
        "cars of Monday",
        "a|layername=roads",
        "select",
        "1",
        "ü 'q\" x;--",
        "a.b:c/d\\e",
        "中文",
    ]
    for layer in (None, *odd):
        found.save(project, layer=layer)
    files = [found.save(tmp_path / f"cars.{suffix}") for suffix in ("gpkg", "fgb", "geojson")]
    csv = found.save(tmp_path / "cars.csv")
    text = f"file://{csv}?type=csv&wktField=WKT&crs=EPSG:4326&detectTypes=yes"
    names = ["detections", *(name for name in odd if "|" not in name)]
    kept, *told = opened(
        ("ogr", f"{project}|layername=roads"),
        *(("ogr", f"{project}|layername={name}") for name in names),
        *(("ogr", str(path)) for path in files),
        ("delimitedtext", text),
    )
    assert (kept["count"], kept["fields"]["name"]) == (1, "string")
    assert kept["degrees"] == pytest.approx(ROAD.bounds)
    times = sorted(each["properties"]["acquired"] for each in found.features)
    assert len(set(times)) == 2
    for each in told:
        assert each["crs"] == "EPSG:4326"
        assert each["count"] == each["valid_shapes"] == len(found.features)
        assert inside(each["degrees"], around(maps[0]))
        kinds = {name: kind.replace("64", "") for name, kind in each["fields"].items()}
        kinds = {name: kind.replace("double", "real") for name, kind in kinds.items()}
        assert NUMBERS.items() <= kinds.items()
        assert kinds["acquired"] == "datetime"
        assert {"map_id", "map_type", "scene_ids", "class"} <= kinds.keys()
        assert sorted(each["times"]) == times


def test_nothing_found(tmp_path: Path) -> None:
    nothing = sk.Detections([])
    files = [nothing.save(tmp_path / f"a.{suffix}") for suffix in ("gpkg", "fgb", "geojson", "csv")]
    assert {each["count"] for each in opened(*(("ogr", str(path)) for path in files))} == {0}


def test_pictures(emulator: Emulator, tmp_path: Path) -> None:
    options: list[dict[str, Any]] = [
        {},
        {"cloud_optimized": False},
        {"compression": "deflate"},
        {"compression": "none", "cloud_optimized": False},
    ]
    with emulator.client() as client:
        imagery = released(client, "imagery")[0]
        paths = [
            client.kraken.save_mosaic(imagery, tmp_path / f"{number}.tif", **each)
            for number, each in enumerate(options)
        ]
        numbers = client.kraken.save_mosaic(imagery, tmp_path / "n.tif", "analysis.geotiff")
        client.kraken.download(imagery, tmp_path / "folder", "truecolor.png")
    told = opened(*(("gdal", str(path)) for path in (*paths, numbers)))
    for each in told:
        assert each["crs"] == "EPSG:3857"
        assert each["degrees"] == pytest.approx(around(imagery), abs=1e-9)
        assert each["colors"] > 10
        assert f"{imagery.acquired[0]:%Y-%m-%dT%H:%M:%SZ}" in each["about"]
        assert imagery.scene_ids[0] in each["about"]
    colors = ["Band 1: red", "Band 2: green", "Band 3: blue", "Band 4: alpha"]
    assert [each["bands"] for each in told[:-1]] == [colors] * len(paths)
    zoom = imagery.tiles[0].z
    tiles = f"file://{tmp_path}/folder/truecolor.png/%7Bz%7D/%7Bx%7D/%7By%7D.png"
    source = f"type=xyz&url={tiles}&zmin={zoom}&zmax={zoom}"
    (layer,) = opened(("wms", source), around=told[0]["extent"])
    assert layer["crs"] == "EPSG:3857"
    assert layer["colors"] > 10


@pytest.mark.parametrize("cloud_optimized", [True, False])
def test_across_180_degrees(tmp_path: Path, cloud_optimized: bool) -> None:
    map = made(WEST, EAST)
    pictures = {(tile, "cars.png"): png(noise(tile.x)) for tile in map.tiles}
    folder = folder_of(tmp_path / "folder", map, pictures)
    picture = folder.save_mosaic(tmp_path / "a.tif", cloud_optimized=cloud_optimized)
    shapes = sk.Detections([detection(179.95, 180.0), detection(-180.0, -179.95)])
    one, two = opened(("gdal", str(picture)), ("ogr", str(shapes.save(tmp_path / "a.gpkg"))))
    left, top = EAST.corner
    width = sk.Tile(12, 1, 0).corner[0] - sk.Tile(12, 0, 0).corner[0]
    assert one["extent"] == pytest.approx([left, top - width, left + 2 * width, top])
    assert one["colors"] > 10
    assert two["degrees"] == pytest.approx([-180, LATITUDE, 180, LATITUDE + 0.01])
