"""The bytes of a tiled TIFF: its blocks, and the header with their positions. Pure.

The format is TIFF 6.0, or BigTIFF for large files, with the keys of GeoTIFF 1.1. GDAL writes a
cloud-optimized file only as a copy of a complete file, which takes several times as long, and memory that
grows with the picture. Requires numpy.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from .mosaic import Compression

Pixels: TypeAlias = NDArray[Any]  # rows, columns, bands

COMPRESSIONS: dict[Compression, int] = {"zstd": 50000, "deflate": 8, "none": 1}
_LEVEL = 1  # slower levels take several times as long and save a tenth
_SAMPLES = {"u": 1, "i": 2, "f": 3}
_CLASSIC = 2**32  # maximum size of a TIFF; larger files are BigTIFF

# GDAL's declaration that the blocks are in order, each preceded by its length and followed by its last
# four bytes: a reader of a remote file then needs no list of lengths.
_PROMISE = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
PROMISE = b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(_PROMISE) + _PROMISE


@frozen(kw_only=True)
class Form:
    """Common properties of all blocks of a file. `is_color`: red, green, blue and alpha.

    `names` are the names of the bands, empty for a band without one.
    """

    side: int
    bands: int
    names: tuple[str, ...]
    dtype: np.dtype[Any]
    is_color: bool
    compression: Compression

    @classmethod
    def of(
        cls, pixels: Pixels, names: tuple[str, ...], is_color: bool, compression: Compression
    ) -> Form:
        """The format of a block with these pixels."""
        _, side, bands = pixels.shape
        return cls(
            side=side,
            bands=bands,
            names=names,
            dtype=pixels.dtype,
            is_color=is_color,
            compression=compression,
        )

    @property
    def block_bytes(self) -> int:
        """The bytes of an uncompressed block."""
        return self.side * self.side * self.bands * self.dtype.itemsize

    @property
    def predictor(self) -> int:
        """The predictor: differences of integers, or of the bytes of floats."""
        if self.compression == "none":
            return 1
        return 3 if self.dtype.kind == "f" else 2


@frozen
class BlockGrid:
    """The positions of a picture's blocks in the file (rows, columns); a size of 0 means no block."""

    width: int
    height: int
    offsets: NDArray[np.uint64]
    sizes: NDArray[np.uint32]

    @classmethod
    def empty(cls, width: int, height: int, side: int) -> BlockGrid:
        """For a picture with this number of pixels, and blocks of `side`."""
        shape = (-(-height // side), -(-width // side))
        return cls(width, height, np.zeros(shape, np.uint64), np.zeros(shape, np.uint32))

    def packed(self, start: int, before: int, after: int) -> tuple[BlockGrid, int]:
        """The blocks in sequence, with these bytes around each; and the end of the last one."""
        taken = np.where(self.sizes, self.sizes + np.uint64(before + after), np.uint64(0))
        ends = np.uint64(start) + np.cumsum(taken, dtype=np.uint64).reshape(taken.shape)
        offsets = np.where(self.sizes, ends - taken + np.uint64(before), np.uint64(0))
        return evolve(self, offsets=offsets), int(ends[-1, -1])


def encoded(pixels: Pixels, form: Form) -> bytes | memoryview:
    """A block in the form of the file."""
    ordered = np.ascontiguousarray(pixels, form.dtype.newbyteorder("<"))
    if form.predictor == 2:
        whole = ordered.view(f"<u{form.dtype.itemsize}").reshape(form.side, -1)
        ordered = _differences(whole, form.bands)
    elif form.predictor == 3:
        parts = ordered.view(np.uint8).reshape(form.side, -1, form.dtype.itemsize)
        whole = parts[..., ::-1].transpose(0, 2, 1).reshape(form.side, -1)
        ordered = _differences(whole, form.bands)
    return _compressed(ordered.data.cast("B"), form.compression)


def _differences(rows: NDArray[Any], lag: int) -> NDArray[Any]:
    # All rows as one, which takes a quarter of the time; the first value of a row is not a difference.
    result, flat = np.empty_like(rows), rows.reshape(-1)
    np.subtract(flat[lag:], flat[:-lag], out=result.reshape(-1)[lag:])
    result[:, :lag] = rows[:, :lag]
    return result


def _compressed(block: memoryview, compression: Compression) -> bytes | memoryview:
    if compression == "none":
        return block
    if compression == "deflate":
        from isal import isal_zlib

        return isal_zlib.compress(block, _LEVEL)
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    return zstd.compress(block, _LEVEL)


def is_big(data_bytes: int, grids: Sequence[BlockGrid]) -> bool:
    """Whether a file with these bytes of blocks must be a BigTIFF."""
    return data_bytes + sum(16 * grid.sizes.size + 1024 for grid in grids) >= _CLASSIC


def header(
    form: Form,
    grids: Sequence[BlockGrid],
    place: tuple[float, float, float],
    about: Mapping[str, str] | None = None,
    *,
    big: bool,
    promise: bool,
) -> bytes:
    """The header before the blocks: the directories of the picture and of its overviews.

    Args:
        place: the top left corner in meters of EPSG:3857, and the side of a pixel.
        about: tags for GDAL (`TIFFTAG_GDAL_METADATA`).
        big: write a BigTIFF.
        promise: the blocks are in the layout of PROMISE.

    Its length does not depend on the positions of the blocks.
    """
    order, count, width = ("<Q", "<Q", 8) if big else ("<I", "<H", 4)
    made = bytearray(b"II+\0\x08\0\0\0" if big else b"II*\0")
    ghost = PROMISE if promise else b""
    ghost += bytes(-(len(made) + width + len(ghost)) % _ALIGNED)
    made += struct.pack(order, len(made) + width + len(ghost)) + ghost

    described = [
        sorted(_entries(form, grid, None if number else place, about or {}, big))
        for number, grid in enumerate(grids)
    ]
    # The positions of the blocks follow all directories, so that the first request of a reader of a
    # remote file contains the directories.
    fixed = struct.calcsize(count) + width
    sizes = [
        _aligned(fixed + len(entries) * (4 + 2 * width))
        + sum(
            _aligned(len(value))
            for tag, _, value in entries
            if len(value) > width and tag not in _WHERE
        )
        for entries in described
    ]
    lists, lists_at = bytearray(), len(made) + sum(sizes)
    for number, (entries, size) in enumerate(zip(described, sizes, strict=True)):
        end = len(made) + size
        values = bytearray()
        values_at = len(made) + _aligned(fixed + len(entries) * (4 + 2 * width))
        made += struct.pack(count, len(entries))
        for tag, kind, value in entries:
            made += struct.pack("<HH", tag, kind)
            made += struct.pack(order, len(value) // struct.calcsize(_KINDS[kind]))
            if len(value) <= width:
                made += value.ljust(width, b"\0")
                continue
            held, held_at = (lists, lists_at) if tag in _WHERE else (values, values_at)
            made += struct.pack(order, held_at + len(held))
            held += value.ljust(_aligned(len(value)), b"\0")
        made += struct.pack(order, end if number + 1 < len(grids) else 0)
        made += bytes(values_at - len(made)) + values
        made += bytes(end - len(made))
    return bytes(made + lists)


_ALIGNED = 16
_WHERE = (324, 325)


def _aligned(size: int) -> int:
    return size + -size % _ALIGNED


_KINDS = {2: "<c", 3: "<H", 4: "<I", 12: "<d", 16: "<Q"}
_ASCII, _SHORT, _LONG, _DOUBLE, _LONG8 = _KINDS

# Projected, pixels are areas, Web Mercator, meters.
_GEO_KEYS = ((1, 1, 1, 4), (1024, 0, 1, 1), (1025, 0, 1, 1), (3072, 0, 1, 3857), (3076, 0, 1, 9001))


def _entries(
    form: Form,
    grid: BlockGrid,
    place: tuple[float, float, float] | None,
    about: Mapping[str, str],
    big: bool,
) -> list[tuple[int, int, bytes]]:
    def shorts(*values: int) -> tuple[int, bytes]:
        return _SHORT, struct.pack(f"<{len(values)}H", *values)

    def longs(*values: int) -> tuple[int, bytes]:
        return _LONG, struct.pack(f"<{len(values)}I", *values)

    def doubles(*values: float) -> tuple[int, bytes]:
        return _DOUBLE, struct.pack(f"<{len(values)}d", *values)

    colors = 3 if form.is_color else 1
    unnamed = form.bands - colors - 1
    offsets = grid.offsets.astype("<u8" if big else "<u4").tobytes()
    tags = {
        256: longs(grid.width),
        257: longs(grid.height),
        258: shorts(*[8 * form.dtype.itemsize] * form.bands),
        259: shorts(COMPRESSIONS[form.compression]),
        262: shorts(2 if form.is_color else 1),
        277: shorts(form.bands),
        284: shorts(1),  # the bands of a pixel are interleaved
        322: longs(form.side),
        323: longs(form.side),
        324: (_LONG8 if big else _LONG, offsets),
        325: (_LONG, grid.sizes.astype("<u4").tobytes()),
        338: shorts(*[0] * unnamed, 2),  # the last band is alpha, not premultiplied
        339: shorts(*[_SAMPLES[form.dtype.kind]] * form.bands),
    }
    if form.predictor > 1:
        tags[317] = shorts(form.predictor)
    if place is None:
        tags[254] = longs(1)  # an overview
    else:
        west, north, pixel = place
        tags[33550] = doubles(pixel, pixel, 0)
        tags[33922] = doubles(0, 0, 0, west, north, 0)
        tags[34735] = shorts(*(value for key in _GEO_KEYS for value in key))
        if about:
            items = "".join(
                f"<Item name={quoteattr(name)}>{escape(text)}</Item>"
                for name, text in about.items()
            ) + "".join(
                f'<Item name="DESCRIPTION" sample="{band}" role="description">{escape(name)}</Item>'
                for band, name in enumerate(form.names)
                if name
            )
            software = about.get("software", "").encode()
            tags[305] = _ASCII, software + b"\0"
            tags[42112] = _ASCII, f"<GDALMetadata>{items}</GDALMetadata>\0".encode()
    return [(tag, kind, value) for tag, (kind, value) in tags.items()]
