"""Faults on the wire, races and kills: the ceiling holds, and every credit is accounted for."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import KINDS, Both
from tests.money.conftest import price, scene_ids, spent

CHECK, ALLOCATE, RELEASE = "credits.check_area", "credits.allocate_area", "kraken.release.initiate"
FAULTS = [
    lambda: Fault.drop(after="request"),
    lambda: Fault.reset(after="request"),
    lambda: Fault.drop(after="effect"),
    lambda: Fault.reset(after="effect"),
    lambda: Fault.drop(after="body"),
    lambda: Fault.truncated(),
    lambda: Fault.html(502),
    lambda: Fault.status(503),
    lambda: Fault.status(429, retry_after=0),
    lambda: Fault.status(402, code="NOT-ENOUGH-CREDITS"),
    lambda: Fault.edit({"cost": float("nan")}),
    lambda: Fault.edit(without=["cost"]),
    lambda: Fault.json([]),
]


def made(emulator: Emulator) -> Counter[tuple[str, str]]:
    """How often each area was allocated in each scene, by what the server did, not what it told."""
    return Counter(
        (json.dumps(call.body["geojson"], sort_keys=True), scene)
        for call in emulator.calls(ALLOCATE)
        if call.status == 200 and (call.fault is None or call.fault.after == "effect")
        for scene in call.body["sceneIds"]
    )


async def test_200_allocations_under_faults(both: Both, tmp_path: Path) -> None:
    """Twenty areas in ten scenes; then a few of them again, with what was left unknown."""
    seed = KINDS.index(both.kind)
    chance = random.Random(seed)
    with Emulator(seconds_per_pipeline=0, seed=seed) as emulator:
        ids = scene_ids(emulator)[:10]
        corners = [(139.744 + 0.003 * x, 35.634 + 0.003 * y) for x in range(5) for y in range(4)]
        areas = [sk.Extent.from_bounds(x, y, x + 0.0029, y + 0.0029) for x, y in corners]
        cost = price(emulator, ids[:1], areas[0])
        client = both.of(emulator, journal=tmp_path / "runs.sqlite")
        known, perhaps = 0.0, 0.0
        for number, area in enumerate([*areas, *areas[:8]]):
            for operation in (CHECK, ALLOCATE, RELEASE):
                for _ in range(chance.randrange(6)):  # one after another, good ones between
                    good = Fault.edit({}, times=chance.randrange(1, 4))
                    emulator.fault(operation, chance.choice(FAULTS)(), good)
            before = spent(emulator)
            ceiling = cost * chance.uniform(0, 12)
            run = client.kraken.release_many(
                "cars",
                scene_ids=ids,
                extent=area,
                allocate=True,
                max_credits=ceiling,
                concurrency=chance.choice([1, 3, 10]),
            )
            outcomes = await both.items_of(run)
            told = sum(outcome.spent or 0 for outcome in outcomes)
            reserved = sum(outcome.reserved or 0 for outcome in outcomes)
            paid = spent(emulator) - before
            assert paid <= ceiling + 1e-6, number
            assert told - 1e-6 <= paid <= told + reserved + 1e-6, number
            known, perhaps = known + told, perhaps + reserved
        assert known > 30 * cost
        assert perhaps > 3 * cost
        assert max(made(emulator).values()) == 1

        while emulator._state.faults.take(CHECK):
            pass
        # What stays unknown was not made, what was made is known.
        recovery = await both.settle(client.pipelines.recover(check_allocations=True))
        unknown = {
            (json.dumps(request.body["geojson"], sort_keys=True), scene)
            for request in recovery.unknown
            if request.operation == ALLOCATE
            for scene in request.body["sceneIds"]
        }
        listed = {
            (json.dumps(allocation.body["geojson"], sort_keys=True), scene)
            for allocation in recovery.allocations
            for scene in allocation.body["sceneIds"]
        }
        assert listed == set(made(emulator))
        assert unknown
        assert not unknown & listed
