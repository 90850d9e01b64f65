"""Files that others read: all kinds of numbers, all compressions, large files, and a COG's order."""

from __future__ import annotations

import io
import resource
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
from spaceknow_client import tiff
from spaceknow_client.geotiff import GeoTiff
from spaceknow_client.mosaic import Layout
from spaceknow_client.tile import Tile

SIDE = 64


def numbers(dtype: str, seed: int, bands: int = 1) -> Any:
    chance = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return chance.normal(size=(bands, SIDE, SIDE)).astype(dtype)
    most = np.iinfo(dtype)
    return chance.integers(most.min, most.max, (bands, SIDE, SIDE), dtype, endpoint=True)


def geotiff(pixels: Any) -> bytes:
    shape: dict[str, Any] = {"count": len(pixels), "height": SIDE, "width": SIDE}
    shape |= {"dtype": pixels.dtype, "transform": from_origin(0, 0, 2, 2)}
    with MemoryFile() as file:
        with file.open(driver="GTiff", **shape) as made:
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
    """A file that offsets of 32 bits do not reach is a BigTIFF."""
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
    else:  # what knows TIFF alone takes this one
        with Image.open(path) as other:
            assert np.array_equal(np.asarray(other), np.asarray(whole))


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
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))  # stands for the end of the disk
    try:
        with pytest.raises(sk.DownloadError, match=r"a\.tif cannot be written: .*too large"):
            file.add(Tile(5, 4, 7), "a.png", png(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    file.drop()
    assert list(tmp_path.iterdir()) == []
