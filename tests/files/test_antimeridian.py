"""Maps across 180 degrees, and maps with distant parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.interop.footprint import bbox_of
from spaceknow_client.interop.map_array import lazy_array
from spaceknow_client.maps.grid_file import GridFile
from spaceknow_client.maps.kraken_map import KrakenMap
from spaceknow_client.maps.layout import MAX_PLACES, layout_of, rectangle
from spaceknow_client.maps.manifest import Manifest
from spaceknow_client.maps.map_files import place_of
from tests.files.maps import made
from tests.files.test_geotiff import noise, png
from tests.files.test_view import data_of

LAST = 2**12 - 1
EAST, WEST = sk.Tile(12, LAST, 1700), sk.Tile(12, 0, 1700)
LATITUDE = sum(EAST.bounds[1::2]) / 2


def folder_of(path: Path, map: KrakenMap, files: dict[tuple[sk.Tile, str], bytes]) -> sk.MapFolder:
    """A folder as a download leaves it."""
    path.mkdir()
    manifest = Manifest(path, map, "-")
    manifest.open()
    for (tile, name), content in files.items():
        target = path / place_of(tile, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        manifest.note(name, tile, len(content))
    manifest.save()
    return sk.MapFolder(path)


def detection(west: float, east: float) -> dict[str, Any]:
    south, north = LATITUDE, LATITUDE + 0.01
    ring = [[west, south], [east, south], [east, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"count": 1},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture
def folder(tmp_path: Path) -> sk.MapFolder:
    found = {EAST: detection(179.95, 180.0), WEST: detection(-180.0, -179.95)}
    files = {(tile, "cars.png"): png(noise(tile.x)) for tile in (WEST, EAST)} | {
        (tile, "detections.geojson"): json.dumps(
            {"type": "FeatureCollection", "features": [feature]}
        ).encode()
        for tile, feature in found.items()
    }
    return folder_of(tmp_path / "folder", made(WEST, EAST), files)


def test_a_mosaic_goes_on_beyond_180_degrees(folder: sk.MapFolder) -> None:
    mosaic = folder.mosaic()
    assert mosaic.image.size == (512, 256)
    pixels = np.asarray(mosaic.image)
    assert np.array_equal(pixels[:, :256], noise(LAST))
    assert np.array_equal(pixels[:, 256:], noise(0))
    for longitude, expected in ((180, 256), (-180, 256), (-179.95605, 384), (179.95605, 128)):
        assert mosaic.pixel(longitude, LATITUDE)[0] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("cloud_optimized", [True, False])
def test_a_geotiff_does(folder: sk.MapFolder, tmp_path: Path, cloud_optimized: bool) -> None:
    path = folder.save_mosaic(tmp_path / "a.tif", cloud_optimized=cloud_optimized)
    with rasterio.open(path) as picture:
        assert (picture.width, picture.height) == (512, 256)
        assert picture.bounds.left == pytest.approx(EAST.corner[0])
        pixels = picture.read().transpose(1, 2, 0)
    assert np.array_equal(pixels[:, :256], noise(LAST))
    assert np.array_equal(pixels[:, 256:], noise(0))


def test_a_page_does(folder: sk.MapFolder, tmp_path: Path) -> None:
    data = data_of(folder.view(tmp_path / "a.html", open=False).read_text("utf-8"))
    assert data["bounds"] == [0, 0, 512, 256]
    pictures, found = data["frames"][0]["layers"]
    assert sorted(tile[0] for tile in pictures["tiles"]) == [0, 256]
    columns = [x for shape in found["shapes"] for ring in shape["rings"] for x, _ in ring]
    assert 100 < min(columns) < max(columns) < 412


class Client:
    """Returns pictures without a server."""

    environment = sk.Environment.EMULATOR

    @property
    def kraken(self) -> Client:
        return self

    def grid_file(
        self, map: sk.KrakenMap | str, tile: sk.Tile, name: str, geometry_id: str = "-"
    ) -> GridFile:
        return GridFile(tile=tile, name=name, content=png(noise(tile.x)), media_type=None)

    def close(self) -> None:
        raise AssertionError("it is the caller's")


def test_an_array_and_a_drawing_do() -> None:
    array = lazy_array(
        Client(), made(WEST, EAST), None, "-", zoom=None, max_files=None, owns_client=False
    )
    values = array.transpose("y", "x", "band").values
    assert np.array_equal(values, np.concatenate([noise(LAST), noise(0)], axis=1))
    assert np.allclose(np.diff(array.x), array.x[1] - array.x[0])
    assert 'width="110.0" height="110.0"' in made(WEST, EAST)._repr_html_()


TILES = st.lists(
    st.builds(lambda x, y: sk.Tile(3, x, y), st.integers(0, 7), st.integers(0, 7)), min_size=1
)


@given(TILES)
def test_the_smallest_rectangle_is_found(tiles: list[sk.Tile]) -> None:
    found = layout_of(tiles)
    best = min(
        max((tile.x - left) % 8 for tile in tiles) + 1 for left in {tile.x for tile in tiles}
    )
    assert found.columns == best
    assert {found.tile(*found.place(tile)) for tile in tiles} == set(tiles)
    assert all(0 <= found.place(tile)[1] < found.columns for tile in tiles)


@given(TILES)
def test_parts_are_what_touches(tiles: list[sk.Tile]) -> None:
    parts = made(*tiles).parts()
    assert sorted(tile for part in parts for tile in part.tiles) == sorted(set(tiles))

    def touch(one: sk.Tile, other: sk.Tile) -> bool:
        return (one.x - other.x) % 8 in (7, 0, 1) and abs(one.y - other.y) <= 1

    for part in parts:
        reached = {part.tiles[0]}
        while more := {t for t in part.tiles if any(touch(t, r) for r in reached)} - reached:
            reached |= more
        assert reached == set(part.tiles)
        others = [tile for other in parts if other is not part for tile in other.tiles]
        assert not any(touch(one, other) for one in part.tiles for other in others)


def test_parts_of_several_zooms_touch() -> None:
    small, beside, far = sk.Tile(12, LAST, 1699), sk.Tile(10, 0, 425), sk.Tile(12, 1000, 1700)
    assert [part.tiles for part in made(small, far, beside).parts()] == [(small, beside), (far,)]


def test_the_error_for_parts_far_apart_names_them(tmp_path: Path) -> None:
    places = [(sk.Tile(19, 485119 + n % 5, 303649 + n // 5)) for n in range(20)]
    places += [(sk.Tile(19, 270000 + n % 5, 180000 + n // 5)) for n in range(20)]
    map = made(*places)
    content = png(noise(1))
    folder = folder_of(tmp_path / "f", map, {(tile, "cars.png"): content for tile in places})
    with pytest.raises(sk.InvalidArgumentError) as told:
        folder.save_mosaic(tmp_path / "a.tif")
    assert "map.parts()" in str(told.value.hint)
    parts = map.parts()
    assert [len(part.tiles) for part in parts] == [20, 20]
    folder.map = parts[1]
    assert folder.save_mosaic(tmp_path / "a.tif").exists()
    with Image.open(tmp_path / "a.tif") as picture:
        assert picture.size == (5 * 256, 4 * 256)


def test_parts_of_an_extent_with_two_places() -> None:
    """The map has one tile, since the extent is large; its child tiles are in two places."""
    west, east = ((153.0, -27.4, 153.01, -27.39), (160.0, -27.4, 160.01, -27.39))
    geometry = shapely.MultiPolygon([shapely.box(*west), shapely.box(*east)])
    map = made(sk.Tile(4, 14, 9), sk.Tile(4, 15, 9), extent=sk.Extent(geometry), max_zoom=19)
    assert len(map.parts()) == 1
    parts = map.parts("max")
    assert len(parts) == 2
    for part in parts:
        layout = rectangle(part.tiles, 19)
        assert layout.columns * layout.rows < 1000
        assert len(part.parts(19)) == 1


def test_a_part_that_is_too_large_is_cut() -> None:
    line = made(*(sk.Tile(16, n, n) for n in range(3000)))
    parts = line.parts()
    assert len(parts) > 1
    for part in (*parts, *made(sk.Tile(5, 1, 1)).parts(19)):
        layout = layout_of(part.tiles, max(tile.z for tile in part.tiles))
        assert layout.columns * layout.rows <= MAX_PLACES
    with pytest.raises(sk.InvalidArgumentError):
        line.parts(7)


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ([(170, 0, 180, 1), (-180, 0, -170, 1)], [170, 0, -170, 1]),
        ([(-180, 0, -170, 1), (170, -1, 180, 1)], [170, -1, -170, 1]),
        ([(179, 0, 181, 1)], [179, 0, -179, 1]),
        ([(-181, 0, -179, 1)], [179, 0, -179, 1]),
        ([(-180, 0, 180, 1)], [-180, 0, 180, 1]),
        ([(-100, 0, -90, 1), (100, 0, 110, 1)], [-100, 0, 110, 1]),
        ([(10, 0, 20, 1)], [10, 0, 20, 1]),
    ],
)
def test_a_bbox_is_as_rfc_7946_says(boxes: list[Any], expected: list[float]) -> None:
    shape = shapely.MultiPolygon([shapely.box(*box) for box in boxes])
    assert bbox_of(shape) == pytest.approx(expected)
