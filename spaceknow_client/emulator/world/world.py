"""The world: the existing scenes, anywhere on Earth, and the objects on the ground."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from .areas import polygons
from .catalog import (
    BRISBANE_DATASET,
    DATASET_KEYS,
    DATASETS,
    FREE_SCENES,
    LIVES,
    Dataset,
    Satellite,
)
from .noise import Floats, key
from .parks import CarPark
from .scenes import (
    ScenePlace,
    SceneRecord,
    decode_scene_id,
    encode_scene_id,
    sun_position,
)
from .tiles import TILE_SIZE
from .vehicles import Detections, Vehicles, detect, park_vehicles

FREE_AREA: Polygon = shapely.box(153.03, -27.51, 153.24, -27.33)
"""The free testing area around Brisbane airport: a release inside it needs no allocation."""

MAX_CELLS = 400
"""Maximum number of grid cells in a search: those nearest to the middle of the extent."""

_KEPT_BYTES = 2**24
_STRIP, _SQUARE = (
    0.25,
    0.045,
)  # degrees: the heights of cells with strips, and with squares of 25 km2
_REACH = {_STRIP: 0.09, _SQUARE: 0.001}  # degrees; maximum extent of a footprint outside its cell
_BRISBANE = (0xFFFF, 0xFFFF)
_DAY = 24 * 3600
_CLOUDY, _MORE = 2, 5  # additional scenes per year over Brisbane, besides one per month
_DATASET_NUMBERS = {names: number for number, names in enumerate(DATASET_KEYS)}


@dataclass(frozen=True, eq=False)
class _Year:
    """The scenes of a cell in a year; `satellites` is -1 for missing ones.

    Times are seconds since 1970.
    """

    number: int
    place: tuple[int, int, int]
    times: NDArray[np.int64]
    covers: Floats
    footprints: NDArray[np.object_]
    satellites: NDArray[np.int64]
    nadirs: Floats
    azimuths: Floats

    def record(self, seed: int, index: int) -> SceneRecord:
        """One of the scenes."""
        provider, name = DATASET_KEYS[self.number]
        dataset = DATASETS[provider, name]
        acquired = datetime.fromtimestamp(int(self.times[index]), UTC)
        return _scene(
            encode_scene_id(seed, ScenePlace(self.number, *self.place, index), dataset.id_bytes),
            (provider, name),
            dataset.satellites[int(self.satellites[index])],
            acquired,
            self.footprints[index],
            cloud_cover=0.0 if dataset.radar else round(float(self.covers[index]), 3),
            off_nadir=round(float(self.nadirs[index]), 1),
            satellite_azimuth=round(float(self.azimuths[index]), 1),
        )


class World:
    """The emulator's world; worlds of one seed are equal, in all processes.

    It has small caches and no other state, and is thread-safe. Tile pictures have `tile_pixels` pixels
    per side.
    """

    def __init__(self, seed: int = 0, tile_pixels: int = TILE_SIZE) -> None:
        self.seed = seed
        self.tile_pixels = tile_pixels
        # glibc returns memory to the system whenever a few hundred kilobytes are free, so each tile
        # would be drawn on new pages (three times slower). Freeing one large, unused block makes it
        # keep more.
        np.empty(_KEPT_BYTES, np.uint8)
        self._year = lru_cache(maxsize=4096)(self._make_year)
        self._vehicles = lru_cache(maxsize=256)(self._make_vehicles)
        self._free = {scene_id: _free(scene_id) for scene_id in FREE_SCENES}

    def search(
        self,
        *,
        provider: str,
        dataset: str,
        extent: BaseGeometry,
        start: datetime | None,
        end: datetime,
        min_intersection: float = 0.0,
    ) -> list[SceneRecord]:
        """The scenes over `extent` taken from `start` to `end` (inclusive), newest first.

        `min_intersection` is the share of the extent's area that a footprint must cover; with 0 any
        overlap counts. Times without a zone are UTC. An unknown dataset has no scenes. At most
        MAX_CELLS grid cells are searched, so for a continent the scenes of its middle are returned.
        """
        number = _DATASET_NUMBERS.get((provider, dataset))
        parts = polygons(extent)
        if number is None or not parts:
            return []
        area = parts[0] if len(parts) == 1 else MultiPolygon(parts)
        first, last = (_seconds(start) if start else -math.inf), _seconds(end)
        oldest, newest = _years(DATASETS[provider, dataset])
        years = range(max(oldest, _year(first)), min(newest, _year(last)) + 1)
        cells = [
            found
            for column, row in self._cells(number, parts)
            for year in years
            if len((found := self._year(number, column, row, year)).times)
        ]
        candidates: list[tuple[float, BaseGeometry, Callable[[], SceneRecord]]] = [
            (time, footprint, partial(found.record, self.seed, index))
            for found in cells
            for index, (time, footprint) in enumerate(
                zip(found.times.tolist(), found.footprints, strict=True)
            )
            if found.satellites[index] >= 0
        ]
        for free in self._free.values():
            if (free.provider, free.dataset) == (provider, dataset):
                candidates.append(
                    (free.acquired.timestamp(), free.footprint, partial(replace, free))
                )
        candidates = [each for each in candidates if first <= each[0] <= last]
        if not candidates:
            return []
        footprints = np.array([footprint for _, footprint, _ in candidates], dtype=object)
        share = np.asarray(shapely.area(shapely.intersection(footprints, area))) / area.area
        kept = np.flatnonzero((share > 0) & (share >= min_intersection - 1e-9))
        records = [candidates[index][2]() for index in kept]
        return sorted(records, key=lambda each: (each.acquired, each.scene_id), reverse=True)

    def scene(self, scene_id: str) -> SceneRecord | None:
        """The scene with an ID, without a previous search; None for an unknown ID."""
        if scene_id in self._free:
            return self._free[scene_id]
        place = decode_scene_id(self.seed, scene_id)
        if place is None or place.dataset >= len(DATASET_KEYS) or not 1990 < place.year < 9999:
            return None
        found = self._year(*place[:-1])
        if place.number >= len(found.times) or found.satellites[place.number] < 0:
            return None
        record = found.record(self.seed, place.number)
        return record if record.scene_id == scene_id else None

    def vehicles(self, scene: SceneRecord, park: CarPark) -> tuple[Vehicles, Detections]:
        """The vehicles on a car park at the time of the scene, and their detections."""
        return self._vehicles(scene, park)

    def _make_vehicles(self, scene: SceneRecord, park: CarPark) -> tuple[Vehicles, Detections]:
        vehicles = park_vehicles(scene, park)
        return vehicles, detect(scene, park, vehicles)

    def _cells(self, number: int, parts: list[Polygon]) -> Iterator[tuple[int, int]]:
        near: dict[tuple[int, int], float] = {}
        height = _SQUARE if DATASETS[DATASET_KEYS[number]].tiled else _STRIP
        reach, side = _REACH[height], int(MAX_CELLS**0.5) + 1
        for part in parts[:MAX_CELLS]:
            west, south, east, north = part.bounds
            middle = part.centroid
            for row in _indices(south, north, middle.y, 90, round(180 / height), reach, side):
                count = _columns(height, row)
                for column in _indices(west, east, middle.x, 180, count, reach, side):
                    left, bottom, right, top = _box(height, column, row)
                    x, y = (left + right) / 2 - middle.x, (bottom + top) / 2 - middle.y
                    near[column, row] = min(x * x + y * y, near.get((column, row), math.inf))
        if DATASET_KEYS[number] == BRISBANE_DATASET:
            yield _BRISBANE
        yield from sorted(near, key=lambda cell: (near[cell], cell))[:MAX_CELLS]

    def _make_year(self, number: int, column: int, row: int, year: int) -> _Year:
        dataset = DATASETS[DATASET_KEYS[number]]
        rng = np.random.default_rng(key(self.seed, "cell", number, column, row, year))
        if (column, row) == _BRISBANE:
            times, covers, outer = _over_brisbane(rng, year)
        else:
            height = _SQUARE if dataset.tiled else _STRIP
            count = int(rng.integers(3, 8))
            inside = np.array(_box(height, column, row))
            # about 10:30 local solar time, as for such satellites
            noon = 10.5 - (inside[0] + inside[2]) / 30
            hours = 24 * rng.choice(365, count, replace=False) + noon
            seconds = ((hours + rng.uniform(-0.5, 0.5, count)) * 3600).astype(np.int64)
            seconds[seconds < 0] += _DAY
            times = seconds + _new_year(year)
            covers = np.where(
                rng.random(count) < 0.55, rng.uniform(0, 0.045, count), rng.beta(0.9, 1.6, count)
            )
            reach = rng.uniform(0.005, 0.06, (count, 4))
            outer = inside + (0.0002 if dataset.tiled else reach) * np.array([-1, -1, 1, 1])
            outer = np.broadcast_to(outer, (count, 4))
        count = len(times)
        footprints = _footprints(outer, rng.uniform(0, 0 if dataset.tiled else 0.5, count))
        draws = rng.random(count)
        satellites = np.array(
            [
                _satellite(dataset, time, draw)
                for time, draw in zip(times.tolist(), draws, strict=True)
            ]
        )
        if DATASET_KEYS[number] == BRISBANE_DATASET and (column, row) != _BRISBANE:
            # Over the free area this dataset has only the scenes of `_over_brisbane`.
            satellites[shapely.intersects(footprints, FREE_AREA)] = -1
        nadirs, azimuths = np.minimum(rng.gamma(2.2, 5.0, count), 32.0), rng.uniform(0, 360, count)
        place = (column, row, year)
        return _Year(number, place, times, covers, footprints, satellites, nadirs, azimuths)


@lru_cache(maxsize=4)
def shared_world(seed: int, tile_pixels: int) -> World:
    """The world of all emulators of this process with this seed: they share its caches."""
    return World(seed, tile_pixels)


def _over_brisbane(rng: np.random.Generator, year: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Times, cloud covers and boxes of a year's scenes over the free area.

    One clear, complete scene in each month; more on other days, one of which does not cover the east
    or the south; and cloudy ones, each on the day after a clear one, so that few periods have only
    cloudy scenes.
    """
    first = np.array([datetime(year, month, 1).timetuple().tm_yday - 1 for month in range(1, 13)])
    clear = first + rng.integers(1, 26, 12)
    cloudy = clear[rng.permutation(12)[:_CLOUDY]] + 1
    taken = np.concatenate([clear, cloudy])
    more = rng.choice(np.setdiff1d(np.arange(365), taken), _MORE, replace=False)
    days = np.concatenate([taken, more])
    count = len(days)
    times = _new_year(year) + days * _DAY + rng.integers(600, 3000, count)
    covers = rng.uniform(0, 0.04, count)
    covers[len(clear) : len(taken)] = rng.uniform(0.2, 0.7, len(cloudy))
    box = np.array([152.985, -27.545, 153.285, -27.295])
    outer = box + rng.uniform(0, 0.02, (count, 4)) * [-1, -1, 1, 1]
    side, edge = ((2, 153.16), (1, -27.45))[int(rng.integers(2))]
    outer[-1, side] = edge
    return times, covers, outer


def _satellite(dataset: Dataset, time: int, draw: float) -> int:
    """The number of a satellite in service at a time; -1 for none."""
    day = f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}"
    if dataset.end and day >= dataset.end:
        return -1
    flying = [
        number
        for number, (name, *_) in enumerate(dataset.satellites)
        if LIVES[name][0] <= day and (not LIVES[name][1] or day < LIVES[name][1])
    ]
    return flying[int(draw * len(flying))] if flying else -1


def _years(dataset: Dataset) -> tuple[int, int]:
    """The first and the last year of a dataset."""
    lives = [LIVES[satellite.name] for satellite in dataset.satellites]
    last = min(dataset.end or "9", max(end or "9" for _, end in lives))
    return int(min(begin for begin, _ in lives)[:4]), 9999 if last == "9" else int(last[:4])


def _scene(
    scene_id: str,
    dataset: tuple[str, str],
    satellite: Satellite,
    acquired: datetime,
    footprint: MultiPolygon,
    *,
    cloud_cover: float = 0.0,
    off_nadir: float = 12.0,
    satellite_azimuth: float = 90.0,
) -> SceneRecord:
    west, south, east, north = footprint.bounds
    sun = sun_position(acquired, (west + east) / 2, (south + north) / 2)
    return SceneRecord(
        scene_id=scene_id,
        provider=dataset[0],
        dataset=dataset[1],
        satellite=satellite.name,
        acquired=acquired,
        footprint=footprint,
        cloud_cover=cloud_cover,
        gsd=round(satellite.gsd * (1 + (off_nadir / 48) ** 2), 3),
        bands=satellite.bands,
        off_nadir=off_nadir,
        satellite_azimuth=satellite_azimuth,
        sun_azimuth=sun[0],
        sun_elevation=sun[1],
        sees_clouds=not DATASETS[dataset].radar,
    )


def _free(scene_id: str) -> SceneRecord:
    scene = FREE_SCENES[scene_id]
    acquired = datetime.fromisoformat(scene.acquired).replace(tzinfo=UTC)
    box = np.array([[-0.06, -0.05, 0.06, 0.05]]) + [scene.longitude, scene.latitude] * 2
    return _scene(
        scene_id, scene.dataset, scene.satellite, acquired, _footprints(box, np.zeros(1))[0]
    )


def _seconds(time: datetime) -> float:
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _year(seconds: float) -> int:
    return datetime.fromtimestamp(seconds, UTC).year if seconds > 0 else 1970


def _columns(height: float, row: int) -> int:
    """Number of cells around the Earth: squares get fewer towards the poles."""
    middle = math.radians((row + 0.5) * height - 90)
    return max(1, round(360 / height * (math.cos(middle) if height == _SQUARE else 1)))


def _box(height: float, column: int, row: int) -> tuple[float, float, float, float]:
    """West, south, east and north of a cell, in degrees."""
    width = 360 / _columns(height, row)
    west, south = column * width - 180, row * height - 90
    return west, south, west + width, south + height


def _indices(
    low: float, high: float, middle: float, zero: float, count: int, reach: float, side: int
) -> range:
    """The numbers of cells from `low` to `high`, at most `side` of them from the middle."""
    width = 2 * zero / count
    first = max(low - reach, middle - side * width)
    last = min(high + reach, middle + side * width)
    begin = max(0, int((first + zero) // width))
    return range(begin, min(count - 1, int((last + zero) // width)) + 1)


def _footprints(outer: Floats, lean: Floats) -> NDArray[np.object_]:
    """Quadrilaterals around boxes (west, south, east, north), slanted like strips of an orbit.

    Sides only move outwards, by up to 0.02 degrees, so a footprint covers its whole box.
    Their rings are clockwise, as recorded.
    """
    west, south, east, north = outer.T
    shift = 0.04 * lean
    x = np.stack([west - shift, west, east + shift, east, west - shift], axis=1)
    y = np.stack([south, north, north, south, south], axis=1)
    rings = np.stack([np.clip(x, -180, 180), np.clip(y, -90, 90)], axis=-1).round(6)
    return np.asarray(shapely.multipolygons(np.asarray(shapely.polygons(rings))[:, None]))
