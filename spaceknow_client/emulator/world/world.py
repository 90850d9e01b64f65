"""The world: which scenes exist, anywhere on Earth, and what stands on the ground below them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from .catalogue import BRISBANE_DATASET, DATASET_KEYS, DATASETS
from .noise import Floats, key
from .parks import CarPark
from .scenes import (
    ScenePlace,
    SceneRecord,
    decode_scene_id,
    encode_scene_id,
    sun_position,
)
from .tiles import polygons
from .vehicles import Detections, Vehicles, detect, park_vehicles

FREE_AREA: Polygon = shapely.box(153.03, -27.51, 153.24, -27.33)
"""The free testing area around Brisbane airport: a release inside it needs no allocation."""

CELL_DEGREES = 0.25
MAX_CELLS = 400
"""A search looks at this many grid cells at most: those nearest the middle of the extent."""

_KEPT_BYTES = 2**24
_COLUMNS, _ROWS = round(360 / CELL_DEGREES), round(180 / CELL_DEGREES)
_REACH = 0.09  # no footprint leans further out of its cell, degrees
_BRISBANE = (0xFFFF, 0xFFFF)
_BRISBANE_SCENES, _BRISBANE_CLOUDY, _BRISBANE_PARTIAL = 56, 6, 4
_DATASET_NUMBERS = {names: number for number, names in enumerate(DATASET_KEYS)}


class World:
    """The emulator's world; worlds of one seed are equal, in every process.

    It keeps small caches and no other state, and may be used by several threads.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        # glibc gives memory back to the system whenever a few hundred kilobytes are free, and a
        # tile would be drawn on fresh pages over and over (three times slower). Freeing one large
        # block, never touched, makes it keep more.
        np.empty(_KEPT_BYTES, np.uint8)
        self._cell = lru_cache(maxsize=512)(self._make_cell)
        self._vehicles = lru_cache(maxsize=256)(self._make_vehicles)

    def search(
        self,
        *,
        provider: str,
        dataset: str,
        extent: BaseGeometry,
        start: datetime | None,
        end: datetime | None,
        min_intersection: float = 0.0,
    ) -> list[SceneRecord]:
        """The scenes over `extent` that were taken from `start` to `end`, both included.

        `min_intersection` is the share of the extent's area that a footprint must cover; at 0 any
        real overlap will do. Times without a zone are UTC. Clear scenes (cloud cover below 0.05)
        come before cloudy ones, each group by time: the emulator's own choice, so that the first
        scene of any window that has a clear one is clear. An unknown dataset has no scenes. At
        most MAX_CELLS grid cells are looked at, so a continent gives the scenes of its middle.
        """
        number = _DATASET_NUMBERS.get((provider, dataset))
        parts = polygons(extent)
        if number is None or not parts:
            return []
        area = parts[0] if len(parts) == 1 else MultiPolygon(parts)
        first, last = _utc(start), _utc(end)
        found = [
            record
            for column, row in self._cells(number, parts)
            for record in self._cell(number, column, row)
            if (first is None or record.acquired >= first)
            and (last is None or record.acquired <= last)
        ]
        if not found:
            return []
        footprints = np.array([record.footprint for record in found], dtype=object)
        share = np.asarray(shapely.area(shapely.intersection(footprints, area))) / area.area
        kept = (share > 0) & (share >= min_intersection - 1e-9)
        chosen = [record for record, keep in zip(found, kept.tolist(), strict=True) if keep]
        return sorted(chosen, key=lambda record: (record.cloudy, record.acquired, record.scene_id))

    def scene(self, scene_id: str) -> SceneRecord | None:
        """The scene of an id, also without a search before; None for an id of no scene."""
        place = decode_scene_id(self.seed, scene_id)
        if place is None or place.dataset >= len(DATASET_KEYS):
            return None
        records = self._cell(place.dataset, place.column, place.row)
        return next((record for record in records if record.scene_id == scene_id), None)

    def vehicles(self, scene: SceneRecord, park: CarPark) -> tuple[Vehicles, Detections]:
        """What stood on a car park when the scene was taken, and what an analysis finds of it."""
        return self._vehicles(scene, park)

    def _make_vehicles(self, scene: SceneRecord, park: CarPark) -> tuple[Vehicles, Detections]:
        vehicles = park_vehicles(scene, park)
        return vehicles, detect(scene, park, vehicles)

    def _cells(self, number: int, parts: list[Polygon]) -> Iterator[tuple[int, int]]:
        near: dict[tuple[int, int], float] = {}
        reach = int(MAX_CELLS**0.5) + 1
        for part in parts[:MAX_CELLS]:
            west, south, east, north = part.bounds
            middle = part.centroid
            columns = _indices(west, east, middle.x, 180, _COLUMNS, reach)
            rows = _indices(south, north, middle.y, 90, _ROWS, reach)
            for column in columns:
                for row in rows:
                    lon, lat = _corner(column, row)
                    far = (lon + 0.125 - middle.x) ** 2 + (lat + 0.125 - middle.y) ** 2
                    near[column, row] = min(far, near.get((column, row), far))
        if DATASET_KEYS[number] == BRISBANE_DATASET:
            yield _BRISBANE
        yield from sorted(near, key=lambda cell: (near[cell], cell))[:MAX_CELLS]

    def _make_cell(self, number: int, column: int, row: int) -> tuple[SceneRecord, ...]:
        rng = np.random.default_rng(key(self.seed, "cell", number, column, row))
        if (column, row) == _BRISBANE:
            return self._brisbane(number, rng) if DATASET_KEYS[number] == BRISBANE_DATASET else ()
        if column >= _COLUMNS or row >= _ROWS:
            return ()
        lon, lat = _corner(column, row)
        count = int(rng.integers(32, 64))
        days = np.sort(rng.choice(3652, count, replace=False))
        noon = 10.5 - (lon + 0.125) / 15  # about 10:30 of local solar time, as such satellites fly
        hours = noon + rng.uniform(-0.5, 0.5, count)
        begin = datetime(2015, 1, 1, tzinfo=UTC)
        times = [
            begin + timedelta(days=int(day), seconds=int(hour * 3600))
            for day, hour in zip(days, hours, strict=True)
        ]
        times = [time if time >= begin else time + timedelta(days=1) for time in times]
        covers = np.where(
            rng.random(count) < 0.55, rng.uniform(0, 0.045, count), rng.beta(0.9, 1.6, count)
        )
        inside = np.array([lon, lat, lon + CELL_DEGREES, lat + CELL_DEGREES])
        outer = inside + rng.uniform(0.005, 0.06, (count, 4)) * [-1, -1, 1, 1]
        footprints = _footprints(outer, rng.uniform(0, 0.5, count))
        records = self._records(number, column, row, rng, times, covers, footprints)
        if DATASET_KEYS[number] != BRISBANE_DATASET:
            return records
        # Over the free area this dataset has the scenes of `_brisbane` and no others.
        return tuple(record for record in records if not record.footprint.intersects(FREE_AREA))

    def _brisbane(self, number: int, rng: np.random.Generator) -> tuple[SceneRecord, ...]:
        # A clear, whole scene in every month, so that no month is without one; more on other days;
        # and cloudy ones, each on the day after a clear one, so that hardly a window has only them.
        months = [
            datetime(2016 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(36)
        ]
        clear = [first + timedelta(days=int(rng.integers(1, 26))) for first in months]
        cloudy = [clear[i] + timedelta(days=1) for i in rng.permutation(36)[:_BRISBANE_CLOUDY]]
        taken = {*clear, *cloudy}
        spare = [
            day for day in (clear[0] + timedelta(days=n) for n in range(1080)) if day not in taken
        ]
        rest = _BRISBANE_SCENES - len(taken)
        more = [spare[i] for i in rng.permutation(len(spare))[:rest]]
        days = [*clear, *cloudy, *more]
        times = [
            day + timedelta(minutes=int(rng.integers(10, 50)), seconds=int(rng.integers(60)))
            for day in days
        ]
        count = len(times)
        covers = rng.uniform(0, 0.04, count)
        covers[len(clear) : len(taken)] = rng.uniform(0.2, 0.7, len(cloudy))
        box = np.array([152.985, -27.545, 153.285, -27.295])
        outer = box + rng.uniform(0, 0.02, (count, 4)) * [-1, -1, 1, 1]
        for place in range(_BRISBANE_PARTIAL):  # the last ones miss the east or the south
            side, edge = ((2, 153.16), (1, -27.45))[place % 2]
            outer[count - 1 - place, side] = edge
        order = np.argsort(np.array([time.timestamp() for time in times]))
        footprints = _footprints(outer[order], rng.uniform(0, 0.5, count))
        ordered = [times[i] for i in order]
        return self._records(number, *_BRISBANE, rng, ordered, covers[order], footprints)

    def _records(
        self,
        number: int,
        column: int,
        row: int,
        rng: np.random.Generator,
        times: list[datetime],
        covers: Floats,
        footprints: list[MultiPolygon],
    ) -> tuple[SceneRecord, ...]:
        provider, name = DATASET_KEYS[number]
        dataset = DATASETS[provider, name]
        count = len(times)
        satellites = rng.integers(0, len(dataset.satellites), count)
        nadirs = np.minimum(rng.gamma(2.2, 5.0, count), 32.0)
        azimuths = rng.uniform(0, 360, count)
        records: list[SceneRecord] = []
        for index, time in enumerate(times):
            satellite = dataset.satellites[int(satellites[index])]
            west, south, east, north = footprints[index].bounds
            sun = sun_position(time, (west + east) / 2, (south + north) / 2)
            nadir = round(float(nadirs[index]), 1)
            place = ScenePlace(number, column, row, index)
            records.append(
                SceneRecord(
                    scene_id=encode_scene_id(self.seed, place, dataset.id_bytes),
                    provider=provider,
                    dataset=name,
                    satellite=satellite.name,
                    acquired=time,
                    footprint=footprints[index],
                    cloud_cover=0.0 if dataset.radar else round(float(covers[index]), 3),
                    gsd=round(satellite.gsd * (1 + (nadir / 48) ** 2), 3),
                    bands=satellite.bands,
                    off_nadir=nadir,
                    satellite_azimuth=round(float(azimuths[index]), 1),
                    sun_azimuth=sun[0],
                    sun_elevation=sun[1],
                    sees_clouds=not dataset.radar,
                )
            )
        return tuple(records)


def _utc(time: datetime | None) -> datetime | None:
    if time is None:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _corner(column: int, row: int) -> tuple[float, float]:
    return column * CELL_DEGREES - 180, row * CELL_DEGREES - 90


def _indices(low: float, high: float, middle: float, zero: float, count: int, reach: int) -> range:
    first = max(low - _REACH, middle - reach * CELL_DEGREES)
    last = min(high + _REACH, middle + reach * CELL_DEGREES)
    begin = max(0, int((first + zero) // CELL_DEGREES))
    return range(begin, min(count - 1, int((last + zero) // CELL_DEGREES)) + 1)


def _footprints(outer: Floats, lean: Floats) -> list[MultiPolygon]:
    """Quadrilaterals around boxes (west, south, east, north), leaning as strips of an orbit do.

    A side only moves outwards, by up to 0.02 degrees, so a footprint covers the whole of its box.
    """
    west, south, east, north = outer.T
    shift = 0.04 * lean
    x = np.stack([west - shift, east, east + shift, west, west - shift], axis=1)
    y = np.stack([south, south, north, north, south], axis=1)
    rings = np.stack([np.clip(x, -180, 180), np.clip(y, -90, 90)], axis=-1).round(6)
    return [MultiPolygon([Polygon(ring)]) for ring in rings.tolist()]
