"""The contiguous parts of a map. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .layout import MAX_PLACES, MAX_SIDE, rectangle
from .tile import Tile

_AROUND = [(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]


def parts_of(tiles: Sequence[Tile], level: int) -> Iterator[list[Tile]]:
    """Groups of tiles that touch, also at a corner and across 180 degrees, in order of first tiles.

    A group that is too large for one picture at `level` is split.
    """
    number = {tile: index for index, tile in enumerate(dict.fromkeys(tiles))}
    above = list(range(len(number)))

    def root(index: int) -> int:
        while above[index] != index:
            above[index] = above[above[index]]
            index = above[index]
        return index

    least = min((tile.z for tile in number), default=0)
    for tile, index in number.items():
        for dx, dy in _AROUND:
            beside = Tile(tile.z, (tile.x + dx) % 2**tile.z, tile.y + dy)
            while beside.z >= least:
                if beside in number and beside != tile:
                    one, other = sorted((root(index), root(number[beside])))
                    above[other] = one
                beside = beside.parent
    groups: dict[int, list[Tile]] = {}
    for tile, index in number.items():
        groups.setdefault(root(index), []).append(tile)
    for group in groups.values():
        yield from _cut(group, level)


def _cut(tiles: list[Tile], level: int) -> Iterator[list[Tile]]:
    """The tiles of a group, halved until each half fits."""
    whole = rectangle(tiles, level)
    if whole.columns * whole.rows <= MAX_PLACES and max(whole[3:]) <= MAX_SIDE:
        yield tiles
        return
    if len(tiles) == 1:
        for child in tiles[0].children:
            yield from _cut([child], level)
        return
    axis = 0 if whole.rows > whole.columns else 1
    starts = {tile: whole.place(tile)[axis] for tile in tiles}
    half = sorted(starts.values())[len(tiles) // 2]
    if half == min(starts.values()):  # all start at the same position: split the largest ones
        largest = min(tile.z for tile in tiles)
        tiles = [
            each for tile in tiles for each in (tile.children if tile.z == largest else (tile,))
        ]
        yield from _cut(tiles, level)
        return
    for side in (True, False):
        yield from _cut([tile for tile in tiles if (starts[tile] < half) is side], level)
