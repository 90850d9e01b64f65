"""The emulator's world is plausible and deterministic, and all files of a tile agree."""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPolygon,
    Polygon,
    shape,
)
from shapely.geometry.base import BaseGeometry

from spaceknow_client.emulator.extents import square_kilometers
from spaceknow_client.emulator.world.areas import Area
from spaceknow_client.emulator.world.catalog import DATASET_KEYS, DATASETS, FREE_SCENES, LIVES
from spaceknow_client.emulator.world.detections import tile_detections
from spaceknow_client.emulator.world.imagery import picture
from spaceknow_client.emulator.world.noise import NoiseGrid
from spaceknow_client.emulator.world.parks import CELL, parks_of_cell
from spaceknow_client.emulator.world.render import MAP_TYPES, render
from spaceknow_client.emulator.world.scenes import SceneRecord
from spaceknow_client.emulator.world.tiles import MAX_ZOOM, Tile, lonlat, pixels
from spaceknow_client.emulator.world.world import FREE_AREA, World

MAIN_PARK = (153.1052, -27.3918)
WORLD = World()
NOW = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def box(lon: float, lat: float, meters: float) -> Polygon:
    half_lat = meters / 2 / 111_320
    half_lon = half_lat / float(np.cos(np.radians(lat)))
    return shapely.box(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat)


def tile_at(place: tuple[float, float], zoom: int) -> Tile:
    x, y = pixels(np.array(place[:1]), np.array(place[1:]))
    size = 256 << (19 - zoom)
    return Tile(zoom, int(x[0] // size), int(y[0] // size))


STAFF = box(*MAIN_PARK, 200)
MIDDLE = tile_at(MAIN_PARK, 19)


def search(extent: BaseGeometry = STAFF, world: World = WORLD, **more: Any) -> list[SceneRecord]:
    options = {"provider": "gbdx", "dataset": "idaho-pansharpened", "start": None, "end": NOW}
    return world.search(extent=extent, **{**options, **more})


SCENES = search(start=datetime(2016, 1, 1), end=datetime(2018, 12, 31))
CLEAR = [scene for scene in SCENES if not scene.cloudy]
CLOUDY = [scene for scene in SCENES if scene.cloudy]


def content(
    scene: SceneRecord, tile: Tile, name: str, map_type: str = "cars", extent: BaseGeometry = STAFF
) -> bytes:
    found = render(WORLD, scene, map_type, Area(extent), tile, name)
    assert found is not None
    return found.content


def features(scene: SceneRecord, tile: Tile, extent: BaseGeometry = STAFF) -> list[dict[str, Any]]:
    collection = json.loads(content(scene, tile, "detections.geojson", extent=extent))
    assert collection["type"] == "FeatureCollection"
    return list(collection["features"])


def count(scene: SceneRecord, tile: Tile, extent: BaseGeometry = STAFF) -> int:
    return sum(f["properties"]["count"] for f in features(scene, tile, extent))


def picture_of(data: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size, image.mode) == ("PNG", (256, 256), "RGBA")
    return np.asarray(image)


def descendants(tile: Tile, zoom: int) -> Iterator[Tile]:
    if tile.z == zoom:
        yield tile
    else:
        for child in tile.children():
            yield from descendants(child, zoom)


# --- scenes


def test_brisbane_has_the_scenes_that_the_demo_needs() -> None:
    assert len(SCENES) >= 45
    assert sum(scene.footprint.contains(FREE_AREA) for scene in SCENES) >= 40
    assert {s.acquired.year for s in SCENES} == {2016, 2017, 2018}
    assert all(
        timedelta(minutes=10) <= timedelta(hours=s.acquired.hour, minutes=s.acquired.minute)
        for s in SCENES
    )
    assert all(s.acquired.hour == 0 and s.acquired.minute <= 50 for s in SCENES)
    assert {s.satellite for s in SCENES} == {"GE01", "WV02", "WV03_VNIR", "WV04"}
    assert any(s.acquired.weekday() >= 5 for s in SCENES)
    assert 5 <= len(CLOUDY) <= 7
    assert all(0.2 <= s.cloud_cover <= 0.7 for s in CLOUDY)
    assert all(s.cloud_cover <= 0.04 for s in CLEAR)
    assert sum(s.gsd < 0.55 and s.cloud_cover < 0.05 for s in SCENES) > len(SCENES) / 2
    gaps = -np.diff([s.acquired.timestamp() for s in SCENES])  # newest first
    assert gaps.min() > 0
    assert gaps.max() > 2 * gaps.mean()  # not evenly spaced


@pytest.mark.parametrize("seed", range(4))
def test_every_month_has_a_clear_scene(seed: int) -> None:
    world = World(seed)
    for month in range(2002 * 12, 2025 * 12, 5):
        start = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        end = (start + timedelta(days=32)).replace(day=1) - timedelta(seconds=1)
        found = search(FREE_AREA, world, start=start, end=end, min_intersection=1)
        assert any(scene.cloud_cover < 0.05 for scene in found)


@pytest.mark.parametrize(("provider", "dataset"), DATASET_KEYS)
def test_the_newest_come_first_and_each_in_the_life_of_its_satellite(
    provider: str, dataset: str
) -> None:
    for place in ((153.105, -27.392), (-70.2, 61.3)):
        found = search(box(*place, 500), provider=provider, dataset=dataset)
        times = [scene.acquired for scene in found]
        assert times == sorted(times, reverse=True)
        assert max(times) <= NOW
        for scene in found:
            begin, end = LIVES[scene.satellite]
            assert begin <= f"{scene.acquired:%Y-%m-%d}" < (end or "9")
            assert f"{scene.acquired:%Y-%m-%d}" < (DATASETS[provider, dataset].end or "9")
        own = {satellite.name for satellite in DATASETS[provider, dataset].satellites}
        assert {scene.satellite for scene in found} == own


@given(
    st.datetimes(datetime(2003, 1, 1), datetime(2040, 1, 1)),
    st.integers(0, 10**6),
    st.sampled_from([("gbdx", "idaho-pansharpened"), ("maxar", "ard"), ("pl", "SkySatCollect")]),
)
@settings(max_examples=10, deadline=None)
def test_the_past_is_the_same_whatever_the_present(
    now: datetime, seed: int, names: tuple[str, str]
) -> None:
    where, world = box(*MAIN_PARK, 300), World(seed)
    kind = {"provider": names[0], "dataset": names[1]}
    later = search(where, World(seed), end=now + timedelta(days=700), **kind)
    earlier = search(where, world, end=now, **kind)
    assert later[len(later) - len(earlier) :] == earlier
    assert all(scene.acquired > now.replace(tzinfo=UTC) for scene in later[: -len(earlier) or None])


def test_an_ard_scene_covers_about_25_km2() -> None:
    for place in ((153.1, -27.4), (18.0, 69.5), (36.5, 0.3)):
        found = search(box(*place, 50), provider="maxar", dataset="ard")
        areas = {square_kilometers(scene.footprint) for scene in found}
        assert len(found) > 50
        assert 24 < min(areas) <= max(areas) < 28


def test_footprints_run_clockwise() -> None:
    for names in DATASET_KEYS:
        for scene in search(provider=names[0], dataset=names[1])[:5]:
            assert all(not part.exterior.is_ccw for part in scene.footprint.geoms)


@pytest.mark.parametrize("scene_id", FREE_SCENES)
def test_published_scenes_are_found_where_they_were_taken(scene_id: str) -> None:
    known = FREE_SCENES[scene_id]
    place = box(known.longitude, known.latitude, 2000)
    for seed in (0, 5):
        options = {"provider": known.dataset[0], "dataset": known.dataset[1]}
        found = search(place, World(seed), **options)
        (scene,) = (scene for scene in found if scene.scene_id == scene_id)
        assert World(seed).scene(scene_id) == scene
        assert scene not in search(place, World(seed), **options, end=scene.acquired - HOUR)


@given(st.integers(0, len(SCENES) - 1), st.integers(0, len(SCENES) - 1))
def test_start_and_end_are_inclusive(first: int, last: int) -> None:
    start, end = SCENES[first].acquired, SCENES[last].acquired
    found = search(start=start, end=end)
    assert {s.scene_id for s in found} == {s.scene_id for s in SCENES if start <= s.acquired <= end}
    assert found == search(start=start.replace(tzinfo=None), end=end.replace(tzinfo=None))


def test_min_intersection_is_a_share_of_the_extent() -> None:
    partial = [s for s in SCENES if not s.footprint.contains(FREE_AREA)]
    assert partial
    for scene in partial:
        share = scene.footprint.intersection(FREE_AREA).area / FREE_AREA.area
        for least, expected in ((share - 0.01, True), (share + 0.01, False), (0.0, True)):
            then = scene.acquired
            found = search(FREE_AREA, min_intersection=least, start=then, end=then)
            ids = {s.scene_id for s in found}
            assert (scene.scene_id in ids) == expected
    assert all(s.footprint.contains(FREE_AREA) for s in search(FREE_AREA, min_intersection=1.0))


def test_touching_is_not_an_overlap() -> None:
    east = max(s.footprint.bounds[2] for s in SCENES)
    for scene in search(shapely.box(east, -27.4, east + 0.01, -27.39)):
        assert scene.footprint.bounds[2] > east


def test_metadata_has_the_members_of_the_api() -> None:
    for scene in SCENES:
        found = json.loads(json.dumps(scene.metadata()))
        assert found["sceneId"] == scene.scene_id
        assert len(scene.scene_id) == 80
        assert found["datetime"] == scene.acquired.strftime("%Y-%m-%d %H:%M:%S")
        assert found["footprint"]["type"] == "MultiPolygon"
        assert shape(found["footprint"]).equals(scene.footprint)
        assert found["crsEpsg"] == 3857
        assert len(found["bands"]) in (4, 8)
        for band in found["bands"]:
            assert {
                "names",
                "bitDepth",
                "gsd",
                "pixelSizeX",
                "pixelSizeY",
                "crsOriginX",
                "crsOriginY",
            } <= set(band)
            assert band["bitDepth"] == 16
            assert band["pixelSizeY"] < 0 < band["pixelSizeX"]
        assert ["Red", "red", "r"] in [band["names"] for band in found["bands"]]
        assert 0 <= found["cloudCover"] <= 1
        for angle in ("offNadir", "sunAzimuth", "sunElevation", "satelliteAzimuth"):
            assert 0 <= found[angle] <= 360


@pytest.mark.parametrize(
    ("provider", "dataset"),
    [
        ("gbdx", "idaho-pansharpened"),
        ("pl", "PSScene4Band"),
        ("maxar", "ortho_4ps"),
        ("ee", "COPERNICUS/S2"),
        ("iceye", "Spotlight_SLC"),
    ],
)
@pytest.mark.parametrize(
    "place", [(14.42, 50.09), (-122.4, 37.8), (139.76, 35.68), (25.0, -84.0), (153.1, -27.4)]
)
def test_every_dataset_has_scenes_everywhere(
    provider: str, dataset: str, place: tuple[float, float]
) -> None:
    found = search(box(*place, 500), provider=provider, dataset=dataset)
    assert len({s.acquired.year for s in found}) >= 6
    for scene in found[:3]:
        assert (scene.provider, scene.dataset) == (provider, dataset)
        assert World().scene(scene.scene_id) == scene
        assert ("cloudCover" in scene.metadata()) == (provider != "iceye")


def test_unknown_datasets_and_extents_without_area_have_no_scenes() -> None:
    assert search(provider="nobody") == []
    assert search(dataset="nothing") == []
    assert search(LineString([(153, -27), (154, -28)])) == []
    assert search(GeometryCollection()) == []


def test_huge_and_awkward_extents_do_no_harm() -> None:
    for extent in (
        shapely.box(-180, -90, 180, 90),
        shapely.box(179.9, -1, 180, 1),
        MultiPolygon([shapely.box(179.9, 50, 180, 51), shapely.box(-180, 50, -179.9, 51)]),
        shapely.box(0, 89, 10, 90),
        shapely.box(0, -90, 10, -89.95),
        GeometryCollection([STAFF, LineString([(0, 0), (1, 1)])]),
        Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),  # crosses itself
    ):
        found = search(
            extent,
            provider="ee",
            dataset="COPERNICUS/S2",
            start=datetime(2020, 1, 1, tzinfo=UTC),
            end=datetime(2020, 12, 31, tzinfo=UTC),
        )
        assert found
        assert len(found) < 50_000


def test_both_sides_of_the_antimeridian_are_found() -> None:
    sides = [shapely.box(179.9, 50, 180, 50.1), shapely.box(-180, 50, -179.9, 50.1)]
    both = {s.scene_id for s in search(MultiPolygon(sides), provider="pl", dataset="PSScene4Band")}
    for side in sides:
        assert {s.scene_id for s in search(side, provider="pl", dataset="PSScene4Band")} & both


# --- determinism


def test_a_scene_id_resolves_in_another_world_of_the_same_seed() -> None:
    for scene in (*SCENES, *search(box(14.42, 50.09, 500), provider="pl", dataset="SkySatCollect")):
        assert World().scene(scene.scene_id) == scene
    assert World(1).scene(SCENES[0].scene_id) is None
    assert World(1).scene(search(world=World(1))[0].scene_id) is not None


@given(st.integers(0, 79), st.sampled_from("ABCxyz019-_+/= é"))
def test_a_tampered_scene_id_is_unknown(position: int, letter: str) -> None:
    known = SCENES[0].scene_id
    tampered = known[:position] + letter + known[position + 1 :]
    assert (WORLD.scene(tampered) is None) == (tampered != known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "x" * 80,
        SCENES[0].scene_id[:-4],
        SCENES[0].scene_id + "AAAA",
        SCENES[0].scene_id + "\n",
    ],
)
def test_a_foreign_scene_id_is_unknown(text: str) -> None:
    assert WORLD.scene(text) is None


_SCRIPT = """
import hashlib, json, shapely
from spaceknow_client.emulator.world.areas import *
from spaceknow_client.emulator.world.render import *
from spaceknow_client.emulator.world.scenes import *
from spaceknow_client.emulator.world.tiles import *
from spaceknow_client.emulator.world.world import *
world = World()
extent = Area(shapely.from_wkt({wkt!r}))
scene = world.scene({scene!r})
tile = Tile(*{tile})
print(json.dumps({{
    name: hashlib.sha256(render(world, scene, kind, extent, tile, name).content).hexdigest()
    for kind in ("imagery", "cars") for name in MAP_TYPES[kind]
}}))
"""


def test_another_process_renders_the_same_bytes() -> None:
    import hashlib

    tile, scene = MIDDLE, CLOUDY[0]
    script = _SCRIPT.format(wkt=STAFF.wkt, scene=scene.scene_id, tile=tuple(tile))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    expected = {
        name: hashlib.sha256(
            content(scene, tile, name, kind, shapely.from_wkt(STAFF.wkt))
        ).hexdigest()
        for kind in ("imagery", "cars")
        for name in MAP_TYPES[kind]
    }
    assert json.loads(done.stdout) == expected


# --- tiles of a map


@given(
    st.floats(-180, 180),
    st.floats(-84, 84),
    st.floats(-13, 1),
    st.floats(-13, 1),
)
def test_the_box_of_a_map_is_no_larger_than_a_tile(
    lon: float, lat: float, width: float, height: float
) -> None:
    east, north = min(lon + 2**width, 180), min(lat + 2**height, 85)
    extent = shapely.box(lon, lat, east, north)
    if extent.area < 1e-9:
        return
    tiles = Area(extent).tiles()
    (zoom,) = {tile.z for tile in tiles}
    (west, right), (bottom, top) = pixels(np.array([lon, east]), np.array([lat, north]))
    size = max(right - west, bottom - top) / 256 * 2.0 ** (zoom - MAX_ZOOM)
    assert size <= 1 + 1e-5
    assert zoom == MAX_ZOOM or 2 * size > 1 - 1e-5
    columns, rows = {tile.x for tile in tiles}, {tile.y for tile in tiles}
    assert len(tiles) == len(set(tiles)) == len(columns) * len(rows)
    assert max(columns) - min(columns) <= 1
    assert max(rows) - min(rows) <= 1
    uncovered = extent.difference(shapely.union_all([tile.box() for tile in tiles]))
    # An edge may exceed the tile that it touches by a rounding error (micrometers).
    assert uncovered.area < 1e-5 * extent.area


def test_the_tile_of_a_tile_is_that_tile() -> None:
    for tile in (Tile(16, 60639, 37955), Tile(19, 5, 7), Tile(9, 511, 300)):
        assert Area(tile.box()).tiles() == [tile]
        middle = Area(shapely.affinity.scale(tile.box(), 0.999, 0.999)).tiles()
        assert middle == [tile]


def test_tiles_that_an_extent_does_not_touch_are_not_of_its_map() -> None:
    west, _, _, north = Tile(16, 60640, 37956).box().bounds  # where four tiles meet
    whole = shapely.box(west - 0.002, north - 0.002, west + 0.002, north + 0.002)
    quarter = shapely.box(west, north, west + 0.01, north + 0.01)
    assert len(Area(whole).tiles()) == 4
    for part in (whole.difference(quarter), whole.difference(quarter.buffer(1e-5))):
        found = Area(part).tiles()
        assert len(found) == 3
        assert Tile(16, 60640, 37955) not in found


@pytest.mark.parametrize("width", [0.001, 0.01, 0.3, 3])
def test_an_extent_across_180_degrees_is_measured_across_it(width: float) -> None:
    east = shapely.box(180 - width / 3, 10, 180, 10 + width / 2)
    west = shapely.box(-180, 10, -180 + width * 2 / 3, 10 + width / 2)
    across = Area(MultiPolygon([east, west])).tiles()
    beside = Area(shapely.box(100, 10, 100 + width, 10 + width / 2)).tiles()
    (zoom,) = {tile.z for tile in across}
    assert {tile.z for tile in beside} == {zoom}
    assert {tile.x for tile in across} == {0, 2**zoom - 1}
    assert {tile.y for tile in across} == {tile.y for tile in beside}


def test_shapes_of_no_area_have_no_tiles() -> None:
    assert Area(LineString([(0, 0), (1, 1)])).tiles() == []
    assert Area(GeometryCollection()).tiles() == []
    assert Area(shapely.box(-180, -90, 180, 90)).tiles() == [Tile(0, 0, 0)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-9, 73), st.floats(-9, 73)), min_size=3, max_size=9, unique=True),
    st.tuples(st.floats(5, 59), st.floats(5, 59), st.floats(1, 9)),
    st.sampled_from([0, 0.25, 1]),
)
def test_a_pixel_is_touched_when_any_part_of_it_is(
    points: list[tuple[float, float]], hole: tuple[float, float, float], snap: float
) -> None:
    # In pixels of a grid of 64 x 64, some of them exactly on the lines between pixels.
    if snap:
        points = [(round(x / snap) * snap, round(y / snap) * snap) for x, y in points]
    x, y, reach = hole
    flat = shapely.make_valid(Polygon(points)).difference(
        shapely.box(x - reach, y - reach, x + reach, y + reach)
    )
    flat = shapely.set_precision(flat, 1e-9)  # slivers would vanish on the map
    if flat.area < 1e-3:
        return
    area, grid = Area(shapely.box(0, 0, 1, 1)), NoiseGrid(2**20, 2**20, 4, 64)
    area._flat = shapely.transform(
        MultiPolygon([each for each in shapely.get_parts(flat) if each.area]),
        lambda at: at * 4 + 2**20,
    )
    column, row = np.meshgrid(np.arange(64), np.arange(64))
    shapely.prepare(flat)
    inner, outer = (
        shapely.intersects(
            flat, shapely.box(column + edge, row + edge, column + 1 - edge, row + 1 - edge)
        )
        for edge in (1e-4, -1e-4)
    )
    touched = area.touched(grid)
    assert not (inner & ~touched).any()
    assert not (touched & ~outer).any()


# --- agreement of the files of a tile


def check_agreement(scene: SceneRecord, tile: Tile, extent: BaseGeometry) -> int:
    """Checks that all files of one tile agree; returns the cars."""
    found = features(scene, tile, extent)
    mask = picture_of(content(scene, tile, "cars.png", extent=extent))
    step = tile.grid().step
    on = mask[..., 3] > 0
    assert len(np.unique(mask[on], axis=0)) <= 1
    assert not mask[~on].any()
    allowed = np.zeros((256, 256), bool)
    for feature in found:
        outline, properties = shape(feature["geometry"]), feature["properties"]
        assert isinstance(outline, Polygon)
        assert outline.is_valid
        assert outline.exterior.is_ccw
        assert len(outline.exterior.coords) == 5
        assert extent.contains(outline.centroid)
        assert properties["class"] == "cars"
        assert properties["count"] in (1, 2)
        assert ("orientation" in properties) == (properties["count"] == 1)
        assert -90 <= properties.get("orientation", 0) <= 90
        assert 0 < properties["confidence"] <= 1
        corners = np.array(outline.exterior.coords)
        x, y = pixels(corners[:, 0], corners[:, 1])
        x, y = (x - tile.left) / step, (y - tile.top) / step
        assert -1e-3 <= x.min() <= x.max() <= 256 + 1e-3  # no car is on two tiles
        assert -1e-3 <= y.min() <= y.max() <= 256 + 1e-3
        # Degrees are rounded to a millimeter, so a center may cross an edge.
        column, row = (x[0] + x[2]) / 2, (y[0] + y[2]) / 2
        assert any(on[int(row + i), int(column + j)] for i in (-1e-3, 1e-3) for j in (-1e-3, 1e-3))
        allowed[
            int(max(y.min(), 0)) : int(y.max()) + 1, int(max(x.min(), 0)) : int(x.max()) + 1
        ] = True
        if properties["count"] == 1:
            assert 4.2 * 1.75 - 0.01 <= properties["area"] <= 5.0 * 1.95 + 0.01
    assert not (on & ~allowed).any()
    assert on.any() == bool(found)
    area = json.loads(content(scene, tile, "area.json", extent=extent))
    assert area["cars"] == pytest.approx(sum(f["properties"]["area"] for f in found), abs=0.005)
    trucks = picture_of(content(scene, tile, "trucks.png", extent=extent))
    assert (area["trucks"] > 0) == bool(trucks[..., 3].any())
    return sum(f["properties"]["count"] for f in found)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(SCENES),
    st.floats(-0.0015, 0.0015),
    st.floats(-0.0015, 0.0015),
    st.floats(20, 500),
    st.integers(0, 35),
)
def test_the_files_of_a_tile_agree(
    scene: SceneRecord, east: float, north: float, meters: float, number: int
) -> None:
    extent = box(MAIN_PARK[0] + east, MAIN_PARK[1] + north, meters)
    tiles = [
        each
        for tile in Area(extent).tiles()
        for zoom in (tile.z, 19)
        for each in descendants(tile, zoom)
    ]
    check_agreement(scene, tiles[number % len(tiles)], extent)


@pytest.mark.parametrize("zoom", [14, 15, 16, 17, 18])
def test_children_share_out_what_their_parent_has(zoom: int) -> None:
    extent = box(153.1055, -27.3905, 700)
    parent = tile_at(MAIN_PARK, zoom)
    for scene in (CLEAR[0], CLOUDY[0]):
        whole = check_agreement(scene, parent, extent)
        assert whole == sum(count(scene, child, extent) for child in parent.children())
        outlines = {json.dumps(f) for f in features(scene, parent, extent)}
        assert outlines == {
            json.dumps(f) for c in parent.children() for f in features(scene, c, extent)
        }
        area = json.loads(content(scene, parent, "area.json", extent=extent))
        parts = [
            json.loads(content(scene, c, "area.json", extent=extent)) for c in parent.children()
        ]
        for name in ("cars", "trucks"):
            assert area[name] == pytest.approx(sum(part[name] for part in parts), abs=0.02)
    assert whole or parent.z == 18


def test_the_area_is_true() -> None:
    for feature in features(CLEAR[0], MIDDLE)[:20]:
        ring = np.array(feature["geometry"]["coordinates"][0])
        meters = (ring - ring[0]) * _degree(ring[0, 1])
        assert Polygon(meters).area == pytest.approx(feature["properties"]["area"], rel=0.002)


def _degree(lat: float) -> NDArray[np.float64]:
    phi = np.radians(lat)
    root = 1 - 0.00669437999014 * np.sin(phi) ** 2
    east = 6378137.0 / np.sqrt(root) * np.cos(phi)
    north = 6378137.0 * (1 - 0.00669437999014) / root**1.5
    return np.array([float(east), float(north)]) * (np.pi / 180)


def test_the_picture_shows_a_car_where_one_is_detected() -> None:
    brighter = 0
    scene = CLEAR[0]
    tile = MIDDLE
    seen = picture_of(content(scene, tile, "truecolor.png", "imagery"))[..., :3].astype(float)
    on = picture_of(content(scene, tile, "cars.png"))[..., 3] > 0
    asphalt = np.median(seen[~on], axis=0)
    found = features(scene, tile)
    for feature in found:
        x, y = pixels(*np.array(feature["geometry"]["coordinates"][0])[:4].T)
        column, row = int(x.mean() - tile.left), int(y.mean() - tile.top)
        around = seen[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3].reshape(-1, 3)
        brighter += bool(np.abs(around - asphalt).sum(axis=1).max() > 40)
    assert len(found) > 40
    assert brighter > 0.95 * len(found)
    # Where no car is detected on the asphalt, the picture is asphalt: its variation is far smaller.
    assert seen[on].std() > 1.5 * seen[~on].std()


def test_more_cars_on_working_days() -> None:
    def cars(scene: SceneRecord) -> int:
        return sum(count(scene, tile) for tile in Area(STAFF).tiles())

    days: dict[int, list[int]] = {}
    for scene in CLEAR:
        days.setdefault(scene.acquired.weekday(), []).append(cars(scene))
    working = [n for day, ns in days.items() if day < 5 for n in ns]
    assert min(working) > max(days[6])
    assert np.mean(working) > 1.5 * np.mean(days[6])
    assert np.mean(days[6]) < np.mean(days[5]) < np.mean(working)


OUTLINE = Polygon(
    [(153.105222, -27.390124), (153.103551, -27.392584), (153.105318, -27.393370), (153.106794, -27.390879)]
)  # fmt: skip


@pytest.mark.parametrize("seed", [0, 77])
@pytest.mark.parametrize("place", [OUTLINE, shapely.box(153.1036, -27.3934, 153.1068, -27.3904)])
def test_the_staff_car_park_has_as_many_cars_as_recorded(seed: int, place: Polygon) -> None:
    world, area = World(seed), Area(place)
    sundays, mondays = [], []
    for scene in search(place, world, min_intersection=1):
        if scene.cloudy or scene.acquired.weekday() not in (0, 6) or scene.acquired.year % 3:
            continue
        found = [tile_detections(world, scene, area, tile) for tile in area.tiles()]
        cars = sum(int(each.count[~each.truck].sum()) for each in found if each is not None)
        assert 300 < cars < 2500
        if scene.acquired.weekday() == 6:
            sundays.append(cars)
        elif scene.acquired.weekday() == 0:
            mondays.append(cars)
    assert 850 < min(sundays) < 1000 < max(sundays) < 1300
    assert np.mean(mondays) == pytest.approx(1775, rel=0.05)


def test_clouds_hide_cars_and_only_cloudy_scenes_have_them() -> None:
    tile = MIDDLE
    park = max(
        parks_of_cell(0, tile.left // CELL, tile.top // CELL), key=lambda park: park.pad.radius
    )
    hidden = {}
    for scene in SCENES:
        vehicles, found = WORLD.vehicles(scene, park)
        hidden[scene.scene_id] = len(vehicles.x) - int(found.count.sum())
        if len(found.x):
            assert 2 * (found.count == 2).sum() / found.count.sum() < 0.12
    assert all(hidden[scene.scene_id] == 0 for scene in CLEAR)
    assert sum(hidden[scene.scene_id] for scene in CLOUDY) > 100


def test_elsewhere_has_car_parks_too() -> None:
    extent = box(14.42, 50.05, 6000)
    found = search(extent, provider="maxar", dataset="ortho_4ps", min_intersection=1.0)
    scene = next(scene for scene in found if not scene.cloudy)
    x, y = pixels(np.array([14.42]), np.array([50.05]))
    tiles = [
        Tile(14, int(x[0] // 8192) + i, int(y[0] // 8192) + j) for i in (0, 1) for j in (-1, 0)
    ]
    assert sum(check_agreement(scene, tile, extent) for tile in tiles) > 50


# --- pictures and other files


def test_pictures_meet_without_a_seam() -> None:
    scene = next(scene for scene in CLOUDY if 0.2 < scene.cloud_cover < 0.5)
    for at, other in ((CLEAR[0], 19), (scene, 19), (CLEAR[1], 17)):
        left = tile_at(MAIN_PARK, other)
        a = picture(WORLD, at, left.grid())
        b = picture(WORLD, at, left._replace(x=left.x + 1).grid())
        c = picture(WORLD, at, left._replace(y=left.y + 1).grid())
        across = np.abs(a[:, :, -1] - b[:, :, 0]).mean(), np.abs(np.diff(a, axis=2)).mean()
        down = np.abs(a[:, -1] - c[:, 0]).mean(), np.abs(np.diff(a, axis=1)).mean()
        for seam, inside in (across, down):
            assert seam < 2 * inside + 1


def test_no_tile_outside_the_footprint() -> None:
    scene, extent = CLEAR[0], box(10, 50, 100)
    far = Area(extent).tiles()[0]
    for map_type in ("imagery", "cars"):
        for name in MAP_TYPES[map_type]:
            assert (render(WORLD, scene, map_type, Area(extent), far, name) is None) == (
                name not in ("metadata.json", "bands.json")
            )


def test_the_picture_ends_where_the_footprint_ends() -> None:
    scene = next(s for s in SCENES if not s.footprint.contains(FREE_AREA))
    lon, lat = scene.footprint.geoms[0].exterior.interpolate(0.1).coords[0]
    extent = box(lon, lat, 600)
    tile = next(t for t in Area(extent).tiles() if t.box().intersects(scene.footprint.boundary))
    alpha = picture_of(content(scene, tile, "truecolor.png", "imagery", extent))[..., 3]
    assert set(np.unique(alpha)) == {0, 255}


@pytest.mark.parametrize(("zoom", "tile_pixels"), [(16, 256), (16, 512), (18, 256)])
def test_imagery_ends_where_the_extent_ends(zoom: int, tile_pixels: int) -> None:
    hole = shapely.Point(MAIN_PARK).buffer(0.0004)
    extent = OUTLINE.difference(hole)
    world, area, scene = World(0, tile_pixels), Area(extent), CLEAR[0]
    seen = 0
    for tile in {each for t in area.tiles() for each in descendants(t, zoom)}:
        grid = tile.grid(tile_pixels)
        x, y = np.broadcast_arrays(*grid.axes())
        lon, lat = lonlat(x, y)
        center = shapely.contains_xy(extent, lon, lat)

        def file(name: str, tile: Tile = tile) -> bytes | None:
            found = render(world, scene, "imagery", area, tile, name)
            return None if found is None else found.content

        picture = file("truecolor.png")
        if picture is None:
            assert not center.any()
            continue
        alpha = np.asarray(Image.open(io.BytesIO(picture)))[..., 3]
        assert alpha.shape == (tile_pixels, tile_pixels)
        assert (alpha[center] == 255).all()
        beyond = ~shapely.contains_xy(extent.buffer(2e-5 * 2 ** (16 - zoom)), lon, lat)
        assert not alpha[beyond].any()  # within a pixel of the edge
        seen += int(center.sum())
        shown = np.asarray(Image.open(io.BytesIO(file("visualization.geotiff") or b"")))
        assert (shown[..., 3] == alpha).all()
        counts = np.asarray(Image.open(io.BytesIO(file("analysis.geotiff") or b"")))
        assert not counts[alpha == 0].any()
        assert (counts[alpha > 0] > 0).mean() > 0.99
        *bands, mask = read_ski(file("imagery.ski") or b"").values()
        assert ((mask > 0) == (alpha > 0)).all()
        assert all(not band[alpha == 0].any() for band in bands)
    pixel = 2 * 20037508.342789244 * np.cos(np.radians(27.392)) / 2**zoom / tile_pixels
    assert seen * pixel**2 == pytest.approx(square_kilometers(extent) * 1e6, rel=0.02)


def test_files_outside_the_extent_are_empty_but_there() -> None:
    tile = MIDDLE
    extent = box(153.2, -27.34, 50)
    assert features(CLEAR[0], tile, extent) == []
    assert not picture_of(content(CLEAR[0], tile, "cars.png", extent=extent)).any()
    assert json.loads(content(CLEAR[0], tile, "area.json", extent=extent)) == {
        "cars": 0.0,
        "trucks": 0.0,
    }


@pytest.mark.parametrize("map_type", MAP_TYPES)
def test_every_file_of_every_map_type_can_be_read(map_type: str) -> None:
    tile, scene = MIDDLE, CLEAR[0]
    for name in MAP_TYPES[map_type]:
        found = render(WORLD, scene, map_type, Area(STAFF), tile, name)
        assert found is not None
        data, kind = found.content, name.rpartition(".")[2]
        if kind == "png":
            drawn = picture_of(data).any()
            assert drawn or name != "truecolor.png"
            assert not drawn or map_type in ("imagery", "cars")
        elif kind == "ski":
            bands = read_ski(data)
            assert all(values.shape == (256, 256) for values in bands.values())
        elif kind == "geotiff":
            assert found.media_type == "image/tiff"
            check_geotiff(data, tile)
        elif name == "metadata.json":
            assert set(json.loads(data)) == {"sScore", "algoVersion"}
        elif name == "bands.json":
            assert json.loads(data) == {"bands": scene.metadata()["bands"]}
        else:
            assert isinstance(json.loads(data), dict)
    with pytest.raises(KeyError):
        render(WORLD, scene, map_type, Area(STAFF), tile, "no-such-file.png")


def read_ski(data: bytes) -> dict[str, NDArray[np.unsignedinteger[Any]]]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
        members = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}  # type: ignore[union-attr]
    info, meta = json.loads(members["info.json"]), json.loads(members["meta.json"])["meta"]
    assert info["version"] == "115"
    *bands, mask = [band["names"] for band in info["bands"]]
    assert [set(band["names"]) for band in meta["bands"]] == [set(names) for names in bands]
    assert mask == [f"__MASK__{names[0]}__" for names in bands]
    assert meta["crsEpsg"] == 3857
    result: dict[str, NDArray[np.unsignedinteger[Any]]] = {}
    for number, band in enumerate(info["bands"]):
        raw = members[f"{number:05d}.skb"]
        bits, columns, rows = struct.unpack_from("<HII", raw)
        kind = np.dtype({8: "u1", 16: "<u2"}[bits])
        delta = np.frombuffer(raw, kind, offset=10).reshape(rows, columns)
        result[band["names"][0]] = np.add.accumulate(delta, axis=0, dtype=kind)
    return result


def test_ski_bands_hold_the_picture_and_the_masks() -> None:
    tile = MIDDLE
    for scene in (CLEAR[0], next(s for s in CLEAR if len(s.bands) == 8)):
        bands = read_ski(content(scene, tile, "imagery.ski", "imagery"))
        *names, mask = bands
        assert names == [names[1] for names in scene.bands]
        assert {"blue", "green", "red"} < set(names)
        assert set(np.unique(bands[mask])) == {2 ** len(names) - 1}
        seen = picture_of(content(scene, tile, "truecolor.png", "imagery"))
        assert np.abs(bands["red"] / 5 - seen[..., 0]).max() <= 1
        assert max(int(values.max()) for values in bands.values()) < 2048
        found = read_ski(content(scene, tile, "segmentation.ski"))
        assert list(found) == ["cars", "trucks", "__MASK__cars__"]
        for name in ("cars", "trucks"):
            shown = picture_of(content(scene, tile, f"{name}.png"))[..., 3] > 0
            assert (found[name] > 0).tolist() == shown.tolist()


def test_the_mask_of_an_analysis_has_a_bit_for_each_band() -> None:
    tile, outside = tile_at(MAIN_PARK, 16), tile_at((153.2, -27.34), 16)
    whole = Area(OUTLINE)
    for map_type, bits in (("cars", 3), ("wrunc", 31), ("pools", 1)):
        for at, values in ((tile, {0, bits}), (outside, {0})):
            found = render(WORLD, CLEAR[0], map_type, whole, at, "segmentation.ski")
            assert found is not None
            *_, mask = read_ski(found.content).values()
            assert set(np.unique(mask).tolist()) == values


def check_geotiff(data: bytes, tile: Tile) -> None:
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("TIFF", (256, 256))
    tags = image.tag_v2  # type: ignore[attr-defined]
    width = 40075016.685578488 / 2**tile.z / 256
    assert tags[33550][:2] == pytest.approx((width, width))
    west, north = tags[33922][3:5]
    assert west == pytest.approx(tile.x * width * 256 - 20037508.342789244)
    assert north == pytest.approx(20037508.342789244 - tile.y * width * 256)
    assert tags[34735][-1] == 3857


def test_map_types_are_those_of_the_documentation() -> None:
    assert set(MAP_TYPES["imagery"]) == {
        "truecolor.png",
        "imagery.ski",
        "analysis.geotiff",
        "visualization.geotiff",
        "metadata.json",
        "bands.json",
    }
    assert set(MAP_TYPES["cars"]) == {
        "cars.png", "trucks.png", "segmentation.ski", "analysis.geotiff", "visualization.geotiff",
        "detections.geojson", "area.json", "metadata.json",
    }  # fmt: skip
    assert {"water.png", "analysis.geotiff", "visualization.geotiff"} < set(MAP_TYPES["wrunc"])
    for name in ("containers", "destruction", "houses", "coal", "solar-panels"):
        assert {"metadata.json", "area.json"} < set(MAP_TYPES[name])
    assert "detections.geojson" in MAP_TYPES["solar-panels"]


def test_threads_may_share_a_world() -> None:
    # A geometry that shapely has prepared crashes the interpreter if two threads use it at once.
    script = """
from concurrent.futures import ThreadPoolExecutor
import shapely
from datetime import datetime
from spaceknow_client.emulator.world.areas import Area
from spaceknow_client.emulator.world.render import render
from spaceknow_client.emulator.world.world import World
world = World()
extent = shapely.box(153.1036, -27.3934, 153.1068, -27.3904)
scenes = world.search(
    provider="gbdx", dataset="idaho-pansharpened", extent=extent, start=None,
    end=datetime(2019, 1, 1),
)
area = Area(extent)
jobs = [(scene, tile) for scene in scenes[:12] for tile in area.tiles()]
with ThreadPoolExecutor(8) as pool:
    done = list(pool.map(lambda job: render(world, job[0], "cars", area, job[1],
                                            "detections.geojson"), jobs))
print(len(done))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= 48
