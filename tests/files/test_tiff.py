"""Files for other programs: all kinds of numbers, all compressions, large files, and a COG's order."""

from __future__ import annotations

import io
import resource
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from rio_cogeo.cogeo import cog_validate

import spaceknow_client as sk
from spaceknow_client.maps.layout import Layout
from spaceknow_client.maps.pictures import tiff
from spaceknow_client.maps.pictures.geotiff import GeoTiff
from spaceknow_client.maps.tile import Tile

SIDE = 64


def numbers(dtype: str, seed: int, bands: int = 1) -> Any:
    chance = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return chance.normal(size=(bands, SIDE, SIDE)).astype(dtype)
    most = np.iinfo(dtype)
    return chance.integers(most.min, most.max, (bands, SIDE, SIDE), dtype, endpoint=True)


def geotiff(pixels: Any, **options: Any) -> bytes:
    shape: dict[str, Any] = {"count": len(pixels), "height": SIDE, "width": SIDE}
    shape |= {"dtype": pixels.dtype, "transform": from_origin(0, 0, 2, 2)}
    with MemoryFile() as file:
        with file.open(driver="GTiff", **shape, **options) as made:
            made.write(pixels)
        return bytes(file.read())


@pytest.mark.parametrize("cloud_optimized", [True, False])
@pytest.mark.parametrize("compression", ["zstd", "deflate", "none"])
@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
def test_numbers_of_all_kinds(
    tmp_path: Path, dtype: str, compression: Any, cloud_optimized: bool
) -> None:
    path = tmp_path / "a.tif"
    how: Any = {"compression": compression, "cloud_optimized": cloud_optimized}
    file = GeoTiff(path, Layout(5, 3, 7, 3, 2), **how)
    tiles = {
        (row, column): numbers(dtype, row * 3 + column, 2) for row in (0, 1) for column in (0, 2)
    }
    for (row, column), pixels in tiles.items():
        file.add(Tile(5, 3 + column, 7 + row), "a.geotiff", geotiff(pixels))
    file.close()
    with rasterio.open(path) as picture:
        assert picture.dtypes == (dtype,) * 3
        whole = picture.read()
    for (row, column), pixels in tiles.items():
        part = whole[:, row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
        assert np.array_equal(part[:2], pixels)
        assert (part[2] == (np.iinfo(dtype).max if pixels.dtype.kind in "iu" else 1)).all()
    assert not whole[:, :, SIDE : 2 * SIDE].any()
    if cloud_optimized:
        assert cog_validate(path, strict=True) == (True, [], [])
        with rasterio.open(path, overview_level=1) as small:
            assert small.shape == (32, 48)
            assert set(small.read(1).flat) <= {0, *whole[0].flat}


def png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 4), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("big", [True, False])
@pytest.mark.parametrize("cloud_optimized", [True, False])
def test_large_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, big: bool, cloud_optimized: bool
) -> None:
    """A file that exceeds offsets of 32 bits is a BigTIFF."""
    monkeypatch.setattr(tiff, "_CLASSIC", 30_000 if big else 2**32)
    path, whole = tmp_path / "a.tif", Image.new("RGBA", (3 * SIDE, 3 * SIDE))
    how: Any = {"compression": "deflate", "cloud_optimized": cloud_optimized}
    file = GeoTiff(path, Layout(5, 3, 7, 3, 3), **how)
    for number, tile in enumerate([Tile(5, 4, 7), Tile(5, 3, 9), Tile(5, 5, 8)]):
        file.add(tile, "a.png", png(number))
        whole.paste(Image.open(io.BytesIO(png(number))), ((tile.x - 3) * SIDE, (tile.y - 7) * SIDE))
    file.close()
    assert path.read_bytes()[2] == (43 if big else 42)
    with rasterio.open(path) as picture:
        assert np.array_equal(picture.read().transpose(1, 2, 0), np.asarray(whole))
    if cloud_optimized:
        assert cog_validate(path, strict=True) == (True, [], [])
    else:  # programs that support only classic TIFF read this one
        with Image.open(path) as other:
            assert np.array_equal(np.asarray(other), np.asarray(whole))


def directories(content: bytes) -> list[int]:
    """The start of the directories of a classic TIFF."""
    found, (at,) = [], struct.unpack("<I", content[4:8])
    while at:
        found.append(at)
        (count,) = struct.unpack("<H", content[at : at + 2])
        (at,) = struct.unpack("<I", content[at + 2 + 12 * count :][:4])
    return found


def test_a_very_large_picture_of_few_tiles(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    layout = Layout(20, 5, 5, 1000, 1000)
    tiles = [Tile(20, 5, 5), Tile(20, 1004, 1004)]
    for cloud_optimized in (True, False):
        file = GeoTiff(path, layout, tiles, cloud_optimized=cloud_optimized)
        for tile in tiles:
            file.add(tile, "a.png", png(tile.x))
        file.close()
        assert path.stat().st_size < 24e6
        if cloud_optimized:  # a reader of a remote file receives all directories at once
            assert max(directories(path.read_bytes())) < 4096
        with rasterio.open(path) as picture:
            assert picture.shape == (64_000, 64_000)
            last = picture.read(window=((63_936, 64_000), (63_936, 64_000)))
            assert np.array_equal(
                last.transpose(1, 2, 0), np.asarray(Image.open(io.BytesIO(png(1004))))
            )


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    file = GeoTiff(tmp_path / "a.tif", Layout(5, 3, 7, 2, 1))
    file.add(Tile(5, 3, 7), "a.png", png(1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))  # represents the end of the disk
    try:
        with pytest.raises(sk.DownloadError, match=r"cannot write .*a\.tif: .*too large"):
            file.add(Tile(5, 4, 7), "a.png", png(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    file.drop()
    assert list(tmp_path.iterdir()) == []


def stitched(path: Path, *contents: bytes) -> Any:
    """The pixels that rasterio reads from a picture with these tiles side by side."""
    file = GeoTiff(path, Layout(5, 3, 7, len(contents), 1))
    for column, content in enumerate(contents):
        file.add(Tile(5, 3 + column, 7), "a.png", content)
    file.close()
    with rasterio.open(path) as picture:
        return picture.read()


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_of_few_bits(tmp_path: Path, bits: int) -> None:
    levels = np.linspace(0, 255, 2**bits).astype(np.uint8)
    gray = np.resize(levels, (SIDE, SIDE))
    file = io.BytesIO()
    if bits == 1:
        Image.fromarray(gray).convert("1", dither=Image.Dither.NONE).save(file, "PNG")
    else:
        file.write(png_of_grey(np.resize(np.arange(2**bits, dtype=np.uint8), (SIDE, SIDE)), bits))
    whole = stitched(tmp_path / "a.tif", file.getvalue())
    assert np.array_equal(whole[0], gray)
    assert (whole[3] == 255).all()


def png_of_grey(values: Any, bits: int) -> bytes:
    """Pillow writes 8 bits or one."""
    rows = np.unpackbits(values[..., None], axis=2)[..., -bits:].reshape(SIDE, -1)
    packed = b"".join(b"\0" + row.tobytes() for row in np.packbits(rows, axis=1))
    made = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", SIDE, SIDE, bits, 0, 0, 0, 0)
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(packed)), (b"IEND", b"")):
        made += struct.pack(">I", len(data)) + kind + data
        made += struct.pack(">I", zlib.crc32(kind + data))
    return made


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_color_that_is_transparent(tmp_path: Path, mode: str) -> None:
    pixels = np.full((SIDE, SIDE, 3), 90, np.uint8)
    pixels[:10] = 7
    file = io.BytesIO()
    transparent: Any = 7 if mode == "L" else (7, 7, 7)
    Image.fromarray(pixels).convert(mode).save(file, "PNG", transparency=transparent)
    whole = stitched(tmp_path / "a.tif", file.getvalue())
    assert (whole[3][:10] == 0).all()
    assert (whole[3][10:] == 255).all()


def test_numbers_without_data(tmp_path: Path) -> None:
    pixels = numbers("int16", 1)
    pixels[0, :20] = -99
    whole = stitched(tmp_path / "a.tif", geotiff(pixels, nodata=-99))
    assert np.array_equal(whole[0], pixels[0])
    assert np.array_equal(whole[1] == 0, pixels[0] == -99)


def test_a_small_file_of_many_bands(tmp_path: Path) -> None:
    many = geotiff(np.zeros((5000, SIDE, SIDE), np.uint8), sparse_ok=True, interleave="band")
    with pytest.raises(sk.InvalidResponseError, match="5000 bands"):
        stitched(tmp_path / "a.tif", many)


def test_numbers_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(sk.InvalidResponseError, match="not a valid picture"):
        stitched(tmp_path / "a.tif", geotiff(np.zeros((1, SIDE, SIDE), np.complex64)))


def test_classes_in_three_bands_are_not_mixed(tmp_path: Path) -> None:
    classes = np.random.default_rng(1).choice([1, 9], (3, SIDE, SIDE)).astype(np.uint8)
    stitched(
        tmp_path / "a.tif",
        geotiff(classes, photometric="minisblack"),
        geotiff(classes, photometric="minisblack"),
    )
    with rasterio.open(tmp_path / "a.tif", overview_level=0) as small:
        assert set(small.read(1).flat) == {1, 9}


def test_a_tile_that_comes_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    sizes = []
    for times in (1, 5):
        file = GeoTiff(path, Layout(5, 3, 7, 2, 1), cloud_optimized=False)
        for _ in range(times):
            file.add(Tile(5, 3, 7), "a.png", png(1))
        file.close()
        file.close()  # there is nothing left to do
        file.drop()
        sizes.append(path.stat().st_size)
    assert sizes[0] == sizes[1]
