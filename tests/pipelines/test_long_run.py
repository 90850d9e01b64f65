"""Twelve hours on a simulated clock: token renewals, outages, faults. Nothing is paid twice or lost."""

from __future__ import annotations

import itertools
import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

HOUR = 3600.0
STEP = 60.0  # seconds of each step of the clock
RUNS = 108  # of an hour each, eight at once
OUTAGES = (2 * HOUR, 7 * HOUR)
OUTAGE = 600.0
FAULTS = {
    "tasking.get_status": (Fault.drop(), Fault.status(503), Fault.html(502), Fault.truncated()),
    "kraken.release.retrieve": (Fault.drop("effect"), Fault.status(500), Fault.reset()),
    "kraken.release.initiate": (Fault.drop("effect"), Fault.status(503, after="effect")),
}


class Night:
    """Advances an emulator's clock through the night, with faults and outages."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._random = random.Random(5)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._pass)
        self.seconds = 0.0
        self.outages = 0

    def __enter__(self) -> Night:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _pass(self) -> None:
        seen = 0
        while not self._over.wait(0.01):
            calls = len(self._emulator.calls())
            if calls > seen or self._random.random() < 0.3:  # the client keeps up with the clock
                self._emulator.clock.advance(STEP)
                self.seconds += STEP
            self._bring_faults(calls - seen)
            seen = calls
            if self.outages < len(OUTAGES) and self.seconds >= OUTAGES[self.outages]:
                self.outages += 1
                self._emulator.stop()
                for _ in range(int(OUTAGE / STEP)):
                    self._over.wait(0.01)
                    self._emulator.clock.advance(STEP)
                    self.seconds += STEP
                self._emulator.start()

    def _bring_faults(self, calls: int) -> None:
        """About one call of a hundred, of any kind, will fail; of the paying ones more."""
        for _ in range(calls):
            if self._random.random() < 0.01:
                operation = self._random.choice(list(FAULTS))
                self._emulator.fault(operation, self._random.choice(FAULTS[operation]))


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Emulator(seconds_per_pipeline=HOUR, port=port) as emu:
        yield emu


async def test_a_night(both: Both, emulator: Emulator) -> None:
    client = both.of(
        emulator,
        deadline=HOUR,  # of the simulated clock
        pipeline_deadline=24 * HOUR,
        retry=sk.RetryPolicy(max_attempts=60, backoff=5, max_backoff=60),
    )
    search: dict[str, Any] = dict(GBDX)
    with Emulator(seconds_per_pipeline=0) as same_world, same_world.client() as other:
        found = other.imagery.search(extent=CAR_PARK, **search).limit(11).collect()
    # Each run is identified by its scenes: no two have the same ones in the same order.
    pairs = itertools.permutations([scene.scene_id for scene in found], 2)
    inputs = list(itertools.islice(pairs, RUNS))
    assert len(inputs) == RUNS
    outcomes: list[Any] = []
    with Night(emulator) as night:
        outcomes = await both.items_of(
            client.kraken.release_many("cars", scene_ids=inputs, extent=CAR_PARK, concurrency=8)
        )
        assert night.seconds >= 12 * HOUR
        assert night.outages == len(OUTAGES)
    assert sorted(outcome.input for outcome in outcomes) == sorted(inputs)
    sent = Counter(
        tuple(call.body["sceneIds"]) for call in emulator.calls("kraken.release.initiate")
    )
    assert set(sent.values()) == {1}
    ambiguous = [o for o in outcomes if isinstance(o.error, sk.AmbiguousRequestError)]
    assert 0 < len(ambiguous) < RUNS / 4
    assert all(outcome.pipeline is None for outcome in ambiguous)
    for outcome in outcomes:
        if outcome not in ambiguous:
            assert isinstance(outcome.result, sk.KrakenMap)
    assert len(emulator.calls("auth0.login")) >= 2
