"""The content of a page: for each date the layers of its maps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from ...errors.base import InvalidArgumentError
from ...generated.map_types import FILES
from ..detections import DETECTIONS, Detections
from ..grid_file import GridFile
from ..kraken_map import KrakenMap
from ..map_files import picture_of
from ..provenance import provenance
from ..scene_id import as_utc

Maps: TypeAlias = KrakenMap | Sequence[KrakenMap]
Dates: TypeAlias = Mapping[str | dt.date, Maps]


@frozen(kw_only=True)
class Layer:
    """A layer that can be switched on and off: pictures of tiles, or detections.

    Attributes:
        name: the label of the switch.
        pictures: a picture for each tile, drawn below all detections.
        detections: drawn as outlines.
        bounds: the bounds of the map's extent, if known: west, south, east, north in degrees.
        about: the known details of the map.
        on: whether it is initially on.
    """

    name: str
    pictures: Sequence[GridFile] = field(
        default=(), repr=lambda pictures: f"<{len(pictures)} pictures>"
    )
    detections: Detections | None = None
    bounds: tuple[float, float, float, float] | None = None
    about: Mapping[str, Any] = field(factory=dict, repr=False)
    on: bool = True


@frozen(kw_only=True)
class Frame:
    """The layers of one date."""

    label: str
    layers: Sequence[Layer]


def dated(maps: Maps | Dates) -> list[tuple[str, list[KrakenMap]]]:
    """The maps by label. Raises InvalidArgumentError for other values.

    Several maps without dates are layers of one step; a second map of the same type starts a second
    step.
    """
    if isinstance(maps, Mapping):
        found = [(_label(date), _listed(some)) for date, some in maps.items()]
    else:
        steps: list[list[KrakenMap]] = []
        for map in _listed(maps):
            free = (step for step in steps if all(one.map_type != map.map_type for one in step))
            step = next(free, None)
            if step is None:
                steps.append([map])
            else:
                step.append(map)
        found = [
            (_acquired(step) or (str(number) if len(steps) > 1 else ""), step)
            for number, step in enumerate(steps, 1)
        ]
    if not any(some for _, some in found):
        raise InvalidArgumentError("maps must not be empty.")
    return found


def pictured(map: KrakenMap) -> Iterator[str]:
    """The files of a map that a page shows."""
    yield picture_of(map, None)
    if DETECTIONS in FILES.get(map.map_type or "", ()):
        yield DETECTIONS


def layers_of(
    maps: Sequence[KrakenMap], files: Iterable[tuple[KrakenMap, str, Sequence[GridFile | None]]]
) -> list[Layer]:
    """The layers of one date. Pictures of an analysis are initially off if there is imagery."""
    has_imagery = any(map.map_type == "imagery" for map in maps)
    layers = []
    for map, name, some in files:
        kind, about = map.map_type or "map", provenance(map)
        if name == DETECTIONS:
            layers.append(
                Layer(name=f"{kind}, outlined", detections=Detections.read(some), about=about)
            )
        else:
            there = [file for file in some if file is not None]
            on = kind == "imagery" or not has_imagery
            label = kind if kind == "imagery" else f"{kind}, picture"
            bounds = map.extent.bounds if map.extent else None
            layers.append(Layer(name=label, pictures=there, bounds=bounds, about=about, on=on))
    return layers


def _label(date: Any) -> str:
    """The label of a date; times are in UTC, also those without a zone."""
    if isinstance(date, dt.datetime):
        return f"{as_utc(date):%Y-%m-%d %H:%M} UTC"
    return str(date)


def _acquired(maps: Sequence[KrakenMap]) -> str:
    """The first and the last known acquisition time of the scenes of maps."""
    times = sorted(time for map in maps for time in map.acquired)
    return " to ".join(dict.fromkeys(map(_label, times[:1] + times[-1:])))


def _listed(maps: Any) -> list[KrakenMap]:
    some = [maps] if isinstance(maps, KrakenMap) else maps
    if not isinstance(some, Sequence) or not all(isinstance(map, KrakenMap) for map in some):
        raise InvalidArgumentError(
            f"maps must be KrakenMaps, not {type(maps).__name__}.",
            hint="Pass one map, a list of maps, or a dict of maps by date.",
        )
    return list(some)
