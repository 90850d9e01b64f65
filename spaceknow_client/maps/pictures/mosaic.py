"""A picture stitched from the tiles of a map. Needs Pillow (extra `images`)."""

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
MAX_SIDE = 4096  # pixels of a tile's side; a small file may claim more than memory can hold
FORMATS = ("PNG", "JPEG", "WEBP")
_SHOWN = 512  # pixels of the longer side, in a notebook
MAX_PIXELS = 200_000_000  # 800 MB of RGBA: beyond it a picture in memory is no use


@frozen(kw_only=True)
class Mosaic:
    """One picture of all tiles, transparent where there is none, and outside the extent.

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
        """From the same picture file of each of `tiles`, which lie on one zoom level."""
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
        """A transparent one, of tiles with `size` pixels a side."""
        from PIL import Image

        zoom, left, top, columns, rows = layout
        _check_pixels(columns * size, rows * size)
        image = Image.new("RGBA", (columns * size, rows * size))
        return cls(image=image, zoom=zoom, origin=(left, top), tile_size=size)

    def paste(self, tile: Tile, piece: Image.Image) -> None:
        """Puts the picture of a tile in its place, in this mosaic's size."""
        size = self.tile_size
        fitting = piece if piece.size == (size, size) else piece.resize((size, size))
        left, top = self.origin
        column = (tile.x - left) % 2**self.zoom
        self.image.paste(fitting, (column * size, (tile.y - top) * size))

    @property
    def meters_per_pixel(self) -> float:
        """See above."""
        middle = self.origin[1] + self.image.height / self.tile_size / 2
        return meters_per_pixel(self.zoom, middle, self.tile_size)

    @property
    def scale(self) -> str:
        """Zoom level and meters a pixel, in words."""
        return f"zoom {self.zoom}, {self.meters_per_pixel:.3g} meters a pixel"

    def _repr_png_(self) -> bytes:
        small, target = self.image.copy(), io.BytesIO()
        small.thumbnail((_SHOWN, _SHOWN))
        small.save(target, "PNG")
        return target.getvalue()

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place (degrees) lies in the picture: pixels from the left and from the top."""
        x, y = position(longitude, latitude, self.zoom)
        if (x - self.origin[0]) * self.tile_size > self.image.width or x < self.origin[0]:
            # Beyond 180 degrees, unless it is outside the picture anyway.
            turned = x + 2.0**self.zoom if x < self.origin[0] else x - 2.0**self.zoom
            if 0 <= (turned - self.origin[0]) * self.tile_size <= self.image.width:
                x = turned
        return (x - self.origin[0]) * self.tile_size, (y - self.origin[1]) * self.tile_size


def check_layout(tiles: Sequence[Tile], zoom: int | None = None) -> Layout:
    """As `layout_of`, for a picture that has to find room in memory."""
    layout = layout_of(tiles, zoom)
    _check_pixels(layout.columns * TILE_SIZE, layout.rows * TILE_SIZE)
    return layout


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InvalidArgumentError(
            f"the picture would have {width} x {height} pixels.",
            hint="Stitch fewer tiles at a time, or write a GeoTIFF.",
        )


def picture(file: GridFile) -> Image.Image:
    """A tile's picture (RGBA). Raises InvalidResponseError for what is none."""
    from PIL import Image

    try:
        # Named formats only: Pillow would start other programs for some that nobody expects here.
        with Image.open(io.BytesIO(file.content), formats=FORMATS) as opened:
            if max(opened.size) > MAX_SIDE:
                raise ValueError("larger than any tile")
            return opened.convert("RGBA")
    except Exception as error:  # Pillow raises all sorts on broken pictures, SyntaxError too
        raise InvalidResponseError(
            f"{file.name} of tile {tuple(file.tile)} is no picture that can be read",
            operation="kraken.grid_file",
        ) from error
