"""Which files the tiles of a map have, and where each lies in a folder.

A folder mirrors the tiles as map programs expect it: `cars.png/19/484731/303621.png`, one tree of
`{z}/{x}/{y}` for each file name. QGIS opens such a tree as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePath

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.map_types import FILES
from ..runtime.lists import elements
from .grid_file import checked_file_name
from .kraken_map import KrakenMap
from .tile import Tile

# What every file system takes as it is. All else is written as %XX, so no two names become one.
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]|^\.|\.$")
# Names that Windows keeps for devices, whatever follows the first dot.
_DEVICE = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")
_LONGEST = 200


def names_of(map: KrakenMap, files: str | Iterable[str] | None) -> tuple[str, ...]:
    """The names that were asked for, or all that the map type is known to have.

    Raises InvalidArgumentError for what is no name, and for a map type without known files.
    """
    if files is None:
        known = FILES.get(map.map_type or "", ())
        if not known:
            raise _no_names(map)
        return known
    given = [files] if isinstance(files, str) else list(elements("files", files, "a list of names"))
    if not given:
        raise InvalidArgumentError("files is empty, so there is nothing to fetch.")
    for name in given:
        safe_name(checked_file_name(name))
    names = tuple(dict.fromkeys(given))
    if len({name.casefold() for name in names}) < len(names):
        raise InvalidArgumentError("two of the files differ in case alone, as no folder may.")
    return names


def picture_of(map: KrakenMap, file: str | None) -> str:
    """The picture that was asked for; by default the one that has the map type's name, or the first.

    Raises InvalidArgumentError for a map type whose pictures are not known.
    """
    if file is not None:
        return checked_file_name(file)
    pictures = [name for name in FILES.get(map.map_type or "", ()) if name.endswith(".png")]
    if not pictures:
        raise _no_names(map)
    named = f"{map.map_type}.png"
    return named if named in pictures else pictures[0]


def _no_names(map: KrakenMap) -> InvalidArgumentError:
    told = f"the names of the files of map type {shown(map.map_type)} are not known."
    if map.map_type is None:
        told = "the map's type is unknown, and so are the names of its files."
    return InvalidArgumentError(told, hint="Name the file, such as 'heatmap.png'.")


def tiles_of(map: KrakenMap, zoom: int | None) -> Iterator[Tile]:
    """The map's tiles, or what lies at `zoom` below them. Raises InvalidArgumentError at once."""
    checked_zoom(map, zoom)
    if zoom is None:
        return iter(map.tiles)
    return (child for tile in map.tiles for child in tile.descendants(zoom))


def in_quads(map: KrakenMap, zoom: int | None) -> Iterator[Tile]:
    """The same tiles, each once: those of the top left quarter of the map first, in each quarter too."""
    checked_zoom(map, zoom)
    if not map.tiles:
        return iter(())
    level = max(tile.z for tile in map.tiles) if zoom is None else zoom
    squares = [
        (tile.x << level - tile.z, tile.y << level - tile.z, 1 << level - tile.z)
        for tile in map.tiles
    ]
    west, north = min(x for x, _, _ in squares), min(y for _, y, _ in squares)
    across = max(max(x - west, y - north) + side for x, y, side in squares)

    def walk(left: int, top: int, side: int, inside: list[tuple[int, int, int]]) -> Iterator[Tile]:
        if side == 1:
            yield Tile(level, left, top)
            return
        half = side // 2
        for y in (top, top + half):
            for x in (left, left + half):
                here = [
                    square
                    for square in inside
                    if x - square[2] < square[0] < x + half and y - square[2] < square[1] < y + half
                ]
                if here:
                    yield from walk(x, y, half, here)

    return walk(west, north, 1 << (across - 1).bit_length(), squares)


def count_tiles(map: KrakenMap, zoom: int | None) -> int:
    """How many `tiles_of` gives."""
    checked_zoom(map, zoom)
    return sum(1 if zoom is None else int(4 ** (zoom - tile.z)) for tile in map.tiles)


def checked_zoom(map: KrakenMap, zoom: int | None) -> None:
    """Raises InvalidArgumentError for a zoom at which the map has no tiles."""
    if not isinstance(map, KrakenMap):
        raise InvalidArgumentError(
            f"a KrakenMap is needed here, with its tiles, not {type(map).__name__}.",
            hint="It is what the result() of a release gives.",
        )
    wrong = next((tile for tile in map.tiles if not tile.exists), None)
    if wrong is not None:
        raise InvalidArgumentError(f"the map has a tile that there is not: {shown(tuple(wrong))}.")
    if zoom is None:
        return
    if isinstance(zoom, bool) or not isinstance(zoom, int):
        raise InvalidArgumentError(f"zoom is a whole number, not {shown(zoom)}.")
    least = max((tile.z for tile in map.tiles), default=0)
    if not least <= zoom <= map.max_zoom:
        raise InvalidArgumentError(
            f"the map has tiles of zoom {least} to {map.max_zoom}, and none of {zoom}."
        )


def safe_name(name: str) -> str:
    """A name as one part of a path on any system. Raises InvalidArgumentError when it is too long."""
    safe = _UNSAFE.sub(lambda match: _escaped(match[0]), name)
    safe = _DEVICE.sub(lambda match: _escaped(match[0][0]) + match[0][1:], safe)
    if len(safe) > _LONGEST:
        raise InvalidArgumentError(f"{name[:40]!r}... is too long for the name of a file.")
    return safe


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def place_of(tile: Tile, name: str) -> str:
    """Where a file of a tile lies in the folder, as a path with slashes."""
    folder, suffix = _tree(name)
    z, x, y = tile
    return f"{folder}/{z}/{x}/{y}{suffix}"


@lru_cache(maxsize=64)
def _tree(name: str) -> tuple[str, str]:
    safe = safe_name(name)
    return safe, PurePath(safe).suffix
