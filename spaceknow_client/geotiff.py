"""A GeoTIFF stitched from the tiles of a map, tile by tile, in constant memory. Needs the extra `geo`.

Each tile is one block of the file, so nothing is read back or written twice. GDAL decodes the pictures,
which takes it less than half of Pillow's time. What cannot be made in this way is a cloud-optimised
layout, with small versions of the picture before the picture: GDAL makes it of the finished file.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zlib import crc32

from .errors.base import ConfigError, DownloadError, InvalidArgumentError, InvalidResponseError
from .mosaic import TILE_SIZE, Layout
from .tile import HALF_WORLD, Tile

if TYPE_CHECKING:
    import numpy as np
    import rasterio.io
    from numpy.typing import NDArray

Compression: TypeAlias = Literal["zstd", "deflate", "none"]

# Level 1 of both: slower levels take several times as long for a tenth less.
_COMPRESSED: dict[str, dict[str, Any]] = {
    "zstd": {"compress": "zstd", "zstd_level": 1, "predictor": 2},
    "deflate": {"compress": "deflate", "zlevel": 1, "predictor": 2},
    "none": {},
}
_OPTIMISED: dict[str, dict[str, Any]] = {
    "zstd": {"compress": "zstd", "level": 1, "predictor": "yes"},
    "deflate": {"compress": "deflate", "level": 1, "predictor": "yes"},
    "none": {"compress": "none"},
}
# By the first bytes of a file, what alone may decode it: some drivers read other files or the network.
_DRIVERS = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"II*\0": "GTiff", b"MM\0*": "GTiff"}
_SIDES = (64, 4096)  # pixels; the API's tiles have 256 or 512
_CACHE = 64 * 2**20  # bytes of blocks that GDAL keeps


def require_rasterio() -> None:
    """Raises ConfigError when rasterio is not installed."""
    if find_spec("rasterio") is None:
        raise ConfigError("a GeoTIFF needs rasterio.", hint="pip install 'spaceknow-client[geo]'")


class GeoTiff:
    """A file that is being written. Threads may add tiles.

    Args:
        path: the file; it gets this name when it is whole.
        layout: the tiles that it shows.
        compression: `zstd`, `deflate` (which every program reads) or `none`.
        cloud_optimized: as a Cloud Optimized GeoTIFF, with overviews.

    Raises DownloadError when the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        *,
        compression: Compression = "zstd",
        cloud_optimized: bool = True,
    ) -> None:
        require_rasterio()
        if compression not in _COMPRESSED:
            raise InvalidArgumentError(
                f"compression is zstd, deflate or none, not {compression!r}."
            )
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._zoom, self._left, self._top, self._columns, self._rows = layout
        self._compression = compression
        self._cloud_optimized = cloud_optimized
        self._lock = threading.Lock()
        self._file: Any = None
        self._dropped = False
        self._size = TILE_SIZE
        self._shape: tuple[int, str] = (4, "uint8")

    def add(self, tile: Tile, name: str, content: bytes) -> None:
        """Puts a tile's picture in its place. Raises InvalidResponseError for what is none."""
        with _quiet():
            pixels, picture = self._decoded(tile, name, content)
            with self._lock:
                if self._dropped:
                    return
                if self._file is None:
                    self._begin(pixels, picture)
                if (pixels.shape[0], str(pixels.dtype)) != self._shape:
                    raise _unreadable(tile, name, "another kind of picture than the tiles before")
                with self._written():
                    self._write(tile, pixels)

    def _decoded(self, tile: Tile, name: str, content: bytes) -> tuple[NDArray[Any], bool]:
        """Bands, the last of which is how opaque it is, and whether they are red, green and blue."""
        from rasterio.errors import RasterioError
        from rasterio.io import MemoryFile

        driver = _DRIVERS.get(content[:4]) or _DRIVERS.get(content[:3])
        if driver is None or (driver == "PNG" and not _is_whole(content)):
            raise _unreadable(tile, name, "no picture that can be read")
        try:
            with MemoryFile(content) as file, file.open(driver=driver) as picture:
                if not (
                    _SIDES[0] <= picture.width <= _SIDES[1] and picture.width == picture.height
                ):
                    raise _unreadable(
                        tile, name, f"{picture.width} x {picture.height} pixels large"
                    )
                with self._lock:
                    size = self._size if self._file is not None else picture.width
                return _bands(picture, size, driver != "GTiff")
        except (RasterioError, ValueError, IndexError, OSError) as error:
            raise _unreadable(tile, name, "no picture that can be read") from error

    def _begin(self, pixels: NDArray[Any], colours: bool) -> None:
        import rasterio
        from rasterio.enums import ColorInterp

        count, size = pixels.shape[0], pixels.shape[1]
        self._size, self._shape = size, (count, str(pixels.dtype))
        with self._written(), rasterio.Env(GDAL_CACHEMAX=_CACHE):
            self._file = rasterio.open(
                self._part,
                "w",
                driver="GTiff",
                width=self._columns * size,
                height=self._rows * size,
                count=count,
                dtype=pixels.dtype,
                crs="EPSG:3857",
                transform=self.transform,
                tiled=True,
                blockxsize=size,
                blockysize=size,
                interleave="pixel",
                bigtiff="if_safer",
                sparse_ok=True,
                num_threads="all_cpus",
                photometric="rgb" if colours else "minisblack",
                alpha="unspecified",
                **_COMPRESSED[self._compression],
            )
            named = [ColorInterp.red, ColorInterp.green, ColorInterp.blue] if colours else []
            named += [
                ColorInterp.gray if not index else ColorInterp.undefined for index in range(count)
            ][len(named) : -1]
            self._file.colorinterp = [*named, ColorInterp.alpha]

    @property
    def transform(self) -> Any:
        """From pixels to metres of EPSG:3857 (affine.Affine)."""
        from affine import Affine

        west, north = Tile(self._zoom, self._left, self._top).corner
        pixel = 2 * HALF_WORLD / 2**self._zoom / self._size
        return Affine(pixel, 0.0, west, 0.0, -pixel, north)

    def _write(self, tile: Tile, pixels: NDArray[Any]) -> None:
        from rasterio.windows import Window

        size = self._size
        left, top = (tile.x - self._left) * size, (tile.y - self._top) * size
        self._file.write(pixels, window=Window.from_slices((top, top + size), (left, left + size)))

    @contextmanager
    def _written(self) -> Iterator[None]:
        from rasterio.errors import RasterioError

        try:
            yield
        except (RasterioError, OSError) as error:
            raise DownloadError(f"{self._path} cannot be written: {error}") from error

    def close(self) -> None:
        """Finishes the file and gives it its name. A map without any picture is a transparent one."""
        import numpy as np
        import rasterio
        from rasterio.shutil import copy

        with _quiet(), self._lock:
            if self._file is None:
                self._begin(np.zeros((4, TILE_SIZE, TILE_SIZE), np.uint8), True)
            with self._written(), rasterio.Env(GDAL_CACHEMAX=_CACHE):
                if self._file is not None:
                    self._file.close()
                if self._cloud_optimized:
                    second = self._path.with_name(f"{self._path.name}.part2")
                    try:
                        copy(
                            str(self._part),
                            str(second),
                            driver="COG",
                            blocksize=self._size,
                            num_threads="all_cpus",
                            sparse_ok="yes",
                            bigtiff="if_safer",
                            overview_resampling="average" if self._shape[0] == 4 else "nearest",
                            **_OPTIMISED[self._compression],
                        )
                        os.replace(second, self._part)
                    finally:
                        with suppress(FileNotFoundError):
                            second.unlink()
                os.replace(self._part, self._path)

    def drop(self) -> None:
        """Gives up; nothing is left of an unfinished file."""
        with self._lock:
            self._dropped = True
            if self._file is not None:
                with suppress(Exception):  # whatever GDAL says of a file that nobody wants
                    self._file.close()
            with suppress(OSError):
                self._part.unlink()


def _bands(
    picture: rasterio.io.DatasetReader, size: int, colours: bool
) -> tuple[NDArray[Any], bool]:
    import numpy as np
    from rasterio.enums import ColorInterp

    resized = None if picture.width == size else (picture.count, size, size)
    pixels: NDArray[Any] = picture.read(out_shape=resized)
    if colours and picture.colorinterp[0] == ColorInterp.palette:
        table = np.zeros((256, 4), np.uint8)
        for index, colour in picture.colormap(1).items():
            table[index] = colour
        return np.ascontiguousarray(table[pixels[0]].transpose(2, 0, 1)), True
    if colours and pixels.dtype != np.uint8:
        raise ValueError("more than 8 bits")
    most = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "iu" else 1
    if picture.colorinterp[-1] != ColorInterp.alpha:
        opaque: NDArray[np.generic] = np.full((1, size, size), most, pixels.dtype)
        pixels = np.concatenate([pixels, opaque])
    if colours and pixels.shape[0] == 2:
        pixels = pixels[[0, 0, 0, 1]]
    if colours and pixels.shape[0] != 4:
        raise ValueError("neither grey nor coloured")
    red = len(picture.colorinterp) > 2 and picture.colorinterp[0] == ColorInterp.red
    return pixels, colours or red


def _is_whole(png: bytes) -> bool:
    """Whether all parts of a PNG are there and undamaged: GDAL's fast way would read on silently."""
    at = 8
    while (kind := png[at + 4 : at + 8]) != b"IEND":
        end = at + 8 + int.from_bytes(png[at : at + 4])
        if len(kind) < 4 or crc32(memoryview(png)[at + 4 : end]) != int.from_bytes(
            png[end : end + 4]
        ):
            return False
        at = end + 4
    return True


def _unreadable(tile: Tile, name: str, problem: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"{name} of tile {tuple(tile)} is {problem}", operation="kraken.grid_file"
    )


_quiet_lock = threading.Lock()
_quiet_users = 0
_quiet_filters = warnings.catch_warnings()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps rasterio from warning of each picture that it says no place: the tile knows it.

    Filters are those of the whole process, so the first thread in sets them, and the last out puts
    back what there was.
    """
    global _quiet_users, _quiet_filters
    from rasterio.errors import NotGeoreferencedWarning

    with _quiet_lock:
        _quiet_users += 1
        if _quiet_users == 1:
            _quiet_filters = warnings.catch_warnings()
            _quiet_filters.__enter__()
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_users -= 1
            if not _quiet_users:
                _quiet_filters.__exit__(None, None, None)
