"""The state of the emulator."""

from __future__ import annotations

from collections.abc import Collection

from .accounts.tokens import Tokens
from .accounts.users import Users
from .calls import CallLog
from .clock import EmulatorClock
from .fault import Fault
from .recordings import Recordings
from .script import Plot
from .stores.cursors import Cursors
from .stores.datapoints import DataPoints
from .stores.downloads import Downloads
from .stores.features import Features
from .stores.identifiers import Identifiers
from .stores.maps import Maps
from .stores.pipelines import Pipelines
from .stores.scenes import Scenes
from .stores.searches import Searches
from .validation.failures import Failure, Planned, pairs, with_pairs
from .world.world import shared_world


class State:
    """Clock, world, and all data that requests change. Thread-safe.

    `operations` are the operationIds of the document, and `permissions` those that they require.
    """

    def __init__(
        self,
        *,
        seconds_per_pipeline: float,
        page_size: int,
        seed: int,
        now: float | None,
        tile_pixels: int,
        zero_next_try: bool,
        operations: Collection[str],
        permissions: Collection[str],
    ) -> None:
        self.seed = seed
        self.page_size = page_size
        self.clock = EmulatorClock(now, hurries=seconds_per_pipeline == 0)
        self.scenes = Scenes(shared_world(seed, tile_pixels), self.clock, seed)
        self.tokens = Tokens(seed, self.clock)
        self.users = Users(seed, self.tokens, permissions)
        self.pipelines = Pipelines(
            seconds_per_pipeline, seed, self.clock, zero_next_try=zero_next_try
        )
        self.searches = Searches(self.scenes, Cursors("scenes", page_size, seed))
        self.features = Features(seed, Cursors("features", page_size, seed))
        self.data_points = DataPoints(seed)
        self.downloads = Downloads(seed)
        self.maps = Maps(self.scenes.world, seed, self.clock)
        self.failures = Planned[Failure](with_pairs(operations))
        self.scripts = Planned[Plot](pairs(operations))
        self.faults = Planned[Fault](operations)
        self.recordings = Recordings()
        self.calls = CallLog()
        self.request_ids = Identifiers(10, seed, "request")
