"""Mosaics are assembled correctly, and only pictures are opened."""

from __future__ import annotations

import io

import pytest
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.maps.grid_file import GridFile
from spaceknow_client.maps.tile import position


def png(color: str, size: int = 256) -> bytes:
    target = io.BytesIO()
    Image.new("RGBA", (size, size), color).save(target, "PNG")
    return target.getvalue()


def file(tile: sk.Tile, content: bytes) -> GridFile:
    return GridFile(tile=tile, name="cars.png", content=content, media_type=None)


def test_tiles_are_put_in_place_and_the_rest_is_transparent() -> None:
    tiles = [sk.Tile(5, 10, 7), sk.Tile(5, 11, 8), sk.Tile(5, 10, 8)]
    files = [file(tiles[0], png("red")), file(tiles[1], png("blue")), None]
    mosaic = sk.Mosaic.read(tiles, files)
    assert mosaic.image.size == (512, 512)
    assert mosaic.image.getpixel((0, 0)) == (255, 0, 0, 255)
    assert mosaic.image.getpixel((511, 511)) == (0, 0, 255, 255)
    assert mosaic.image.getpixel((511, 0)) == (0, 0, 0, 0)
    assert mosaic.image.getpixel((0, 511)) == (0, 0, 0, 0)
    west, south, east, north = tiles[1].bounds
    assert mosaic.pixel(west, north) == pytest.approx((256, 256))
    assert mosaic.pixel(east, south) == pytest.approx((512, 512))


def test_larger_tiles_make_a_larger_picture() -> None:
    tiles = [sk.Tile(5, 10, 7), sk.Tile(5, 11, 7)]
    mosaic = sk.Mosaic.read(tiles, [file(tile, png("red", 512)) for tile in tiles])
    assert mosaic.image.size == (1024, 512)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n", png("red")[:60], b"\x89PNG\r\n"]
)
def test_what_is_no_picture(content: bytes) -> None:
    tile = sk.Tile(5, 10, 7)
    with pytest.raises(sk.InvalidResponseError, match="not a valid picture"):
        sk.Mosaic.read([tile], [file(tile, content)])


@pytest.mark.parametrize(
    "tiles",
    [
        [],
        [sk.Tile(5, 1, 1), sk.Tile(6, 1, 1)],
        [sk.Tile(19, 0, 0), sk.Tile(19, 400_000, 400_000)],
    ],
)
def test_tiles_that_make_no_picture(tiles: list[sk.Tile]) -> None:
    with pytest.raises(sk.InvalidArgumentError):
        sk.Mosaic.read(tiles, [None] * len(tiles))


def test_tiles_know_their_place() -> None:
    tile = sk.Tile(16, 60626, 37959)
    west, _, east, north = tile.bounds
    assert west < 153.03 < 153.1 < east + 0.1
    assert position(west, north, 16) == pytest.approx((60626, 37959))
    assert all(child.parent == tile for child in tile.children)
    assert sk.Tile(0, 0, 0).bounds == pytest.approx((-180, -85.051129, 180, 85.051129))


@pytest.mark.parametrize(
    ("properties", "count"),
    [({"count": 2}, 2), ({"count": 2.0}, 2), ({}, 1), (None, 1), ({"count": None}, 1)],
)
def test_a_detection_stands_for_its_count(properties: object, count: int) -> None:
    import json

    feature = {"type": "Feature", "geometry": None, "properties": properties}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    found = sk.Detections.read([file(sk.Tile(1, 0, 0), content), None])
    assert found.count == count


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'{"features": [1]}', b'{"features": [{"properties": {"area": "12"}}]}', b"x"],
)
def test_what_is_no_detection(content: bytes) -> None:
    with pytest.raises(sk.InvalidResponseError):
        sk.Detections.read([file(sk.Tile(1, 0, 0), content)])


def test_pictures_name_their_extra_where_pillow_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spaceknow_client.runtime.extras.find_spec", lambda name: None)
    with pytest.raises(sk.ConfigError, match=r"spaceknow-client\[images\]"):
        sk.Mosaic.read([sk.Tile(1, 0, 0)], [None])
