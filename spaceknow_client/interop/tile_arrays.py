"""The pixels of one file of a tile, as an array of bands, rows and columns."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from ..errors.base import InvalidResponseError
from ..maps.grid_file import GridFile
from .ski_dataset import bands_of

RGBA = ("red", "green", "blue", "alpha")
MAX_SIZE = 4096  # maximum side of a tile in pixels; 512 and 256 are documented
MAX_BYTES = 512 * 1024**2  # maximum bytes of a tile's SKI file


@frozen
class Pixels:
    """A file: names of bands, side in pixels, data type, and the pixels."""

    bands: tuple[str, ...]
    size: int
    dtype: np.dtype[Any]
    values: NDArray[Any] = field(repr=False, eq=False)

    def empty(self) -> Pixels:
        """The same without the pixels."""
        return evolve(self, values=np.empty((0, 0, 0), self.dtype))


def pixels_of(file: GridFile, like: Pixels | None = None) -> Pixels:
    """Reads a file. Raises InvalidResponseError if it is invalid, or differs from `like`."""
    found = _ski(file) if file.name.endswith(".ski") else _picture(file, like)
    if like is not None and found != like:
        raise _wrong(file, f"has {found}, but another tile has {like}")
    return found


def _wrong(file: GridFile, problem: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"{file.name} of tile {tuple(file.tile)} {problem}", operation="kraken.grid_file"
    )


def _ski(file: GridFile) -> Pixels:
    bands = bands_of(file.content, MAX_BYTES)
    shapes = {band.pixels.shape for band in bands}
    if len(shapes) != 1 or len(set(next(iter(shapes)))) != 1:
        raise _wrong(file, f"has bands that are not squares of one size: {sorted(shapes)}")
    values = np.stack([band.pixels for band in bands])
    names = tuple(band.variable for band in bands)
    return Pixels(names, values.shape[1], values.dtype, values)


def _picture(file: GridFile, like: Pixels | None) -> Pixels:
    from PIL import Image

    try:
        # Only this format: Pillow would start other programs for some formats.
        with Image.open(io.BytesIO(file.content), formats=("PNG",)) as picture:
            width, height = picture.size
            if width != height or width > MAX_SIZE or (like and width != like.size):
                raise _wrong(file, f"has {width} x {height} pixels")
            values = np.asarray(picture.convert("RGBA"))
    except InvalidResponseError:
        raise
    except Exception as error:  # Pillow raises various errors for invalid pictures, SyntaxError too
        raise _wrong(file, "is not a valid picture") from error
    return Pixels(RGBA, width, values.dtype, np.ascontiguousarray(values.transpose(2, 0, 1)))
