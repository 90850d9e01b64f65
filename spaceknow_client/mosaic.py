"""A picture stitched from the tiles of a map. Needs Pillow (extra `images`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrs import field, frozen

from .errors.base import ConfigError, InvalidArgumentError, InvalidResponseError
from .grid_file import GridFile
from .tile import Tile, position

if TYPE_CHECKING:
    from PIL import Image

TILE_SIZE = 256
FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 200_000_000  # 800 MB of RGBA: beyond it a picture in memory is no use


@frozen(kw_only=True)
class Mosaic:
    """One picture of all tiles, transparent where there is none.

    Attributes:
        image: the picture (RGBA).
        zoom: the zoom level of its tiles.
        origin: column and row of its top left tile.
        tile_size: pixels of a tile's side; 256 or 512 (API facts, section 8.2).
    """

    image: Image.Image = field(repr=lambda image: f"<{image.width}x{image.height} pixels>")
    zoom: int
    origin: tuple[int, int]
    tile_size: int

    @classmethod
    def read(cls, tiles: Sequence[Tile], files: Sequence[GridFile | None]) -> Mosaic:
        """From the same picture file of each of `tiles`, which lie on one zoom level."""
        require_pillow()
        from PIL import Image

        zoom, left, top, columns, rows = check_layout(tiles)
        pieces = [None if file is None else _picture(file) for file in files]
        size = next((piece.width for piece in pieces if piece is not None), TILE_SIZE)
        check_layout(tiles, size)
        image = Image.new("RGBA", (columns * size, rows * size))
        for tile, piece in zip(tiles, pieces, strict=True):
            if piece is None:
                continue
            fitting = piece if piece.size == (size, size) else piece.resize((size, size))
            image.paste(fitting, ((tile.x - left) * size, (tile.y - top) * size))
        return cls(image=image, zoom=zoom, origin=(left, top), tile_size=size)

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place (degrees) lies in the picture: pixels from the left and from the top."""
        x, y = position(longitude, latitude, self.zoom)
        return (x - self.origin[0]) * self.tile_size, (y - self.origin[1]) * self.tile_size


def check_layout(tiles: Sequence[Tile], size: int = TILE_SIZE) -> tuple[int, int, int, int, int]:
    """Zoom, left column, top row, columns and rows. Raises InvalidArgumentError for no one picture."""
    if not tiles:
        raise InvalidArgumentError("the map has no tile, so there is no picture of it.")
    zooms = {tile.z for tile in tiles}
    if len(zooms) > 1:
        raise InvalidArgumentError(f"the tiles lie on several zoom levels: {sorted(zooms)}.")
    left, top = min(tile.x for tile in tiles), min(tile.y for tile in tiles)
    columns = max(tile.x for tile in tiles) - left + 1
    rows = max(tile.y for tile in tiles) - top + 1
    if columns * rows * size * size > MAX_PIXELS:
        raise InvalidArgumentError(
            f"the picture would have {columns * size} x {rows * size} pixels.",
            hint="Stitch fewer tiles at a time.",
        )
    return zooms.pop(), left, top, columns, rows


def _picture(file: GridFile) -> Image.Image:
    from PIL import Image

    try:
        # Named formats only: Pillow would start other programs for some that nobody expects here.
        with Image.open(io.BytesIO(file.content), formats=FORMATS) as picture:
            return picture.convert("RGBA")
    except Exception as error:  # Pillow raises all sorts on broken pictures, SyntaxError too
        raise InvalidResponseError(
            f"{file.name} of tile {tuple(file.tile)} is no picture that can be read",
            operation="kraken.grid_file",
        ) from error


def require_pillow() -> None:
    """Raises ConfigError when Pillow is not installed."""
    if find_spec("PIL") is None:
        raise ConfigError("pictures need Pillow.", hint="pip install 'spaceknow-client[images]'")
