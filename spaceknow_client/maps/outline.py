"""Where the tiles of a map are, as a drawing for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from .tile import Tile

_DRAWN = 2000  # tiles; a drawing of more would be as large as the picture
_SIDE = 220  # pixels


def outline(tiles: Sequence[Tile]) -> str:
    """Where tiles lie beside each other, as a drawing; nothing for none or too many."""
    if not tiles or len(tiles) > _DRAWN or not all(tile.exists for tile in tiles):
        return ""
    zoom = max(tile.z for tile in tiles)
    boxes = [
        (tile.x << (zoom - tile.z), tile.y << (zoom - tile.z), 1 << (zoom - tile.z))
        for tile in tiles
    ]
    left, top = min(x for x, _, _ in boxes), min(y for _, y, _ in boxes)
    wide = max(x + side for x, _, side in boxes) - left
    high = max(y + side for _, y, side in boxes) - top
    scale = _SIDE / max(wide, high)
    squares = "".join(
        f'<rect x="{(x - left) * scale:.1f}" y="{(y - top) * scale:.1f}" '
        f'width="{side * scale:.1f}" height="{side * scale:.1f}"/>'
        for x, y, side in boxes
    )
    return (
        f'<svg width="{wide * scale + 2:.0f}" height="{high * scale + 2:.0f}" viewBox="-1 -1 '
        f'{wide * scale + 2:.1f} {high * scale + 2:.1f}" role="img" aria-label="{len(tiles)} tiles" '
        f'fill="#7db8ff" fill-opacity="0.4" stroke="currentColor" stroke-width="0.7">{squares}</svg>'
    )
