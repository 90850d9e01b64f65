"""The existing scenes: those of the world, and clipped ones created by releases."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime
from math import inf

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from ..clock import EmulatorClock
from ..world.areas import polygons
from ..world.catalog import DATASETS
from ..world.scenes import SceneRecord
from ..world.world import World
from .identifiers import digest


class Scenes:
    """Finds scenes up to the current time. Thread-safe."""

    def __init__(self, world: World, clock: EmulatorClock, seed: int) -> None:
        self.world = world
        self._clock = clock
        self._seed = seed
        self._lock = threading.Lock()
        self._clipped: dict[str, tuple[float, SceneRecord]] = {}

    @property
    def now(self) -> datetime:
        """The current time, in whole seconds."""
        return datetime.fromtimestamp(int(self._clock.time()), UTC)

    def of_id(self, scene_id: str) -> SceneRecord | None:
        """The scene with an ID, or None."""
        with self._lock:
            ready, found = self._clipped.get(scene_id, (-inf, None))
        found = found or self.world.scene(scene_id)
        if found is None or found.acquired > self.now or ready > self._clock.monotonic():
            return None
        return found

    def clip(self, scene: SceneRecord, area: BaseGeometry, seconds: float) -> None:
        """Cuts a part of a scene of a clipped dataset, which becomes a new scene after `seconds`."""
        if not DATASETS[scene.provider, scene.dataset].clipped or scene.origin is not None:
            return
        part = shapely.orient_polygons(
            MultiPolygon(polygons(scene.footprint.intersection(area))), exterior_cw=True
        )
        raw = digest(self._seed, "clipped", scene.scene_id, part.wkb)[:45]
        name = urlsafe_b64encode(raw).decode("ascii")
        made = replace(scene, scene_id=name, footprint=part, origin=scene.scene_id)
        with self._lock:
            self._clipped.setdefault(name, (self._clock.monotonic() + seconds, made))

    def clipped(self, provider: str, dataset: str) -> list[SceneRecord] | None:
        """The clipped scenes of a dataset, newest first; None for a dataset of whole scenes."""
        known = DATASETS.get((provider, dataset))
        if known is None or not known.clipped:
            return None
        with self._lock:
            made = list(self._clipped.values())
        now = self._clock.monotonic()
        found = [
            scene
            for ready, scene in made
            if ready <= now and (scene.provider, scene.dataset) == (provider, dataset)
        ]
        return sorted(found, key=lambda scene: (scene.acquired, scene.scene_id), reverse=True)
