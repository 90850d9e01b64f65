"""The smaller versions of a picture, made of its tiles as they come. Needs numpy.

A tile of a version is made of the four that lie in it, and is whole when the last of them has come. Only
tiles that wait for another are kept; when tiles come in the order of `map_files.in_quads`, they are
few, however large the picture is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .tiff import Pixels


class Piece(NamedTuple):
    """A tile of the version `level`; 0 is the picture itself."""

    level: int
    row: int
    column: int
    pixels: Pixels


def levels_of(columns: int, rows: int, side: int) -> int:
    """How many smaller versions there are: down to one that is a single tile, in whole pixels."""
    even = (side & -side).bit_length() - 1
    return min((max(columns, rows) - 1).bit_length(), even)


class Overviews:
    """Takes the tiles of a picture, in any order and from any thread.

    Args:
        tiles: where the picture has tiles (rows, columns; of bool).
        levels: how many smaller versions.
        is_colour: red, green, blue and how opaque, which can be mixed; numbers can not.
    """

    def __init__(self, tiles: NDArray[np.bool_], levels: int, *, is_colour: bool) -> None:
        self._halved = halved if is_colour else sampled
        self._lock = threading.Lock()
        self._expected = tiles.copy()
        self._lacks: list[NDArray[np.uint8]] = []
        self._growing: list[dict[tuple[int, int], Pixels]] = [{} for _ in range(levels)]
        for _ in range(levels):
            rows, columns = tiles.shape
            even = np.pad(tiles, ((0, rows % 2), (0, columns % 2)))
            fours = even.reshape(len(even) // 2, 2, -1, 2)
            self._lacks.append(fours.sum(axis=(1, 3), dtype=np.uint8))
            tiles = self._lacks[-1] > 0

    def add(self, row: int, column: int, pixels: Pixels | None) -> Iterator[Piece]:
        """What became whole by this tile, from the bottom up; None: there is nothing in its place."""
        with self._lock:
            if not self._expected[row, column]:
                return
            self._expected[row, column] = False
        for level in range(len(self._growing)):
            half = None if pixels is None else self._halved(pixels)
            with self._lock:
                if half is not None:
                    self._put(level, row, column, half)
                self._lacks[level][row // 2, column // 2] -= 1
                if self._lacks[level][row // 2, column // 2]:
                    return
                pixels = self._growing[level].pop((row // 2, column // 2), None)
            row, column = row // 2, column // 2
            if pixels is not None:
                yield Piece(level + 1, row, column, pixels)

    def rest(self) -> Iterator[Piece]:
        """What still waits for tiles, when no more come."""
        for level, growing in enumerate(self._growing):
            for row, column in sorted(growing):
                pixels = growing.pop((row, column))
                if level + 1 < len(self._growing):
                    self._put(level + 1, row, column, self._halved(pixels))
                yield Piece(level + 1, row, column, pixels)

    def _put(self, level: int, row: int, column: int, half: Pixels) -> None:
        key, side = (row // 2, column // 2), len(half)
        whole = self._growing[level].get(key)
        if whole is None:
            whole = np.zeros((2 * side, 2 * side, half.shape[2]), half.dtype)
            self._growing[level][key] = whole
        top, left = row % 2 * side, column % 2 * side
        whole[top : top + side, left : left + side] = half


def halved(pixels: Pixels) -> Pixels:
    """Colours in half the size: the means of four pixels, as opaque as they are together."""
    opaque = pixels[..., 3]
    if opaque.min() == 255:
        return _mean(pixels)
    weights = opaque.astype(np.uint32)[..., None]
    colours = _sum(pixels[..., :3] * weights)
    weight = _sum(weights)
    result = np.empty((*weight.shape[:2], 4), np.uint8)
    result[..., :3] = (colours + weight // 2) // np.maximum(weight, 1)
    result[..., 3:] = (weight + 2) // 4
    return result


def sampled(pixels: Pixels) -> Pixels:
    """Numbers in half the size: every other one, since their mean may mean nothing."""
    return pixels[::2, ::2]


def _sum(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    rows = values[::2] + values[1::2]
    return rows[:, ::2] + rows[:, 1::2]


def _mean(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """All four bands of a pixel in two sums, in which every band has 16 bits: seven times as fast."""
    mask, half = np.uint32(0x00FF00FF), np.uint32(0x00020002)
    two, eight = np.uint32(2), np.uint32(8)
    four: NDArray[np.uint32] = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    odd = (_sum((four >> eight) & mask) + half) >> two
    even = (_sum(four & mask) + half) >> two
    mean: NDArray[np.uint32] = ((odd & mask) << eight) | (even & mask)
    return mean.view(np.uint8).reshape(*mean.shape, 4)
