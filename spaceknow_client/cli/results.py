"""Results of pipelines, as JSON and as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .app import App
from .tables import Column, fields, table

if TYPE_CHECKING:
    from ..maps.kraken_map import KrakenMap


def _share(value: Any) -> str | None:
    return None if value is None else f"{value:.0%}"


def _degrees(value: Any) -> str | None:
    return None if value is None else f"{value:.1f}"


# Columns for scenes as JSON data.
SCENE_COLUMNS = (
    Column("acquired (UTC)", lambda scene: scene["datetime"]),
    Column("satellite", lambda scene: scene["satellite"]),
    Column("clouds", lambda scene: _share(scene.get("cloudCover")), right=True),
    Column("off nadir", lambda scene: _degrees(scene.get("offNadir")), right=True),
    Column("scene id", lambda scene: scene["sceneId"], whole=True),
)


def columns_of(rows: list[dict[str, Any]]) -> Sequence[Column]:
    """Columns for the items of a listing: those of scenes, or one for each member."""
    if all(row.keys() >= {"sceneId", "datetime", "satellite"} for row in rows):
        return SCENE_COLUMNS
    names = dict.fromkeys(name for row in rows for name in row)
    return [Column(_words(name), partial(_cell, name)) for name in names]


def _cell(name: str, row: dict[str, Any]) -> Any:
    value = row.get(name)
    return json.dumps(value) if isinstance(value, (dict, list, bool)) else _plain(value)


def as_json(result: Any) -> Any:
    """A result as JSON data, with the API's member names."""
    from ..pages.page import Page

    if isinstance(result, Page):
        return {"results": [item.to_dict() for item in result.items], "cursor": result.cursor}
    return result.to_dict() if hasattr(result, "to_dict") else result


def in_words(result: Any) -> list[str]:
    """A result as lines."""
    from ..maps.kraken_map import KrakenMap
    from ..pages.page import Page

    match result:
        case KrakenMap():
            return _map_in_words(result)
        case Page():
            rows = [item.to_dict() for item in result.items]
            lines = table(rows, columns) if (columns := columns_of(rows)) else []
            return [*lines, *fields([("next cursor", result.cursor)])]
    data = as_json(result)
    if not isinstance(data, Mapping):
        return [str(data)]
    return fields([(_words(name), _plain(value)) for name, value in data.items()])


def show(app: App, result: Any) -> None:
    """Writes one result."""
    app.show(as_json(result), lambda: in_words(result))


def _map_in_words(kraken_map: KrakenMap) -> list[str]:
    from ..maps.scene_id import iso

    zooms = sorted({tile.z for tile in kraken_map.tiles})
    return fields(
        [
            ("map type", kraken_map.map_type or "unknown"),
            ("map", kraken_map.map_id),
            ("tiles", f"{len(kraken_map.tiles)} at zoom {', '.join(map(str, zooms)) or '-'}"),
            ("deepest zoom", kraken_map.max_zoom),
            ("scenes", " ".join(kraken_map.scene_ids) or None),
            ("acquired (UTC)", " ".join(map(iso, kraken_map.acquired)) or None),
        ]
    )


def _plain(value: Any) -> Any:
    return f"{value:.10g}" if isinstance(value, float) else value


def _words(name: str) -> str:
    """The label of a member: `allocated km2` for `allocatedKm2`."""
    return "".join(f" {mark.lower()}" if mark.isupper() else mark for mark in name)
