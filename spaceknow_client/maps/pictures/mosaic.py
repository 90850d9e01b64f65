"""A picture of all tiles of a map. Requires Pillow (extra `images`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import field, frozen

from ...errors.base import InvalidArgumentError, InvalidResponseError
from ...runtime.extras import require
from ..layout import Layout, layout_of
from ..tile import Tile, meters_per_pixel, position

if TYPE_CHECKING:
    from PIL import Image

    from ..grid_file import GridFile

Compression: TypeAlias = Literal["zstd", "deflate", "none"]  # of a GeoTIFF

TILE_SIZE = 256
MAX_SIDE = (
    4096  # maximum side of a tile in pixels; a small file can claim more than fits into memory
)
FORMATS = ("PNG", "JPEG", "WEBP")
_SHOWN = 512  # maximum pixels of the longer side in a notebook
MAX_PIXELS = 200_000_000  # 800 MB of RGBA


@frozen(kw_only=True)
class Mosaic:
    """One picture of all tiles, transparent without a tile and outside the extent.

    Attributes:
        image: the picture (RGBA).
        zoom: the zoom level of its tiles.
        meters_per_pixel: on the ground, at the middle of the picture.
        origin: column and row of its top left tile.
        tile_size: pixels of a tile's side; 256 or 512.
    """

    image: Image.Image = field(repr=lambda image: f"<{image.width}x{image.height} pixels>")
    zoom: int
    origin: tuple[int, int]
    tile_size: int

    @classmethod
    def read(cls, tiles: Sequence[Tile], files: Sequence[GridFile | None]) -> Mosaic:
        """From the same picture file of each of `tiles`, which must be at one zoom level."""
        require("images", "PIL", purpose="a picture")
        layout = check_layout(tiles)
        pieces = [None if file is None else picture(file) for file in files]
        size = next((piece.width for piece in pieces if piece is not None), TILE_SIZE)
        mosaic = cls.empty(layout, size)
        for tile, piece in zip(tiles, pieces, strict=True):
            if piece is not None:
                mosaic.paste(tile, piece)
        return mosaic

    @classmethod
    def empty(cls, layout: Layout, size: int = TILE_SIZE) -> Mosaic:
        """A transparent mosaic, for tiles with a side of `size` pixels."""
        from PIL import Image

        zoom, left, top, columns, rows = layout
        _check_pixels(columns * size, rows * size)
        image = Image.new("RGBA", (columns * size, rows * size))
        return cls(image=image, zoom=zoom, origin=(left, top), tile_size=size)

    def paste(self, tile: Tile, piece: Image.Image) -> None:
        """Adds the picture of a tile, scaled to this mosaic's tile size."""
        size = self.tile_size
        fitting = piece if piece.size == (size, size) else piece.resize((size, size))
        left, top = self.origin
        column = (tile.x - left) % 2**self.zoom
        self.image.paste(fitting, (column * size, (tile.y - top) * size))

    @property
    def meters_per_pixel(self) -> float:
        """The meters per pixel; see above."""
        middle = self.origin[1] + self.image.height / self.tile_size / 2
        return meters_per_pixel(self.zoom, middle, self.tile_size)

    @property
    def scale(self) -> str:
        """Zoom level and meters per pixel, in words."""
        return f"zoom {self.zoom}, {self.meters_per_pixel:.3g} meters per pixel"

    def _repr_png_(self) -> bytes:
        small, target = self.image.copy(), io.BytesIO()
        small.thumbnail((_SHOWN, _SHOWN))
        small.save(target, "PNG")
        return target.getvalue()

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The position of a place (degrees) in the picture: pixels from the left and from the top."""
        x, y = position(longitude, latitude, self.zoom)
        if (x - self.origin[0]) * self.tile_size > self.image.width or x < self.origin[0]:
            # Beyond 180 degrees, unless it is outside the picture anyway.
            turned = x + 2.0**self.zoom if x < self.origin[0] else x - 2.0**self.zoom
            if 0 <= (turned - self.origin[0]) * self.tile_size <= self.image.width:
                x = turned
        return (x - self.origin[0]) * self.tile_size, (y - self.origin[1]) * self.tile_size


def check_layout(tiles: Sequence[Tile], zoom: int | None = None) -> Layout:
    """Like `layout_of`, for a picture that must fit into memory."""
    layout = layout_of(tiles, zoom)
    _check_pixels(layout.columns * TILE_SIZE, layout.rows * TILE_SIZE)
    return layout


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InvalidArgumentError(
            f"a picture of {width} x {height} pixels is too large for memory.",
            hint="Use fewer tiles, or write a GeoTIFF.",
        )


def picture(file: GridFile) -> Image.Image:
    """A tile's picture (RGBA). Raises InvalidResponseError for an invalid picture."""
    from PIL import Image

    try:
        # Only these formats: Pillow would start other programs for some formats.
        with Image.open(io.BytesIO(file.content), formats=FORMATS) as opened:
            if max(opened.size) > MAX_SIDE:
                raise ValueError("larger than any tile")
            return opened.convert("RGBA")
    except Exception as error:  # Pillow raises various errors for invalid pictures, SyntaxError too
        raise InvalidResponseError(
            f"{file.name} of tile {tuple(file.tile)} is not a valid picture",
            operation="kraken.grid_file",
        ) from error
