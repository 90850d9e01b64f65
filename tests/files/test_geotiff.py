"""GeoTIFFs are at the right place, pixel by pixel, and require no more memory for more tiles."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image
from pyproj import Transformer

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.maps.layout import layout_of
from spaceknow_client.maps.pictures.geotiff import GeoTiff
from tests.conftest import Both
from tests.files.maps import fetched, made, released

TILES = [sk.Tile(18, 242551, 151827), sk.Tile(18, 242553, 151828), sk.Tile(18, 242552, 151828)]
TO_DEGREES = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)

gdal = pytest.mark.skipif(
    not (shutil.which("gdalinfo") and shutil.which("ogrinfo")),
    reason="needs gdalinfo and ogrinfo (apt-get install gdal-bin)",
)


def png(pixels: NDArray[np.uint8], mode: str = "RGBA", **options: Any) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(target, options.pop("format", "PNG"), **options)
    return target.getvalue()


def noise(seed: int, size: int = 256) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (size, size, 4), np.uint8)


def corners(path: Path) -> tuple[float, float, float, float]:
    with rasterio.open(path) as picture:
        assert picture.crs.to_epsg() == 3857
        west, north = TO_DEGREES.transform(picture.bounds.left, picture.bounds.top)
        east, south = TO_DEGREES.transform(picture.bounds.right, picture.bounds.bottom)
    return west, south, east, north


@pytest.mark.parametrize("size", [256, 512])
@pytest.mark.parametrize("cloud_optimized", [True, False])
def test_each_tile_is_in_its_place(tmp_path: Path, size: int, cloud_optimized: bool) -> None:
    path = tmp_path / "a.tif"
    file = GeoTiff(path, layout_of(TILES), cloud_optimized=cloud_optimized)
    pictures = {tile: noise(number, size) for number, tile in enumerate(TILES[:2])}
    for tile, pixels in pictures.items():
        file.add(tile, "cars.png", png(pixels))
    file.close()
    assert [each.name for each in tmp_path.iterdir()] == ["a.tif"]
    with rasterio.open(path) as picture:
        assert (picture.width, picture.height, picture.count) == (3 * size, 2 * size, 4)
        assert picture.block_shapes == [(size, size)] * 4
        assert [each.name for each in picture.colorinterp] == ["red", "green", "blue", "alpha"]
        assert bool(picture.overviews(1)) is cloud_optimized
        assert (picture.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG") is cloud_optimized
        whole = picture.read()
        for tile, pixels in pictures.items():
            west, _, _, north = tile.bounds
            x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(west, north)
            row, column = picture.index(x + 0.01, y - 0.01)
            part = whole[:, row : row + size, column : column + size]
            assert np.array_equal(part, pixels.transpose(2, 0, 1))
            whole[:, row : row + size, column : column + size] = 0
        assert not whole.any()  # transparent where there is no data
    lefts, tops = {tile.x for tile in TILES}, {tile.y for tile in TILES}
    first = sk.Tile(18, min(lefts), min(tops)).bounds
    last = sk.Tile(18, max(lefts), max(tops)).bounds
    assert corners(path) == pytest.approx((first[0], last[1], last[2], first[3]), abs=1e-9)


@pytest.mark.parametrize("compression", ["zstd", "deflate", "none"])
def test_compressions(tmp_path: Path, compression: Any) -> None:
    path = tmp_path / "a.tif"
    file = GeoTiff(path, layout_of(TILES[:1]), compression=compression)
    file.add(TILES[0], "cars.png", png(noise(1)))
    file.close()
    with rasterio.open(path) as picture:
        assert picture.compression == (None if compression == "none" else picture.compression)
        assert np.array_equal(picture.read().transpose(1, 2, 0), noise(1))
    with pytest.raises(sk.InvalidArgumentError):
        GeoTiff(path, layout_of(TILES), compression="rle")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGB", {}), ("L", {}), ("LA", {}), ("P", {}), ("RGB", {"format": "JPEG", "quality": 100})],
)
def test_pictures_of_all_kinds_become_the_same(
    tmp_path: Path, mode: str, options: dict[str, Any]
) -> None:
    gray = np.full((256, 256, 4), 255, np.uint8)
    gray[:128, :, :3] = 80
    path = tmp_path / "a.tif"
    file = GeoTiff(path, layout_of(TILES[:1]))
    file.add(TILES[0], "cars.png", png(gray, mode, **options))
    file.close()
    with rasterio.open(path) as picture:
        assert np.array_equal(picture.read(), gray.transpose(2, 0, 1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n",
        png(noise(1))[:3000],
        b"<VRTDataset/>",
        png(noise(1)[:, :100]),
        png(noise(1, 16)),
        b"II*\0" + b"\xff" * 60,
    ],
)
def test_what_is_no_picture(tmp_path: Path, content: bytes) -> None:
    file = GeoTiff(tmp_path / "a.tif", layout_of(TILES))
    file.add(TILES[0], "cars.png", png(noise(1)))
    with pytest.raises(sk.InvalidResponseError, match=r"cars\.png of tile"):
        file.add(TILES[1], "cars.png", content)
    file.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_smaller_picture_is_made_larger(tmp_path: Path) -> None:
    file = GeoTiff(tmp_path / "a.tif", layout_of(TILES), cloud_optimized=False)
    file.add(TILES[1], "cars.png", png(noise(1, 512)))
    file.add(TILES[0], "cars.png", png(noise(2, 256)))
    file.close()
    with rasterio.open(tmp_path / "a.tif") as picture:
        small = picture.read(1)[:512, :512]
        assert np.array_equal(small[::2, ::2], noise(2)[..., 0])


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    file = GeoTiff(tmp_path / "gone" / "a.tif", layout_of(TILES))
    with pytest.raises(sk.DownloadError, match=r"cannot write .*a\.tif"):
        file.add(TILES[0], "cars.png", png(noise(1)))
    with pytest.raises(sk.DownloadError):
        file.close()


async def test_from_the_client_and_from_a_folder(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    imagery, client = released(emulator, "imagery"), both.of(emulator)
    one = await both.settle(client.kraken.save_mosaic(imagery, tmp_path / "one.tif"))
    mosaic = await both.settle(client.kraken.mosaic(imagery))
    await both.settle(client.kraken.download(imagery, tmp_path / "folder", "truecolor.png"))
    asked = len(fetched(emulator))
    folder = sk.MapFolder(tmp_path / "folder")
    assert folder.files == ["truecolor.png"]
    two = folder.save_mosaic(tmp_path / "two.tif")
    picture = folder.save_mosaic(tmp_path / "three.png")
    assert len(fetched(emulator)) == asked
    with rasterio.open(one) as first, rasterio.open(two) as second:
        assert first.transform == second.transform
        assert np.array_equal(first.read(), second.read())
        assert np.array_equal(first.read().transpose(1, 2, 0), np.asarray(mosaic.image))
    with Image.open(picture) as opened:
        assert np.array_equal(np.asarray(opened), np.asarray(mosaic.image))
    assert np.array_equal(np.asarray(folder.mosaic().image), np.asarray(mosaic.image))


@pytest.mark.parametrize(
    ("missing", "name", "compression"),
    [
        ("rasterio", "a.tif", "none"),
        ("numpy", "a.tif", "zstd"),
        ("isal", "a.tif", "deflate"),
        ("backports.zstd", "a.tif", "zstd"),
        ("PIL", "a.png", "zstd"),
    ],
)
def test_without_an_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, name: str, compression: Any
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with sk.SpaceKnow(auth=sk.TokenAuth("t")) as client:
        with pytest.raises(sk.ConfigError, match=rf"requires {missing}") as error:
            client.kraken.save_mosaic(made(*TILES), tmp_path / name, compression=compression)
        assert "pip install 'spaceknow-client[" in str(error.value)


async def test_numbers_stay_numbers(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    imagery, client = released(emulator, "imagery"), both.of(emulator)
    path = await both.settle(
        client.kraken.save_mosaic(imagery, tmp_path / "a.tif", "analysis.geotiff")
    )
    file = await both.settle(client.kraken.grid_file(imagery, imagery.tiles[0], "analysis.geotiff"))
    with (
        rasterio.MemoryFile(file.content) as memory,
        memory.open() as tile,
        rasterio.open(path) as all,
    ):
        assert all.dtypes == ("uint16", "uint16")
        row, column = all.index(tile.bounds.left + 0.01, tile.bounds.top - 0.01)
        part = all.read(1)[row : row + tile.height, column : column + tile.width]
        assert np.array_equal(part, tile.read(1))
        assert (all.read(2) == 65535).all()


async def test_nothing_is_left_of_a_picture_that_fails(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator, limits=sk.Limits(concurrency=1))
    for suffix in ("tif", "png"):
        emulator.fault("kraken.grid_file", Fault.body(b"no picture"))
        with pytest.raises(sk.InvalidResponseError):
            await both.settle(client.kraken.save_mosaic(cars, tmp_path / f"a.{suffix}"))
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(client.kraken.save_mosaic(cars, tmp_path / "a.gif"))
    assert os.listdir(tmp_path) == []


async def test_a_map_with_nothing_is_transparent(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.fault("kraken.grid_file", Fault.raw(b"HTTP/1.1 204 No Content\r\n\r\n", times=None))
    path = await both.settle(both.of(emulator).kraken.save_mosaic(made(*TILES), tmp_path / "a.tif"))
    with rasterio.open(path) as picture:
        assert (picture.width, picture.height) == (768, 512)
        assert not picture.read().any()


@gdal
def test_gdal_finds_the_place(emulator: Emulator, tmp_path: Path) -> None:
    """The programs that share QGIS's library, which do not use rasterio."""
    cars = released(emulator)
    with emulator.client() as client:
        path = client.kraken.save_mosaic(cars, tmp_path / "a.tif", compression="deflate")
        found = client.kraken.detections(cars)
    told = subprocess.run(["gdalinfo", path], capture_output=True, text=True, check=True).stdout
    assert 'ID["EPSG",3857]' in told
    assert "LAYOUT=COG" in told
    assert "Size is 512, 512" in told
    package = found.save(tmp_path / "a.gpkg")
    told = subprocess.run(
        ["ogrinfo", "-so", package, "detections"], capture_output=True, text=True, check=True
    ).stdout
    assert f"Feature Count: {len(found.features)}" in told
    assert 'ID["EPSG",4326]' in told
    (line,) = [line for line in told.splitlines() if line.startswith("Extent: ")]
    where = [float(number) for number in re.findall(r"-?\d+\.\d+", line)]
    west, south, east, north = corners(path)
    assert west < where[0] < where[2] < east
    assert south < where[1] < where[3] < north


MEMORY = """
import resource, sys
from pathlib import Path
import spaceknow_client as sk
from spaceknow_client.maps.pictures.geotiff import GeoTiff
from spaceknow_client.maps.map_files import in_quads
from spaceknow_client.maps.layout import layout_of
content, path, is_cog = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]), sys.argv[3] == "True"
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
def write(side):
    tiles = [sk.Tile(16, 7 + n % side, 5 + n // side) for n in range(side * side)]
    map = sk.KrakenMap(map_id="m", map_type="cars", max_zoom=19, tiles=tuple(tiles))
    file = GeoTiff(path, layout_of(tiles), tiles, cloud_optimized=is_cog)
    for tile in in_quads(map, None):
        file.add(tile, "cars.png", content)
    file.close()
write(2)
before = most()
write(20)
print(most() - before)
"""


@pytest.mark.parametrize("cloud_optimized", [True, False])
def test_memory_does_not_grow_with_the_picture(tmp_path: Path, cloud_optimized: bool) -> None:
    (tmp_path / "tile.png").write_bytes(png(noise(1)))
    files = [str(tmp_path / name) for name in ("tile.png", "a.tif")]
    command = [sys.executable, "-c", MEMORY, *files, str(cloud_optimized)]
    grown = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert grown < 16 * 2**20  # the picture has 105 MB


@pytest.mark.parametrize("cloud_optimized", [True, False])
def test_repeats_are_the_same_bytes(tmp_path: Path, cloud_optimized: bool) -> None:
    """For any order of the tiles."""
    made = []
    for tiles in (TILES, TILES[::-1]):
        file = GeoTiff(tmp_path / "a.tif", layout_of(TILES), cloud_optimized=cloud_optimized)
        for tile in tiles:
            file.add(tile, "cars.png", png(noise(tile.x)))
        file.close()
        made.append((tmp_path / "a.tif").read_bytes())
    assert made[0] == made[1]
