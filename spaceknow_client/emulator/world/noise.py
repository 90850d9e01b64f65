"""Hashes and smooth noise that depend only on positions and a seed.

Adjacent tiles compute the same values along their common edge, in any process.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]
Pixels = Floats
"""As Floats, but float32, because there are many pixels."""

# Standard deviation of a cubic B-spline over uniform random knots, averaged over the plane.
_SPREAD = 0.1383
_ONE_THREAD = 2**18  # multiplications


def key(*parts: object) -> int:
    """A 32-bit seed from any printable values; equal in all processes, unlike hash()."""
    text = "\x1f".join(str(part) for part in parts).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest(), "little")


def _mix(value: NDArray[np.uint32]) -> NDArray[np.uint32]:
    value = (value ^ (value >> np.uint32(16))) * np.uint32(0x7FEB352D)
    value = (value ^ (value >> np.uint32(15))) * np.uint32(0x846CA68B)
    return value ^ (value >> np.uint32(16))


def hashed(ix: ArrayLike, iy: ArrayLike, seed: int) -> Pixels:
    """Uniform values in [0, 1) for pairs of integers; both arguments broadcast."""
    first = np.asarray(ix).astype(np.int64).astype(np.uint32)
    second = np.asarray(iy).astype(np.int64).astype(np.uint32)
    mixed = _mix(_mix(first ^ np.uint32(seed)) ^ (second * np.uint32(0x9E3779B1)))
    return (mixed >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)


def _taps(fraction: Floats) -> Floats:
    f, g = fraction, 1 - fraction
    f2, f3 = f * f, f * f * f
    return np.stack(
        [g * g * g / 6, (4 - 6 * f2 + 3 * f3) / 6, (1 + 3 * f + 3 * f2 - 3 * f3) / 6, f3 / 6],
        axis=-1,
    )


@lru_cache(maxsize=256)
def _axis(
    origin: float, step: float, count: int, spacing: float
) -> tuple[Pixels, NDArray[np.int64]]:
    """Weights (count, knots) that spread knots over `count` pixels, and the knots' indices."""
    position = (origin + (np.arange(count) + 0.5) * step) / spacing
    base = np.floor(position)
    first = int(base[0])
    offset = base.astype(np.int64) - first
    weights = np.zeros((count, int(offset[-1]) + 4), np.float32)
    rows = np.arange(count)[:, None]
    weights[rows, offset[:, None] + np.arange(4)] = _taps(position - base)
    return weights, first - 1 + np.arange(weights.shape[1])


def _product(a: Pixels, b: Pixels) -> Pixels:
    """a @ b, in blocks small enough that OpenBLAS does not start threads, which would take longer."""
    rows = max(1, _ONE_THREAD // b.size)
    if rows >= len(a):
        whole: Pixels = a @ b
        return whole
    result = np.empty((a.shape[0], b.shape[1]), np.float32)
    for first in range(0, len(a), rows):
        np.matmul(a[first : first + rows], b, out=result[first : first + rows])
    return result


class NoiseGrid:
    """The pixels of a window: `count` x `count` pixels of width `step`, first corner at (x, y)."""

    def __init__(self, x: float, y: float, step: float, count: int = 256) -> None:
        self.x, self.y, self.step, self.count = x, y, step, count
        self._weights: dict[float, tuple[Pixels, NDArray[np.int64], Pixels, NDArray[np.int64]]] = {}

    @property
    def size(self) -> float:
        """The width in pixels of zoom 19."""
        return self.step * self.count

    def axes(self) -> tuple[Floats, Floats]:
        """Centers of the columns, shape (1, count), and of the rows, shape (count, 1)."""
        centers = (np.arange(self.count, dtype=np.float64) + 0.5) * self.step
        return (self.x + centers)[None, :], (self.y + centers)[:, None]

    def smooth(self, spacing: float, seed: int) -> Pixels:
        """Smooth noise with mean 0 and standard deviation 1, with knots `spacing` apart."""
        found = self._weights.get(spacing)
        if found is None:
            across = _axis(self.x, self.step, self.count, spacing)
            down = _axis(self.y, self.step, self.count, spacing)
            found = self._weights[spacing] = (*across, *down)
        wx, ix, wy, iy = found
        knots = (hashed(ix[None, :], iy[:, None], seed) - np.float32(0.5)) / np.float32(_SPREAD)
        return _product(wy, _product(knots, wx.T))

    def fractal(self, spacings: Sequence[float], seed: int, gain: float = 0.6) -> Pixels:
        """A sum of octaves with a standard deviation of about 1; octaves finer than a pixel are omitted."""
        total = np.zeros((self.count, self.count), np.float32)
        for number, spacing in enumerate(spacings):
            if spacing >= 1.5 * self.step:
                total += np.float32(gain**number) * self.smooth(spacing, seed + number)
        return total / np.float32(_norm(len(spacings), gain))

    def speckle(self, seed: int) -> Pixels:
        """An independent value in [0, 1) for every pixel."""
        across = np.arange(self.count) + int(self.x // self.step)
        down = np.arange(self.count) + int(self.y // self.step)
        return hashed(across[None, :], down[:, None], seed)


class Points:
    """Scattered positions, with the same noise as in a NoiseGrid."""

    def __init__(self, x: Floats, y: Floats) -> None:
        self.x, self.y = x, y

    def axes(self) -> tuple[Floats, Floats]:
        """The positions."""
        return self.x, self.y

    def smooth(self, spacing: float, seed: int) -> Pixels:
        """Like `NoiseGrid.smooth`."""
        across, down = self.x / spacing, self.y / spacing
        left, top = np.floor(across), np.floor(down)
        taps = np.arange(-1, 3)
        knots = hashed(
            left[:, None, None] + taps[None, None, :],
            top[:, None, None] + taps[None, :, None],
            seed,
        )
        wx, wy = _taps(across - left), _taps(down - top)
        return np.asarray(np.einsum("nji,nj,ni->n", knots - 0.5, wy, wx) / _SPREAD, np.float32)

    def fractal(self, spacings: Sequence[float], seed: int, gain: float = 0.6) -> Pixels:
        """Like `NoiseGrid.fractal`, with every octave."""
        total = np.zeros(self.x.shape, np.float32)
        for number, spacing in enumerate(spacings):
            total += np.float32(gain**number) * self.smooth(spacing, seed + number)
        return total / np.float32(_norm(len(spacings), gain))


def _norm(octaves: int, gain: float) -> float:
    return math.sqrt(sum(gain ** (2 * number) for number in range(octaves)))


def ramp(value: Pixels, low: float, high: float) -> Pixels:
    """0 below `low`, 1 above `high`, with a smooth transition."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    result: Pixels = t * t * (3 - 2 * t)
    return result
