"""The files of a map's tiles, and their paths in a folder.

A folder has the layout that map programs expect: `cars.png/19/484731/303621.png`, one tree of
`{z}/{x}/{y}` for each file name. QGIS can open such a tree.
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
from .touched import Zoom, checked_level, quads

MAX_FILES = 4096


# Characters that every file system accepts. Others are written as %XX, so that names stay distinct.
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]|^\.|\.$")
# Windows reserves these names for devices, with any suffix.
_DEVICE = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")
_LONGEST = 200


def names_of(map: KrakenMap, files: str | Iterable[str] | None) -> tuple[str, ...]:
    """The requested names, or all known files of the map type.

    Raises InvalidArgumentError for an invalid name, and for a map type without known files.
    """
    if files is None:
        known = FILES.get(map.map_type or "", ())
        if not known:
            raise _no_names(map)
        return known
    given = [files] if isinstance(files, str) else list(elements("files", files, "a list of names"))
    if not given:
        raise InvalidArgumentError("files must not be empty.")
    for name in given:
        safe_name(checked_file_name(name))
    names = tuple(dict.fromkeys(given))
    if len({name.casefold() for name in names}) < len(names):
        raise InvalidArgumentError(
            "two names in files differ only in case, so they cannot be stored in one folder."
        )
    return names


def picture_of(map: KrakenMap, file: str | None) -> str:
    """The requested picture; by default the one with the map type's name, or the first.

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
    told = f"unknown file names for the map type {shown(map.map_type)}."
    if map.map_type is None:
        told = "unknown file names: the type of the map is unknown."
    return InvalidArgumentError(told, hint="Pass the name of the file, such as 'heatmap.png'.")


def covering(map: KrakenMap, zoom: int | None) -> list[Tile]:
    """The map's tiles, or the largest tiles whose children at `zoom` are exactly those to fetch.

    They are in Z-order (top left quarter first, recursively). Without a zoom the tiles are those of
    the map's deepest level. Raises InvalidArgumentError.
    """
    checked_zoom(map, zoom)
    if zoom is None:
        return list(quads(map.tiles, max((tile.z for tile in map.tiles), default=0)))
    extent = None if map.extent is None else map.extent.to_geojson()
    return list(quads(map.tiles, zoom, extent))


def in_quads(map: KrakenMap, zoom: int | None) -> Iterator[Tile]:
    """The tiles that `covering` covers, without duplicates and in its order."""
    level = max((tile.z for tile in map.tiles), default=0) if zoom is None else zoom

    def children(tile: Tile) -> Iterator[Tile]:
        if tile.z == level:
            yield tile
        else:
            for child in tile.children:
                yield from children(child)

    return (tile for large in covering(map, zoom) for tile in children(large))


def tiles_of(map: KrakenMap, zoom: int | None) -> Iterator[Tile]:
    """The map's tiles, or those of their children at `zoom` that its extent touches.

    Raises InvalidArgumentError before the first tile.
    """
    checked_zoom(map, zoom)
    return iter(map.tiles) if zoom is None else in_quads(map, zoom)


def count_tiles(map: KrakenMap, zoom: int | None) -> int:
    """The number of tiles that `tiles_of` returns."""
    if zoom is None:
        return len(map.tiles)
    return sum(int(4 ** (zoom - tile.z)) for tile in covering(map, zoom))


def checked_zoom(map: KrakenMap, zoom: Zoom) -> int | None:
    """The requested zoom level; None for that of the map's own tiles.

    Raises InvalidArgumentError for a level at which the map has no tiles.
    """
    if not isinstance(map, KrakenMap):
        raise InvalidArgumentError(
            f"map must be a KrakenMap, not {type(map).__name__}.",
            hint="Pass the result() of a release.",
        )
    return checked_level(map.tiles, map.max_zoom, zoom)


def level_of(map: KrakenMap, zoom: Zoom, max_files: int | None, names: int = 1) -> int | None:
    """Like `checked_zoom`; also checks the number of files, with `names` files per tile."""
    level = checked_zoom(map, zoom)
    check_count(names * count_tiles(map, level), zoom, max_files)
    return level


def check_count(files: int, zoom: Zoom, max_files: int | None) -> None:
    """Raises InvalidArgumentError for more files than `max_files`, or its default.

    There is no default limit if `zoom` is a number.
    """
    if max_files is None:
        if isinstance(zoom, int) or files <= MAX_FILES:
            return
    elif isinstance(max_files, bool) or not isinstance(max_files, int) or max_files < 1:
        raise InvalidArgumentError(f"max_files must be a whole number above 0, not {max_files!r}.")
    elif files <= max_files:
        return
    raise InvalidArgumentError(
        f"{files:,} files would be fetched, more than the maximum of {max_files or MAX_FILES:,}.",
        hint=f"Pass a number as zoom, or max_files={files}.",
    )


def safe_name(name: str) -> str:
    """A name as one segment of a path on any system. Raises InvalidArgumentError if it is too long."""
    safe = _UNSAFE.sub(lambda match: _escaped(match[0]), name)
    safe = _DEVICE.sub(lambda match: _escaped(match[0][0]) + match[0][1:], safe)
    if len(safe) > _LONGEST:
        raise InvalidArgumentError(f"the name {name[:40]!r}... is too long for a file.")
    return safe


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def place_of(tile: Tile, name: str) -> str:
    """The path of a tile's file in the folder, with slashes."""
    folder, suffix = _tree(name)
    z, x, y = tile
    return f"{folder}/{z}/{x}/{y}{suffix}"


@lru_cache(maxsize=64)
def _tree(name: str) -> tuple[str, str]:
    safe = safe_name(name)
    return safe, PurePath(safe).suffix
