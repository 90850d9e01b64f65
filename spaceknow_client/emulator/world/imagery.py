"""Imagery: the ground of a tile as a scene shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from . import asphalt, ground
from .areas import Area
from .canvas import blend, near
from .clouds import opacity, shadow
from .ground import Light, Shapes
from .noise import NoiseGrid, Pixels, key
from .parks import CELL, CarPark, parks_of_cell
from .scenes import SceneRecord
from .tiles import covers_points, lonlat, pixel_area
from .vehicles import Vehicles
from .world import World

_MARGIN = 240  # pixels of zoom 19; objects farther away cannot affect a tile
_BLURRIEST = 0.8  # meters; maximum blur of imagery, whatever the dataset's gsd
_COARSEST = 64  # pixels; at wider ones only bare ground is drawn, because objects are too small


def nearby_parks(seed: int, grid: NoiseGrid, cells: Iterable[tuple[int, int]]) -> list[CarPark]:
    """The car parks of some cells that touch the pixels or their surroundings, without duplicates."""
    found: dict[int, CarPark] = {}
    for column, row in cells:
        for park in parks_of_cell(seed, column % 2**15, row):
            pad, hall = park.pad, park.hall
            x, y = np.array([pad.x, hall.x]), np.array([pad.y, hall.y])
            reach = np.array([pad.radius, hall.radius]) + _MARGIN
            if near(grid, x, y, reach).any():
                found.setdefault(park.key, park)
    return [found[number] for number in sorted(found)]


def _cells(grid: NoiseGrid) -> Iterator[tuple[int, int]]:
    """The cells of the ground around some pixels; none if car parks are too small to be visible."""
    if grid.step <= _COARSEST:
        columns, rows = (
            range(int(at - _MARGIN) // CELL, int(at + grid.size + _MARGIN) // CELL + 1)
            for at in (grid.x, grid.y)
        )
        yield from product(columns, rows)


def visible(scene: SceneRecord, area: Area, grid: NoiseGrid) -> NDArray[np.bool_] | None:
    """Which pixels of an area are visible in a scene; None if there are none."""
    inside = area.touched(grid)
    if inside.any():
        lon, lat = lonlat(*np.broadcast_arrays(*grid.axes()))
        inside &= covers_points(scene.footprint, lon, lat)
    return inside if inside.any() else None


@dataclass(frozen=True, eq=False)
class Backdrop:
    """The common part of a tile in all scenes: the painted ground (float16) and objects with shadows."""

    image: NDArray[np.float16]
    scale: float
    parks: list[CarPark]
    houses: Shapes
    wild: Shapes
    planted: list[Shapes]


# Half a megabyte or more each, so few are cached. Worlds of one seed share them.
@lru_cache(maxsize=64)
def backdrop(seed: int, x: float, y: float, step: float, count: int, soft: float) -> Backdrop:
    """The backdrop of some pixels with edges `soft` pixels of zoom 19 wide."""
    grid = NoiseGrid(x, y, step, count)
    scale = _scale(grid)
    parks = nearby_parks(seed, grid, _cells(grid))
    taken = [rect.grown(3 * scale) for park in parks for rect in (park.pad.grown(6), park.hall)]
    boxes, planted = asphalt.islands(grid, parks)
    fine = grid.fractal((20, 8, 3), key(seed, "fine"), 0.85)
    image = ground.soil(grid, seed, fine)
    shown = step <= _COARSEST
    if shown:
        ground.roads(image, grid, seed, soft)
    asphalt.draw_parks(image, grid, parks, soft, fine)
    asphalt.draw_islands(image, grid, boxes, soft)
    return Backdrop(
        image.astype(np.float16),
        scale,
        parks,
        ground.buildings(grid, seed, scale, taken) if shown else Shapes.none(),
        ground.trees(grid, seed, scale, taken) if shown else Shapes.none(),
        planted,
    )


def picture(world: World, scene: SceneRecord, grid: NoiseGrid) -> Pixels:
    """Red, green and blue, shape (3, count, count), 0..255, ignoring footprints."""
    blur = 0.8 * min(scene.gsd, _BLURRIEST) * _scale(grid)
    light = _light(scene, max(grid.step, round(4 * blur) / 4))
    back = backdrop(world.seed, grid.x, grid.y, grid.step, grid.count, light.soft)
    scale, parks, houses = back.scale, back.parks, back.houses
    vehicles = _vehicles(world, scene, grid, parks)
    trees = Shapes.join([back.wild, *back.planted])

    image = back.image.astype(np.float32)
    dark = np.maximum(
        ground.box_shadows(grid, houses, light), ground.crown_shadows(grid, trees, light)
    )
    dark = np.maximum(dark, asphalt.hall_shadow(grid, parks, light))
    if vehicles is not None:
        dark = np.maximum(dark, asphalt.vehicle_shadow(grid, vehicles, scale, light))
    image *= 1 - 0.52 * dark
    ground.draw_trees(image, grid, back.wild, light)
    ground.draw_buildings(image, grid, houses, light)
    asphalt.draw_halls(image, grid, parks, light)
    if vehicles is not None:
        asphalt.draw_vehicles(image, grid, vehicles, light)
    for some in back.planted:
        ground.draw_trees(image, grid, some, light)
    if scene.cloudy:
        image *= 1 - 0.4 * shadow(scene, grid)
        hidden = opacity(scene, grid)
        white = 236 + 7 * grid.fractal((700, 300, 120), key(scene.scene_id, "white"), 0.7)
        blend(image, np.stack([white, white, white + 3]), 0.97 * hidden)
    return _developed(image, scene, grid)


def rgba(world: World, scene: SceneRecord, area: Area, grid: NoiseGrid) -> NDArray[np.uint8] | None:
    """The picture, transparent outside the area and the footprint; None if all of it is."""
    inside = visible(scene, area, grid)
    if inside is None:
        return None
    result = np.empty((grid.count, grid.count, 4), np.uint8)
    result[..., :3] = picture(world, scene, grid).transpose(1, 2, 0)
    result[..., 3] = np.where(inside, 255, 0)
    return result


def _scale(grid: NoiseGrid) -> float:
    """Pixels of zoom 19 per meter, in steps, so that adjacent tiles use the same sizes."""
    meter = math.sqrt(float(pixel_area(np.array([grid.y + grid.size / 2]))[0]))
    return 1.02 ** round(math.log(1 / meter, 1.02))


def _light(scene: SceneRecord, soft: float) -> Light:
    elevation = math.radians(max(scene.sun_elevation, 30.0))
    azimuth = math.radians(scene.sun_azimuth)
    length = 1 / math.tan(elevation)
    return Light(-math.sin(azimuth) * length, math.cos(azimuth) * length, soft)


def _vehicles(
    world: World, scene: SceneRecord, grid: NoiseGrid, parks: list[CarPark]
) -> Vehicles | None:
    groups: list[Vehicles] = []
    for park in parks:
        vehicles, _ = world.vehicles(scene, park)
        groups.append(vehicles.pick(near(grid, vehicles.x, vehicles.y, 20 * park.scale)))
    return Vehicles.join(groups) if groups else None


def _developed(image: Pixels, scene: SceneRecord, grid: NoiseGrid) -> Pixels:
    """Adds color cast, haze and sensor noise of the scene."""
    rng = np.random.default_rng(key(scene.scene_id, "cast"))
    bright = (0.92 + 0.2 * math.sin(math.radians(max(scene.sun_elevation, 10.0)))) * rng.uniform(
        0.95, 1.05
    )
    cast = (bright * (1 + rng.uniform(-0.025, 0.025, 3))).astype(np.float32)
    haze = (rng.uniform(0, 9) * np.array([0.8, 0.95, 1.2])).astype(np.float32)
    image *= cast[:, None, None]
    image += haze[:, None, None]
    noise = np.random.default_rng(key(scene.scene_id, grid.x, grid.y, grid.step)).standard_normal(
        (grid.count, grid.count), np.float32
    )
    image += np.float32(1.9) * noise
    return np.clip(image, 0, 255, out=image)
