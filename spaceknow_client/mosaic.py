"""A picture stitched from the tiles of a map. Needs Pillow (extra `images`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from .errors.base import ConfigError, InvalidArgumentError, InvalidResponseError
from .grid_file import GridFile
from .tile import Tile, position

if TYPE_CHECKING:
    from PIL import Image

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

        zoom, left, top, columns, rows = _layout(tiles)
        image: Image.Image | None = None
        size = 256
        for tile, file in zip(tiles, files, strict=True):
            if file is None:
                continue
            try:
                piece = Image.open(io.BytesIO(file.content)).convert("RGBA")
            except (OSError, ValueError, Image.DecompressionBombError) as error:
                raise InvalidResponseError(
                    f"{file.name} of tile {tuple(tile)} is no picture that Pillow can read",
                    operation="kraken.grid_file",
                ) from error
            if image is None:
                size = piece.width
                if columns * rows * size * size > MAX_PIXELS:
                    raise InvalidArgumentError(
                        f"the picture would have {columns * size} x {rows * size} pixels; "
                        "stitch fewer tiles at a time."
                    )
                image = Image.new("RGBA", (columns * size, rows * size))
            if piece.size != (size, size):
                piece = piece.resize((size, size))
            image.paste(piece, ((tile.x - left) * size, (tile.y - top) * size))
        if image is None:
            image = Image.new("RGBA", (columns * size, rows * size))
        return cls(image=image, zoom=zoom, origin=(left, top), tile_size=size)

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place (degrees) lies in the picture: pixels from the left and from the top."""
        x, y = position(longitude, latitude, self.zoom)
        return (x - self.origin[0]) * self.tile_size, (y - self.origin[1]) * self.tile_size


def _layout(tiles: Sequence[Tile]) -> tuple[int, int, int, int, int]:
    if not tiles:
        raise InvalidArgumentError("the map has no tile, so there is no picture of it.")
    zooms = {tile.z for tile in tiles}
    if len(zooms) > 1:
        raise InvalidArgumentError(f"the tiles lie on several zoom levels: {sorted(zooms)}.")
    left, top = min(tile.x for tile in tiles), min(tile.y for tile in tiles)
    columns = max(tile.x for tile in tiles) - left + 1
    rows = max(tile.y for tile in tiles) - top + 1
    return zooms.pop(), left, top, columns, rows


def require_pillow() -> None:
    """Raises ConfigError when Pillow is not installed."""
    try:
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "pictures need Pillow.", hint="pip install 'spaceknow-client[images]'"
        ) from error
