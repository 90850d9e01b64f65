"""The binary files of a tile: PNG, GeoTIFF and SKI, reproducible byte for byte."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from .noise import NoiseGrid
from .scenes import mercator_meters
from .tiles import MERCATOR_PIXEL

SKI_VERSION = "115"

_PIXEL_SCALE, _TIE_POINT, _GEO_KEYS = 33550, 33922, 34735


def png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of RGBA pixels, optimized for speed rather than size."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", compress_level=1)
    return target.getvalue()


def geotiff(pixels: NDArray[np.uint8] | NDArray[np.uint16], grid: NoiseGrid) -> bytes:
    """A GeoTIFF in EPSG:3857 of RGBA, 8-bit or 16-bit gray pixels that cover a tile."""
    size = MERCATOR_PIXEL * grid.step
    west, north = mercator_meters(grid.x, grid.y)
    tags = ImageFileDirectory_v2()
    tags[_PIXEL_SCALE] = (size, size, 0.0)
    tags[_TIE_POINT] = (0.0, 0.0, 0.0, west, north, 0.0)
    # Version 1.1.0 and three keys: projected model, pixels are areas, EPSG:3857.
    tags[_GEO_KEYS] = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 3857)
    tags.tagtype[_PIXEL_SCALE] = tags.tagtype[_TIE_POINT] = 12
    tags.tagtype[_GEO_KEYS] = 3
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "TIFF", tiffinfo=tags)
    return target.getvalue()


def ski(
    bands: Sequence[tuple[Sequence[str], NDArray[np.unsignedinteger[Any]]]],
    inside: NDArray[np.bool_],
    meta: Mapping[str, object],
) -> bytes:
    """A SKI file: a gzipped tar of info.json, meta.json and one .skb for each band.

    The last band is the mask of all others, with a bit for each: 0 where there is no data.
    """
    joined = [f"__MASK__{names[0]}__" for names, _ in bands]
    whole = (1 << len(joined)) - 1
    bands = [*bands, (joined, (inside * whole).astype(np.min_scalar_type(whole)))]
    info = {"bands": [{"names": list(names)} for names, _ in bands], "version": SKI_VERSION}
    members = {
        "info.json": json.dumps(info).encode(),
        "meta.json": json.dumps({"meta": meta}).encode(),
    }
    for number, (_, values) in enumerate(bands):
        members[f"{number:05d}.skb"] = _skb(values)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), compresslevel=1, mtime=0)


def _skb(values: NDArray[np.unsignedinteger[Any]]) -> bytes:
    """A band: type (the bits; even means unsigned), columns, rows, then each row minus the row above."""
    rows, columns = values.shape
    delta = values.copy()
    delta[1:] -= values[:-1]
    header = struct.pack("<HII", 8 * values.itemsize, columns, rows)
    return header + delta.astype(values.dtype.newbyteorder("<")).tobytes()


def georeference(grid: NoiseGrid, ground_meters: float) -> dict[str, object]:
    """Members of a band in a SKI's meta.json with the position of its pixels."""
    size = MERCATOR_PIXEL * grid.step
    west, north = mercator_meters(grid.x, grid.y)
    return {
        "pixelSizeX": size,
        "pixelSizeY": -size,
        "crsOriginX": west,
        "crsOriginY": north,
        "approximateResolutionX": ground_meters,
        "approximateResolutionY": ground_meters,
    }
