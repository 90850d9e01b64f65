"""Vehicles on a car park at the time of a scene, and their detections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from .clouds import opacity
from .columns import Boxes
from .noise import Floats, Pixels, Points, key
from .parks import LONGEST_TRUCK, STALL_DEPTH, CarPark
from .scenes import SceneRecord
from .tiles import TILE_SIZE, pixel_area

# Colors of the paint (red, green, blue) with their frequencies.
_PAINT = np.array(
    [
        (236, 238, 240), (188, 192, 197), (128, 132, 138), (38, 40, 44), (44, 70, 128),
        (150, 34, 36), (70, 84, 62), (214, 188, 70), (96, 58, 44),
    ],
    np.float32,
)  # fmt: skip
_PAINT_SHARE = (0.33, 0.19, 0.13, 0.14, 0.09, 0.07, 0.02, 0.01, 0.02)

_WEEKDAYS, _SATURDAY, _SUNDAY = 0.84, 0.60, 0.505
_MERGED_SHARE = 0.04


@dataclass(frozen=True, eq=False)
class Vehicles(Boxes):
    """Vehicles of one car park, in pixels of zoom 19; (cos, sin) is the direction of the front."""

    truck: NDArray[np.bool_]
    number: NDArray[np.int64]
    paint: Pixels
    confidence: Floats


@dataclass(frozen=True, eq=False)
class Detections(Boxes):
    """Detected rectangles of one car park; `area` in true m2."""

    truck: NDArray[np.bool_]
    count: NDArray[np.int64]
    area: Floats
    confidence: Floats


def occupancy(scene: SceneRecord, park: CarPark) -> float:
    """Share of occupied stalls: by the local day of the week, the season and chance."""
    local = scene.acquired + timedelta(hours=round(park.longitude / 15))
    base = (_WEEKDAYS,) * 5 + (_SATURDAY, _SUNDAY)
    day = local.timetuple().tm_yday
    season = 1 + 0.05 * math.cos(2 * math.pi * (day - 250) / 365.25)
    from_christmas = min(abs(day - 361), 365 - abs(day - 361))
    season *= 1 - 0.15 * math.exp(-((from_christmas / 8) ** 2))
    rng = np.random.default_rng(key(scene.scene_id, park.key, "occupancy"))
    return min(
        0.97, base[local.weekday()] * season * (1 + 0.03 * float(np.clip(rng.normal(), -2, 2)))
    )


def park_vehicles(scene: SceneRecord, park: CarPark) -> Vehicles:
    """All vehicles on the car park, including those hidden by clouds."""
    stalls = park.stalls
    count = len(stalls.x)
    rng = np.random.default_rng(key(scene.scene_id, park.key, "vehicles"))
    draw = rng.random((12, count))
    along, across = park.pad.local(stalls.x, stalls.y)
    liked = 1.08 - 0.1 * np.abs(along) / park.pad.half_length - 0.08 * across / park.pad.half_width
    share = np.where(stalls.truck, 0.3, occupancy(scene, park) * liked)
    taken = stalls.usable & (draw[0] < share)
    stall_x, stall_y, truck, draw = (
        stalls.x[taken],
        stalls.y[taken],
        stalls.truck[taken],
        draw[:, taken],
    )
    meter = 1 / np.sqrt(pixel_area(stall_y))
    length = np.where(truck, 7 + (LONGEST_TRUCK - 7) * draw[1], 4.2 + 0.4 * (draw[1] + draw[2]))
    width = np.where(truck, 2.5, 1.75 + 0.2 * draw[3])
    slack = np.where(truck, 0.35, np.minimum(0.14, (STALL_DEPTH - length) / 2))
    lengthwise = (2 * draw[4] - 1) * slack * meter
    sideways = (draw[5] + draw[6] - 1) * 0.2 * meter
    # A vehicle is perpendicular to its row, in either direction, slightly rotated.
    turned = np.where(draw[7] < 0.7, 1.0, -1.0)
    askew = np.radians(3.2 * (draw[8] - 0.5))
    cos = turned * (-park.pad.sin * np.cos(askew) - park.pad.cos * np.sin(askew))
    sin = turned * (park.pad.cos * np.cos(askew) - park.pad.sin * np.sin(askew))
    paint = _PAINT[np.searchsorted(np.cumsum(_PAINT_SHARE)[:-1], draw[9])]
    paint = np.where((truck & (draw[9] < 0.8))[:, None], _PAINT[0], paint)
    return Vehicles(
        x=stall_x - park.pad.sin * lengthwise + park.pad.cos * sideways,
        y=stall_y + park.pad.cos * lengthwise + park.pad.sin * sideways,
        cos=cos,
        sin=sin,
        half_length=length / 2 * meter,
        half_width=width / 2 * meter,
        truck=truck,
        number=stalls.number[taken],
        paint=(paint * (0.9 + 0.16 * draw[10])[:, None]).astype(np.float32),
        confidence=(0.99 - 0.25 * draw[11] ** 3).round(3),
    )


def detect(scene: SceneRecord, park: CarPark, vehicles: Vehicles) -> Detections:
    """Detections of the vehicles: all not hidden by clouds; some adjacent ones as one."""
    seen = opacity(scene, Points(vehicles.x, vehicles.y)) <= 0.5
    v = vehicles.pick(seen)
    single = Detections(
        v.x, v.y, v.cos, v.sin, v.half_length, v.half_width, v.truck,
        count=np.ones(len(v.x), np.int64),
        area=4 * v.half_length * v.half_width * pixel_area(v.y),
        confidence=v.confidence,
    )  # fmt: skip
    if len(v.x) < 2:
        return single
    rng = np.random.default_rng(key(scene.scene_id, park.key, "merged"))
    adjacent = (np.diff(v.number) == 1) & ~v.truck[:-1]
    first = np.flatnonzero(adjacent & (rng.random(len(adjacent)) < _MERGED_SHARE))
    first = first[np.diff(first, prepend=-2) > 1]
    merged, first = _merge(single, first, park)
    apart = np.ones(len(v.x), bool)
    apart[first] = apart[first + 1] = False
    return Detections.join([single.pick(apart), merged])


def _merge(
    single: Detections, first: NDArray[np.int64], park: CarPark
) -> tuple[Detections, NDArray[np.int64]]:
    """A rectangle for each pair (n, n + 1) of `first`; pairs across tile borders stay separate."""
    origin = np.array([park.pad.x, park.pad.y])
    corners = single.corners() - origin
    eight = np.concatenate([corners[first], corners[first + 1]], axis=1)
    if not len(first):
        return single.pick(first), first
    around = shapely.oriented_envelope(shapely.multipoints(eight.tolist()))
    ring = shapely.get_coordinates(around).reshape(-1, 5, 2)
    tiles = np.floor((ring + origin) / TILE_SIZE)
    inside = (tiles == tiles[:, :1]).all(axis=(1, 2))
    ring, first = ring[inside], first[inside]
    side_a, side_b = ring[:, 1] - ring[:, 0], ring[:, 2] - ring[:, 1]
    swap = np.hypot(*side_a.T) < np.hypot(*side_b.T)
    long = np.where(swap[:, None], side_b, side_a)
    short = np.where(swap[:, None], side_a, side_b)
    length, width = np.hypot(*long.T), np.hypot(*short.T)
    center = (ring[:, 0] + ring[:, 2]) / 2 + origin
    merged = Detections(
        x=center[:, 0],
        y=center[:, 1],
        cos=long[:, 0] / length,
        sin=long[:, 1] / length,
        half_length=length / 2,
        half_width=width / 2,
        truck=np.zeros(len(first), bool),
        count=np.full(len(first), 2),
        area=length * width * pixel_area(center[:, 1]),
        confidence=np.minimum(single.confidence[first], single.confidence[first + 1]) - 0.1,
    )
    return merged, first
