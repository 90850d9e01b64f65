"""The pixels of a tile's picture, decoded by GDAL in less than half of Pillow's time.

Requires rasterio. The bands of a pixel are interleaved as in a file, which is fast in GDAL, and needs no
conversion for writing.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from ...errors.base import InvalidResponseError
from ..tile import Tile
from .tiff import Pixels

if TYPE_CHECKING:
    import rasterio.io

RGBA = ("red", "green", "blue", "alpha")

# The only allowed driver, by the first bytes of a file: some drivers read other files or the network.
_DRIVERS = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"II*\0": "GTiff", b"MM\0*": "GTiff"}
_SIDES = (64, 4096)  # pixels; the API's tiles have 256 or 512
# A file of a few bytes can claim any number of bands.
_MOST_BANDS = 256
_MOST = 2**28  # maximum bytes of a tile's pixels
_STEP = 16  # sides of a TIFF's blocks are multiples of this

_room = threading.local()


def decoded(
    tile: Tile, name: str, content: bytes, side: int | None
) -> tuple[Pixels, tuple[str, ...], bool]:
    """The bands, the last of which is alpha; their names; whether they are colors.

    The arrays are valid until the thread decodes the next picture.

    Args:
        side: scale to this side in pixels; by default the picture's own.

    Raises InvalidResponseError for an invalid picture of a tile.
    """
    from rasterio import Env
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    driver = _DRIVERS.get(content[:4]) or _DRIVERS.get(content[:3])
    if driver is None or (driver == "PNG" and not _is_whole(content)):
        raise unreadable(tile, name, "not a valid picture")
    try:
        with Env(), MemoryFile(content) as file, file.open(driver=driver) as picture:
            has = (picture.width, picture.height)
            if has[0] != has[1] or has[0] % _STEP or not _SIDES[0] <= has[0] <= _SIDES[1]:
                raise unreadable(tile, name, f"{has[0]} x {has[1]} pixels large")
            bands, itemsize = picture.count + 1, np.dtype(picture.dtypes[0]).itemsize
            if bands > _MOST_BANDS or bands * (side or has[0]) ** 2 * itemsize > _MOST:
                raise unreadable(tile, name, f"a picture of {picture.count} bands")
            pixels, is_color = _bands(picture, side or has[0], is_tiff=driver == "GTiff")
            names = RGBA if is_color else _names(picture, pixels.shape[2])
            return pixels, names, is_color
    except (RasterioError, TypeError, ValueError, IndexError, OSError, OverflowError):
        pass
    # Raised without rasterio's error, which cannot be pickled.
    raise unreadable(tile, name, "not a valid picture")


def unreadable(tile: Tile, name: str, problem: str) -> InvalidResponseError:
    """The error for a tile's file that is `problem`."""
    return InvalidResponseError(
        f"{name} of tile {tuple(tile)} is {problem}", operation="kraken.grid_file"
    )


def _names(picture: rasterio.io.DatasetReader, bands: int) -> tuple[str, ...]:
    told = [text or "" for text in picture.descriptions[: bands - 1]]
    return (*told, "alpha")


def _bands(picture: rasterio.io.DatasetReader, side: int, *, is_tiff: bool) -> tuple[Pixels, bool]:
    from rasterio.enums import ColorInterp

    meant, dtype = picture.colorinterp, np.dtype(picture.dtypes[0])
    if dtype.kind not in "iuf" or (not is_tiff and dtype != np.uint8):
        raise ValueError("no numbers, or more than 8 bits")
    if not is_tiff and meant[0] == ColorInterp.palette:
        table = np.zeros((256, 4), np.uint8)
        for index, color in picture.colormap(1).items():
            table[index] = color
        return np.take(table, _read(picture, (side, side, 1))[..., 0], axis=0), True
    is_opaque = picture.count == 1 or meant[-1] != ColorInterp.alpha
    count = picture.count + is_opaque
    if not is_tiff and count == 2:
        return _read(picture, (side, side, 2))[..., [0, 0, 0, 1]], True
    if not is_tiff and count != 4:
        raise ValueError("neither gray nor colored")
    pixels = _read(picture, (side, side, count))
    return pixels, not is_tiff or (count == 4 and meant[0] == ColorInterp.red)


def _read(picture: rasterio.io.DatasetReader, shape: tuple[int, int, int]) -> Pixels:
    """All bands; a missing alpha band is opaque where there is data."""
    from rasterio.enums import MaskFlags

    dtype = np.dtype(picture.dtypes[0])
    pixels: Pixels | None = getattr(_room, "pixels", None)
    if pixels is None or pixels.shape != shape or pixels.dtype != dtype:
        _room.pixels = pixels = np.empty(shape, dtype)
    picture.read(out=pixels.transpose(2, 0, 1)[: picture.count])
    if picture.count < shape[2]:
        pixels[..., -1] = np.iinfo(dtype).max if dtype.kind in "iu" else 1
        if any(MaskFlags.all_valid not in flags for flags in picture.mask_flag_enums):
            pixels[picture.dataset_mask(out_shape=shape[:2]) == 0, -1] = 0
    if picture.driver == "PNG" and picture.count == 1 and shape[2] == 2:
        bits = int(picture.tags(1, ns="IMAGE_STRUCTURE").get("NBITS", 8))
        pixels[..., 0] *= 255 // (2**bits - 1)  # gray of fewer bits is returned as it is stored
    return pixels


def _is_whole(png: bytes) -> bool:
    """Whether all chunks of a PNG are present and undamaged: GDAL's fast path would not report it.

    A PNG that was created with fewer rows than it declares is not detected; counting them would take
    as long as decoding it.
    """
    at = 8
    while (kind := png[at + 4 : at + 8]) != b"IEND":
        end = at + 8 + int.from_bytes(png[at : at + 4])
        if len(kind) < 4 or crc32(memoryview(png)[at + 4 : end]) != int.from_bytes(
            png[end : end + 4]
        ):
            return False
        at = end + 4
    return True


_quiet_lock = threading.Lock()
_quiet_users = 0
_quiet_filters = warnings.catch_warnings()


@contextmanager
def quiet() -> Iterator[None]:
    """Suppresses rasterio's warning that a picture has no georeference: the tile has it.

    Filters are global to the process, so the first thread sets them, and the last one restores them.
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
