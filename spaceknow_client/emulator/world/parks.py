"""Car parks: their positions and the layout of their stalls.

A car park is a rotated rectangle of modules, each of two rows of stalls with a driving lane
between them. It belongs to one cell of the ground and is inside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .noise import Floats, hashed, key
from .tiles import TILE_SIZE, lonlat, pixel_area, pixel_point

CELL = 4096
"""Width of a cell of the ground in pixels of zoom 19: about 1 km at Brisbane."""

STALL_WIDTH, STALL_DEPTH, LANE = 2.5, 5.0, 5.8
MODULE = 2 * STALL_DEPTH + LANE
BAY_WIDTH, BAY_DEPTH, BAY_LANE = 4.2, 13.5, 6.0
LONGEST_CAR, WIDEST_CAR, CAR_SLACK = 5.0, 1.95, 0.3
LONGEST_TRUCK, WIDEST_TRUCK, TRUCK_SLACK = 12.0, 2.6, 0.5
VERGE = 2.5

_SHARE_OF_CELLS = 0.3

# Longitude, latitude, length in meters, modules, angle in degrees, has a strip for trucks. The first
# is the staff car park of Brisbane airport, as outlined by public programs, with its surroundings.
_BRISBANE: tuple[tuple[float, float, float, int, float, bool], ...] = (
    (153.105268, -27.391768, 305.0, 11, 117.5, False),
    (153.1067, -27.3901, 105.0, 5, 27.5, False),
    (153.0998, -27.3952, 110.0, 4, 12.0, True),
    (153.0904, -27.3990, 120.0, 3, 12.0, False),
    (153.0957, -27.4008, 90.0, 5, 102.0, False),
    (153.1014, -27.4003, 140.0, 3, 14.0, True),
    (153.0908, -27.3920, 80.0, 3, 10.0, False),
    (153.1136, -27.3868, 160.0, 6, 14.0, False),
    (153.1182, -27.3911, 130.0, 5, 104.0, False),
    (153.0640, -27.4200, 100.0, 4, -8.0, True),
    (153.1500, -27.4600, 120.0, 3, 30.0, False),
    (153.0700, -27.3600, 110.0, 4, 4.0, False),
    (153.2000, -27.4400, 90.0, 3, -20.0, True),
)


class Rect(NamedTuple):
    """A rotated rectangle in pixels of zoom 19; (cos, sin) is the direction of its length."""

    x: float
    y: float
    cos: float
    sin: float
    half_length: float
    half_width: float

    @property
    def radius(self) -> float:
        """From the center to a corner."""
        return math.hypot(self.half_length, self.half_width)

    def local(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Positions along the length and across, from the center; x and y broadcast."""
        dx, dy = x - self.x, y - self.y
        return dx * self.cos + dy * self.sin, dy * self.cos - dx * self.sin

    def at(self, along: float, across: float) -> tuple[float, float]:
        """The point at a position in the rectangle's frame: the inverse of `local`."""
        x = self.x + along * self.cos - across * self.sin
        return x, self.y + along * self.sin + across * self.cos

    def grown(self, margin: float) -> Rect:
        """The rectangle enlarged by `margin` on each side."""
        return self._replace(
            half_length=self.half_length + margin, half_width=self.half_width + margin
        )


class Stalls(NamedTuple):
    """Stalls: center (pixels), number (adjacent stalls differ by 1), kind."""

    x: Floats
    y: Floats
    number: NDArray[np.int64]
    truck: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    island: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CarPark:
    """A car park; `scale` is pixels per meter, `pad` its asphalt, `hall` the adjacent building."""

    key: int
    pad: Rect
    hall: Rect
    scale: float
    modules: int
    blocks: tuple[tuple[float, int], ...]
    bays: tuple[float, int] | None
    stalls: Stalls

    @property
    def longitude(self) -> float:
        """Longitude of the center, in degrees."""
        return float(lonlat(np.float64(self.pad.x), np.float64(self.pad.y))[0])


@lru_cache(maxsize=4096)
def parks_of_cell(seed: int, column: int, row: int) -> tuple[CarPark, ...]:
    """The car parks in one cell: those of Brisbane, elsewhere at random none or one."""
    fixed = [park for park in map(_fixed, range(len(_BRISBANE))) if _overlaps(park, column, row)]
    if fixed:
        return tuple(_build(*site, park_key=key("brisbane", site[0])) for site in fixed)
    number = key(seed, "park", column, row)
    draw = hashed(np.arange(8), np.full(8, 1), number)
    if draw[0] >= _SHARE_OF_CELLS or not 0 <= row < 2**15:
        return ()
    _, lat = lonlat(np.float64(0), np.float64((row + 0.5) * CELL))
    scale = 1 / math.sqrt(float(pixel_area(np.array([(row + 0.5) * CELL]))[0]))
    length, modules = 60 + 100 * float(draw[1]), 2 + int(draw[2] * 4)
    reach = (math.hypot(length / 2, modules * MODULE / 2 + 66) + VERGE) * scale
    if abs(float(lat)) > 75 or 2 * reach > CELL - 64:
        return ()
    x = column * CELL + reach + float(draw[3]) * (CELL - 2 * reach)
    y = row * CELL + reach + float(draw[4]) * (CELL - 2 * reach)
    angle = 30 * float(draw[5]) - 15 + (90 if draw[6] < 0.5 else 0)
    return (_build(x, y, length, modules, angle, bool(draw[7] < 0.35), park_key=number),)


def _fixed(number: int) -> tuple[float, float, float, int, float, bool]:
    lon, lat, length, modules, angle, trucks = _BRISBANE[number]
    x, y = pixel_point(lon, lat)
    return x, y, length, modules, angle, trucks


def _overlaps(site: tuple[float, float, float, int, float, bool], column: int, row: int) -> bool:
    x, y, length, modules, *_ = site
    reach = 3.8 * (math.hypot(length / 2, modules * MODULE / 2 + 66) + VERGE)
    dx = max(column * CELL - x, 0, x - (column + 1) * CELL)
    dy = max(row * CELL - y, 0, y - (row + 1) * CELL)
    return math.hypot(dx, dy) < reach


def _build(
    x: float, y: float, length: float, modules: int, degrees: float, trucks: bool, *, park_key: int
) -> CarPark:
    scale = 1 / math.sqrt(float(pixel_area(np.array([y]))[0]))
    width = modules * MODULE + (BAY_LANE + BAY_DEPTH if trucks else 0)
    angle = math.radians(degrees)
    pad = Rect(x, y, math.cos(angle), math.sin(angle), length / 2 * scale, width / 2 * scale)
    depth = 9 + park_key % 9
    hall_x, hall_y = pad.at(0.1 * length * scale, -(width / 2 + depth + 7) * scale)
    hall = Rect(hall_x, hall_y, pad.cos, pad.sin, 0.33 * length * scale, depth * scale)
    ends = -length / 2 + LANE, length / 2 - LANE
    edges = [ends] if length < 120 else [(ends[0], -LANE / 2), (LANE / 2, ends[1])]
    blocks = tuple((begin, int((end - begin) / STALL_WIDTH)) for begin, end in edges)
    bays = (-length / 2 + 4, int((length - 8) / BAY_WIDTH)) if trucks else None
    stalls = _stalls(park_key, pad, scale, modules, blocks, bays)
    return CarPark(park_key, pad, hall, scale, modules, blocks, bays, stalls)


def _stalls(
    park_key: int,
    pad: Rect,
    scale: float,
    modules: int,
    blocks: tuple[tuple[float, int], ...],
    bays: tuple[float, int] | None,
) -> Stalls:
    top = -pad.half_width / scale
    rows = [
        top + k * MODULE + off
        for k in range(modules)
        for off in (STALL_DEPTH / 2, MODULE - STALL_DEPTH / 2)
    ]
    along: list[Floats] = []
    across: list[Floats] = []
    numbers: list[NDArray[np.int64]] = []
    for row, middle in enumerate(rows):
        for block, (begin, count) in enumerate(blocks):
            along.append(begin + (np.arange(count, dtype=np.float64) + 0.5) * STALL_WIDTH)
            across.append(np.full(count, middle))
            numbers.append(1000 * (2 * row + block) + np.arange(count))
    cars = sum(len(part) for part in along)
    if bays is not None:
        begin, count = bays
        along.append(begin + (np.arange(count, dtype=np.float64) + 0.5) * BAY_WIDTH)
        across.append(np.full(count, -top - BAY_DEPTH / 2))
        numbers.append(1_000_000 + 2 * np.arange(count))
    u, v = np.concatenate(along) * scale, np.concatenate(across) * scale
    number = np.concatenate(numbers)
    truck = np.arange(len(u)) >= cars
    x = pad.x + u * pad.cos - v * pad.sin
    y = pad.y + u * pad.sin + v * pad.cos
    whole = np.where(
        truck, _within_tile(x, y, pad, scale, True), _within_tile(x, y, pad, scale, False)
    )
    # Islands are placed on stalls that a tile's edge crosses, so that these stalls look less empty.
    island = (hashed(number, np.zeros_like(number), park_key) < np.where(whole, 0.02, 0.2)) & ~truck
    return Stalls(x, y, number, truck, whole & ~island, island)


def _within_tile(x: Floats, y: Floats, pad: Rect, scale: float, truck: bool) -> NDArray[np.bool_]:
    """Whether a vehicle in any orientation in its stall is inside a single tile of zoom 19."""
    length, width, slack = (
        (LONGEST_TRUCK, WIDEST_TRUCK, TRUCK_SLACK)
        if truck
        else (LONGEST_CAR, WIDEST_CAR, CAR_SLACK)
    )
    half_length, half_width = (length / 2 + slack) * scale, (width / 2 + slack) * scale
    reach_x = half_length * abs(pad.sin) + half_width * abs(pad.cos) + 0.5
    reach_y = half_length * abs(pad.cos) + half_width * abs(pad.sin) + 0.5
    inside_x = np.floor((x - reach_x) / TILE_SIZE) == np.floor((x + reach_x) / TILE_SIZE)
    inside_y = np.floor((y - reach_y) / TILE_SIZE) == np.floor((y + reach_y) / TILE_SIZE)
    return np.asarray(inside_x & inside_y)
