"""Car parks seen from above: asphalt, stall lines, islands, the adjacent hall, and the vehicles."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .canvas import blend, cover, layer, near, paint, patches
from .ground import Light, Shapes, crowns
from .noise import NoiseGrid, Pixels, hashed
from .parks import (
    BAY_DEPTH,
    BAY_WIDTH,
    MODULE,
    STALL_DEPTH,
    STALL_WIDTH,
    VERGE,
    CarPark,
    Rect,
)
from .vehicles import Vehicles

_LINE = 0.065  # half the width of a painted line, meters
_CAR_HEIGHT, _TRUCK_HEIGHT, _HALL_HEIGHT = 1.45, 3.2, 8.0


class _Window:
    """The part of a tile around a rectangle, with positions in the frame of the rectangle."""

    def __init__(self, grid: NoiseGrid, rect: Rect, margin: float) -> None:
        reach = rect.radius + margin
        across, down = grid.axes()
        columns = np.flatnonzero(np.abs(across[0] - rect.x) < reach)
        rows = np.flatnonzero(np.abs(down[:, 0] - rect.y) < reach)
        self.empty = not (len(columns) and len(rows))
        if not self.empty:
            self.part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            along, sideways = rect.local(across[:, columns], down[rows])
            self.along, self.across = along.astype(np.float32), sideways.astype(np.float32)

    def inside(self, half_length: float, half_width: float, soft: float) -> Pixels:
        return cover(self.along, half_length, soft) * cover(self.across, half_width, soft)


def draw_parks(
    picture: Pixels, grid: NoiseGrid, parks: Iterable[CarPark], soft: float, fine: Pixels
) -> None:
    """Draws asphalt with the texture `fine`, curbs and paint of the car parks, in place."""
    for park in parks:
        verge = VERGE * park.scale
        window = _Window(grid, park.pad, verge + soft)
        if window.empty:
            continue
        view = picture[:, *window.part]
        half_length, half_width = park.pad.half_length, park.pad.half_width
        blend(
            view,
            (98, 108, 70),
            window.inside(half_length + verge, half_width + verge, soft) * 0.8,
        )
        kerb = verge * 0.45
        blend(
            view,
            (163, 161, 154),
            window.inside(half_length + kerb, half_width + kerb, soft) * 0.9,
        )
        old = grid.fractal((260, 60), park.key, 0.7)[window.part]
        grain = fine[window.part]
        tone = 91 + 4.5 * old + 2.5 * grain
        asphalt = np.stack([tone, tone, tone * 1.015])
        pad = window.inside(half_length, half_width, soft)
        blend(view, asphalt, pad)
        lines, stains = _markings(park, window, soft / park.scale)
        view *= 1 - 0.11 * stains * pad
        worn = np.clip(0.82 - 0.12 * old + 0.08 * grain, 0.3, 1)
        blend(view, (222, 221, 214), lines * pad * worn)


def _markings(park: CarPark, window: _Window, soft: float) -> tuple[Pixels, Pixels]:
    """Shares of paint and of oil stains; all lengths in meters."""
    u, v = window.along / park.scale, window.across / park.scale
    depth = v + np.float32(park.pad.half_width / park.scale)
    rows = (depth > -0.1) & (depth < park.modules * MODULE + 0.1)
    within = depth - np.floor(depth / MODULE) * MODULE
    spot = np.minimum(np.abs(within - STALL_DEPTH / 2), np.abs(within - MODULE + STALL_DEPTH / 2))
    spine = np.minimum(within, MODULE - within)
    in_row = cover(spot, STALL_DEPTH / 2, soft) * rows
    spine_line = cover(spine, _LINE, soft)
    lines = np.zeros_like(u)
    stains = np.zeros_like(u)
    for begin, count in park.blocks:
        length = count * STALL_WIDTH
        in_block = cover(u - (begin + length / 2), length / 2 + _LINE, soft)
        if not in_block.any():
            continue
        in_block *= in_row
        place = (u - begin) / STALL_WIDTH
        side = np.abs(place - np.rint(place)) * STALL_WIDTH
        lines += in_block * np.maximum(cover(side, _LINE, soft), spine_line)
        middle = STALL_WIDTH / 2 - side
        stains += in_block * np.maximum(1 - middle * middle - spot * spot * 0.25, 0)
    if park.bays is not None:
        begin, count = park.bays
        length = count * BAY_WIDTH
        edge = park.pad.half_width / park.scale
        place = (u - begin) / BAY_WIDTH
        in_bays = cover(u - (begin + length / 2), length / 2 + _LINE, soft)
        in_bays = in_bays * cover(v - (edge - BAY_DEPTH / 2), BAY_DEPTH / 2, soft)
        lines += in_bays * cover((place - np.round(place)) * BAY_WIDTH, _LINE, soft)
    return np.minimum(lines, 1), stains


def islands(grid: NoiseGrid, parks: Iterable[CarPark]) -> tuple[list[Shapes], list[Shapes]]:
    """The planted islands near the tile as boxes, and the trees on them."""
    boxes: list[Shapes] = []
    trees: list[Shapes] = []
    for park in parks:
        stalls = park.stalls
        chosen = stalls.island & near(grid, stalls.x, stalls.y, 60)
        if not chosen.any():
            continue
        x, y, number = stalls.x[chosen], stalls.y[chosen], stalls.number[chosen]
        draw = hashed(number, number, park.key)
        full = np.ones_like(x)
        length, width = STALL_DEPTH / 2 * park.scale - 1, STALL_WIDTH / 2 * park.scale - 0.5
        cos, sin = -park.pad.sin * full, park.pad.cos * full
        boxes.append(Shapes(x, y, cos, sin, length * full, width * full, 0 * full, draw))
        tall = draw < 0.75
        radius = (1.3 + draw[tall].astype(np.float64)) * park.scale
        trees.append(crowns(x[tall], y[tall], radius, draw[tall], park.scale))
    return boxes, trees


def draw_islands(picture: Pixels, grid: NoiseGrid, boxes: Iterable[Shapes], soft: float) -> None:
    """A curb around some green."""
    for box in boxes:
        around = patches(grid, box, soft)
        for shrink, color in ((0.0, (158, 156, 149)), (1.2, (96, 104, 66))):
            length, width = float(box.half_length[0]) - shrink, float(box.half_width[0]) - shrink
            alpha = cover(around.along, length, soft) * cover(around.across, width, soft)
            paint(
                picture,
                around.index,
                alpha,
                np.array(color, np.float32)[:, None] * np.ones_like(alpha),
            )


def hall_shadow(grid: NoiseGrid, parks: Iterable[CarPark], light: Light) -> Pixels:
    """Shadow of the halls, 0..1, shape (count, count)."""
    total = np.zeros((grid.count, grid.count), np.float32)
    for park in parks:
        for share in (0.5, 1.0):
            height = _HALL_HEIGHT * park.scale * share
            moved = park.hall._replace(
                x=park.hall.x + light.east * height, y=park.hall.y + light.south * height
            )
            window = _Window(grid, moved, light.soft)
            if not window.empty:
                shade = window.inside(moved.half_length, moved.half_width, light.soft)
                total[window.part] = np.maximum(total[window.part], shade)
    return total


def draw_halls(picture: Pixels, grid: NoiseGrid, parks: Iterable[CarPark], light: Light) -> None:
    """Flat roofs with a parapet, panel joints and some equipment on top."""
    for park in parks:
        hall = park.hall
        window = _Window(grid, hall, light.soft)
        if window.empty:
            continue
        view = picture[:, *window.part]
        roof = window.inside(hall.half_length, hall.half_width, light.soft)
        inner = window.inside(hall.half_length - 4, hall.half_width - 4, light.soft)
        base = 176 + park.key % 44
        blend(view, (base + 22, base + 22, base + 20), roof)
        seam = window.along / (6 * park.scale)
        sheet = base + 5 * cover((seam - np.round(seam)) * 6 * park.scale, 1.0, light.soft)
        blend(view, np.stack([sheet, sheet, sheet * 0.985]), inner)
        unit = window.along / (17 * park.scale)
        step = (unit - np.round(unit)) * 17 * park.scale
        plant = cover(step, 1.6 * park.scale, light.soft) * cover(
            window.across, 1.2 * park.scale, light.soft
        )
        blend(view, (122, 124, 126), plant * inner)


def _kinds(vehicles: Vehicles) -> Iterable[Vehicles]:
    """Cars and trucks separately, because their sizes differ; only existing kinds."""
    for kind in (~vehicles.truck, vehicles.truck):
        if kind.any():
            yield vehicles.pick(kind)


def vehicle_shadow(grid: NoiseGrid, vehicles: Vehicles, scale: float, light: Light) -> Pixels:
    """Shadow of vehicles, 0..1, shape (count, count)."""
    total = np.zeros((grid.count, grid.count), np.float32)
    soft = light.soft + 1.5
    for some in _kinds(vehicles):
        height = 0.7 * scale * (_TRUCK_HEIGHT if some.truck[0] else _CAR_HEIGHT)
        around = patches(grid, some, soft / 2, light.east * height, light.south * height)
        alpha = cover(around.along, some.half_length.astype(np.float32)[around.shape], soft)
        alpha *= cover(around.across, some.half_width.astype(np.float32)[around.shape], soft)
        total = np.maximum(total, layer(grid, around.index, alpha))
    return total


def draw_vehicles(picture: Pixels, grid: NoiseGrid, vehicles: Vehicles, light: Light) -> None:
    """Bodies with windshields and side windows; at large pixels only the paint is drawn."""
    for some in _kinds(vehicles):
        around = patches(grid, some, light.soft / 2)
        half_length = some.half_length.astype(np.float32)[around.shape]
        half_width = some.half_width.astype(np.float32)[around.shape]
        alpha = cover(around.along, half_length, light.soft) * cover(
            around.across, half_width, light.soft
        )
        seen = np.flatnonzero(alpha)
        alpha, shape = alpha[seen], around.shape[seen]
        t = around.along[seen] / half_length[seen]
        w = np.abs(around.across[seen]) / half_width[seen]
        alpha *= 1 - 0.55 * np.clip((np.abs(t) + 0.45 * w - 1.15) * 6, 0, 1)
        tone = np.full_like(t, 0.9 if grid.step > 2 else 1.0)
        if grid.step <= 2 and some.truck[0]:
            tone -= 0.5 * _band(t, 0.6, 0.68) + 0.06 * _band(t, -0.99, 0.6) * (w > 0.8)
        elif grid.step <= 2:
            glass = np.maximum(_band(t, 0.12, 0.4), 0.85 * _band(t, -0.76, -0.5))
            glass = np.maximum(glass, 0.6 * _band(t, -0.6, 0.2) * np.clip((w - 0.66) * 5, 0, 1))
            tone += 0.07 * _band(t, -0.5, 0.12) - 0.03 * _band(t, 0.4, 1.2)
            tone *= 1 - 0.66 * glass
        paint(picture, around.index[seen], alpha, some.paint.T[:, shape] * tone + 14 * (1 - tone))


def _band(t: Pixels, low: float, high: float) -> Pixels:
    """1 between two positions along a vehicle, with edges a tenth as wide."""
    result: Pixels = np.clip((t - low) * 10 + 0.5, 0, 1) * np.clip((high - t) * 10 + 0.5, 0, 1)
    return result
