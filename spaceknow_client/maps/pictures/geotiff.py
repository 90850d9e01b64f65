"""Writes a GeoTIFF from the tiles of a map, in constant memory. Requires the extra `geo`.

Each tile is one block of the file, compressed immediately. Blocks are collected in order of arrival, and
copied into their final order at the end: in a cloud-optimized file the smallest overview is first.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from attrs import evolve

from ...errors.base import DownloadError, InvalidArgumentError
from ...errors.shown import shown
from ..layout import Layout
from ..provenance import texts
from ..tile import HALF_WORLD, Tile, meters_per_pixel
from .mosaic import TILE_SIZE, Compression
from .overviews import Overviews, Piece, levels_of
from .tiff import COMPRESSIONS, BlockGrid, Form, encoded, header, is_big
from .tile_pixels import RGBA, decoded, quiet, unreadable

_AROUND = 4  # bytes before each block of a cloud-optimized file, and after it: see tiff.PROMISE


class GeoTiff:
    """Writes a file. Threads can add tiles.

    Args:
        path: the file, which is written atomically.
        layout: its rectangle.
        tiles: the expected tiles, or their parents; by default all of the layout. Memory use is
            small if they are added in the order of `map_files.in_quads`.
        compression: `zstd`, `deflate` (which more programs can read) or `none`.
        cloud_optimized: write a Cloud Optimized GeoTIFF, with overviews.
        about: tags for the file, in addition to `file`, `zoom` and `meters_per_pixel`.

    Raises DownloadError if the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        tiles: Iterable[Tile] | None = None,
        *,
        compression: Compression = "zstd",
        cloud_optimized: bool = True,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        if compression not in tuple(COMPRESSIONS):
            raise InvalidArgumentError(
                f"compression must be zstd, deflate or none, not {shown(compression)}."
            )
        self._path = path
        self._part, self._ordered = (path.with_name(f"{path.name}.part{n}") for n in ("", "2"))
        self._layout = layout
        self._compression: Compression = compression
        self._cloud_optimized = cloud_optimized
        self._around = _AROUND if cloud_optimized else 0
        self._about = dict(about or {})
        self._expected = np.full((layout.rows, layout.columns), tiles is None)
        for tile in tiles or ():
            side = 1 << (layout.zoom - tile.z)
            top, left = layout.place(tile)
            self._expected[top : top + side, left : left + side] = True
        self._lock = threading.Lock()
        self._dropped = False
        # Known once the first picture is added.
        self._form: Form | None = None
        self._file: IO[bytes] | None = None
        self._end = 0
        self._big = False
        self._grids: list[BlockGrid] = []
        self._overviews = Overviews(self._expected, 0, is_color=False)

    def add(self, tile: Tile, name: str, content: bytes | None) -> None:
        """Adds a tile's picture; None if the tile has none.

        Raises InvalidResponseError for an invalid picture, or one of another kind than the first.
        """
        row, column = self._layout.place(tile)
        if content is None:
            with self._lock:
                self._expected[row, column] = False
            self._keep(self._overviews.add(row, column, None))
            return
        with quiet():
            side = self._form.side if self._form else None
            pixels, bands, is_color = decoded(tile, name, content, side)
            form = self._begun(Form.of(pixels, bands, is_color, self._compression), name)
            if len(pixels) != form.side:  # added at the same time as the first one
                pixels, _, _ = decoded(tile, name, content, form.side)
        if (pixels.shape[2], pixels.dtype) != (form.bands, form.dtype):
            raise unreadable(tile, name, "another kind of picture than the tiles before")
        self._keep([Piece(0, row, column, pixels)])
        self._keep(self._overviews.add(row, column, pixels))

    def _begun(self, form: Form, name: str | None = None) -> Form:
        """The properties of the file, from the first picture."""
        with self._lock:
            if self._form is None and not self._dropped:
                width, height = self._layout.columns * form.side, self._layout.rows * form.side
                levels = 0
                if self._cloud_optimized:
                    levels = levels_of(self._layout.columns, self._layout.rows, form.side)
                self._grids = [
                    BlockGrid.empty(-(-width >> level), -(-height >> level), form.side)
                    for level in range(levels + 1)
                ]
                self._overviews = Overviews(self._expected, levels, is_color=form.is_color)
                # Incompressible data becomes slightly larger.
                most = self._grids[0].sizes.size * (form.block_bytes * 9 // 8 + 64)
                self._big = is_big(most, self._grids)
                with self._written():
                    self._file = self._part.open("w+b")
                if name is not None:
                    self._about["file"] = name
                self._form = form
            return self._form or form

    def _keep(self, pieces: Iterable[Piece]) -> None:
        for level, row, column, pixels in pieces:
            if self._form is None or not pixels.any():
                continue  # without a block the picture is transparent
            block = encoded(pixels, self._form)
            with self._lock, self._written():
                if self._file is None:
                    return
                if self._grids[level].sizes[row, column]:
                    continue  # a map can contain a tile twice
                self._file.seek(self._end)
                self._file.write(block)
                self._grids[level].offsets[row, column] = self._end
                self._grids[level].sizes[row, column] = len(block)
                self._end += len(block)

    def _header(self, form: Form, grids: list[BlockGrid]) -> bytes:
        zoom, left, top, _, rows = self._layout
        west, north = Tile(zoom, left, top).corner
        place = (west, north, 2 * HALF_WORLD / 2**zoom / form.side)
        meters = f"{meters_per_pixel(zoom, top + rows / 2, form.side):.6g}"
        about = texts({**self._about, "zoom": zoom, "meters_per_pixel": meters})
        return header(form, grids, place, about, big=self._big, promise=self._cloud_optimized)

    def close(self) -> None:
        """Completes the file and renames it. It is transparent for a map without pictures."""
        nothing = np.zeros((TILE_SIZE, TILE_SIZE, 4), np.uint8)
        form = self._begun(Form.of(nothing, RGBA, True, self._compression))
        self._keep(self._overviews.rest())
        with self._lock, self._written():
            if self._file is None:
                return
            self._order(form, self._file)
            self._file.close()
            self._file = None
            os.replace(self._ordered, self._path)
            with suppress(FileNotFoundError):
                self._part.unlink()

    def _order(self, form: Form, unordered: IO[bytes]) -> None:
        """Copies the blocks into their order, so that the same map produces the same bytes."""
        count = sum(int(np.count_nonzero(grid.sizes)) for grid in self._grids)
        empty = self._empty(form)
        self._big = is_big(self._end + 2 * self._around * count + len(empty), self._grids)
        at = len(self._header(form, self._grids))
        packed: list[BlockGrid] = []
        for grid in reversed(self._grids):
            moved, at = grid.packed(at, self._around, self._around)
            packed.insert(0, moved)
        if empty:
            packed[0].offsets[packed[0].sizes == 0] = at
            packed[0] = evolve(
                packed[0], sizes=np.where(packed[0].sizes, packed[0].sizes, np.uint32(len(empty)))
            )
        with self._ordered.open("wb", buffering=2**20) as file:
            file.write(self._header(form, packed))
            for grid in reversed(self._grids):
                for row, column in np.argwhere(grid.sizes):
                    unordered.seek(int(grid.offsets[row, column]))
                    block = unordered.read(int(grid.sizes[row, column]))
                    if len(block) != grid.sizes[row, column]:
                        raise OSError("another program is writing it")
                    if self._around:
                        file.write(len(block).to_bytes(_AROUND, "little"))
                    file.write(block)
                    if self._around:
                        file.write(block[-_AROUND:])
            file.write(empty)

    def _empty(self, form: Form) -> bytes | memoryview:
        """The empty block that positions without a tile share in a plain file: only GDAL needs none."""
        if self._cloud_optimized or self._grids[0].sizes.all():
            return b""
        return encoded(np.zeros((form.side, form.side, form.bands), form.dtype), form)

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DownloadError(f"cannot write {self._path}: {error}") from error

    def drop(self) -> None:
        """Aborts, and deletes the incomplete file."""
        with self._lock:
            self._dropped = True
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()
                self._file = None
            if self._form is not None:
                for path in (self._part, self._ordered):
                    with suppress(OSError):
                        path.unlink()
