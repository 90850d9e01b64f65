"""Counts of detections by class."""

from __future__ import annotations

from typing import Any

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.map_types import MAP_TYPES
from .detections import DETECTIONS, Detections
from .kraken_map import KrakenMap


def check_has_detections(map: KrakenMap) -> None:
    """Raises InvalidArgumentError for a map type without detections."""
    known = MAP_TYPES.get(map.map_type or "")
    if known is not None and known.files and DETECTIONS not in known.files:
        raise InvalidArgumentError(
            f"cannot count: maps of type {shown(map.map_type)} have no detections.",
            hint="Release an analysis that has detections, such as cars.",
        )


def counted(found: Detections, map_type: str | None) -> list[dict[str, Any]]:
    """Count and area in m2 of each class: first the known classes of the map type, then others.

    A map without any class has one row, without a class.
    """
    known = MAP_TYPES.get(map_type or "")
    classes: dict[str | None, list[dict[str, Any]]] = {
        name: [] for name in (known.classes if known else ())
    }
    for feature in found.features:
        name = (feature.get("properties") or {}).get("class")
        classes.setdefault(name if isinstance(name, str) else None, []).append(feature)
    if not classes:
        classes[None] = []
    return [
        {"class": name, "count": each.count, "areaM2": round(each.area, 3)}
        for name, each in ((name, Detections(some)) for name, some in classes.items())
    ]
