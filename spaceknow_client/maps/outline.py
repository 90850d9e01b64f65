"""A drawing of a map's tiles, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from .layout import rectangle
from .tile import Tile

_DRAWN = 2000  # tiles; a drawing of more would be as large as the picture
_SIDE = 220  # pixels


def outline(tiles: Sequence[Tile]) -> str:
    """A drawing of the tiles (SVG); empty for no or too many tiles."""
    if not tiles or len(tiles) > _DRAWN or not all(tile.exists for tile in tiles):
        return ""
    zoom = max(tile.z for tile in tiles)
    whole = rectangle(tiles, zoom)
    boxes = [(*whole.place(tile), 1 << (zoom - tile.z)) for tile in tiles]
    wide, high = whole.columns, whole.rows
    scale = _SIDE / max(wide, high)
    squares = "".join(
        f'<rect x="{x * scale:.1f}" y="{y * scale:.1f}" '
        f'width="{side * scale:.1f}" height="{side * scale:.1f}"/>'
        for y, x, side in boxes
    )
    return (
        f'<svg width="{wide * scale + 2:.0f}" height="{high * scale + 2:.0f}" viewBox="-1 -1 '
        f'{wide * scale + 2:.1f} {high * scale + 2:.1f}" role="img" aria-label="{len(tiles)} tiles" '
        f'fill="#7db8ff" fill-opacity="0.4" stroke="currentColor" stroke-width="0.7">{squares}</svg>'
    )
