"""The provenance in files: the details of a map, with the same names in all formats. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..runtime.version import __version__
from .kraken_map import KrakenMap
from .scene_id import iso
from .tile import Tile, meters_per_pixel

SOFTWARE = f"spaceknow-client {__version__}"
TILE_SIDE = 256  # assumed side of a picture in pixels if none is available


def provenance(
    map: KrakenMap, zoom: int | None = None, meters: float | None = None
) -> dict[str, str | int | float]:
    """The known details of a map.

    `scene_ids` and `acquired` (UTC) are strings, with spaces between several values. `zoom` is that
    of the tiles, by default the map's own; `meters_per_pixel` is the ground resolution in the middle
    of the map, by default for tiles of 256 pixels.
    """
    level = max((tile.z for tile in map.tiles), default=None) if zoom is None else zoom
    if meters is None and level is not None:
        meters = _meters(map.tiles, level)
    told = {
        "map_id": map.map_id,
        "map_type": map.map_type,
        "scene_ids": " ".join(map.scene_ids) or None,
        "acquired": " ".join(iso(each) for each in map.acquired) or None,
        "zoom": level,
        "meters_per_pixel": None if meters is None else float(f"{meters:.6g}"),
    }
    return {name: value for name, value in told.items() if value is not None}


def _meters(tiles: Iterable[Tile], zoom: int) -> float:
    tops, ends = zip(
        *((tile.y / 2.0**tile.z, (tile.y + 1) / 2.0**tile.z) for tile in tiles), strict=True
    )
    return meters_per_pixel(zoom, (min(tops) + max(ends)) / 2 * 2.0**zoom, TILE_SIDE)


def texts(about: Mapping[str, Any]) -> dict[str, str]:
    """The same as strings, with the software that wrote the file."""
    return {**{name: str(value) for name, value in about.items()}, "software": SOFTWARE}
