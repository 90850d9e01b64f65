"""Network faults, races and kills: the limit holds, and every credit is accounted for."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import KINDS, Both
from tests.money.conftest import price, scene_ids, spent
from tests.pipelines.journals import go, line, process

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
    """How often each area was allocated in each scene, by the server's state, not by its responses."""
    return Counter(
        (json.dumps(call.body["geojson"], sort_keys=True), scene)
        for call in emulator.calls(ALLOCATE)
        if call.status == 200 and (call.fault is None or call.fault.after == "effect")
        for scene in call.body["sceneIds"]
    )


async def test_200_allocations_under_faults(both: Both, tmp_path: Path) -> None:
    """Twenty areas in ten scenes; then some of them again, and those with unknown outcomes."""
    seed = KINDS.index(both.kind)
    chance = random.Random(seed)
    with Emulator(seconds_per_pipeline=0, seed=seed) as emulator:
        ids = scene_ids(emulator)[:10]
        corners = [(139.744 + 0.003 * x, 35.634 + 0.003 * y) for x in range(5) for y in range(4)]
        areas = [sk.Extent.from_bounds(x, y, x + 0.0029, y + 0.0029) for x, y in corners]
        cost = price(emulator, ids[:1], areas[0])
        client = both.of(emulator, journal=tmp_path / "runs.sqlite")
        known, perhaps = 0.0, 0.0
        for number, area in enumerate([*areas, *areas[:4]]):
            for operation in (CHECK, ALLOCATE, RELEASE):
                for _ in range(chance.randrange(6)):  # one after another, with good ones in between
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
        assert known > 20 * cost
        assert perhaps > 2 * cost
        assert max(made(emulator).values()) == 1

        while emulator._state.faults.take(CHECK):
            pass
        # Unknown allocations were not made, and those that were made are known.
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


RACER = """
import asyncio, sys, threading


import spaceknow_client as sk
url, username, password, journal, *ids = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
area = sk.Extent.from_bounds(139.744, 35.634, 139.757, 35.645)
auth = sk.PasswordAuth(username, password)
with sk.SpaceKnow(environment, auth=auth, journal=journal) as client:
    client.user.info()
    print("ready", flush=True)
    sys.stdin.readline()
    for scene in ids:
        run = client.kraken.release("cars", [scene], area, allocate=True, max_credits=9)
        print(run.spent, flush=True)
"""


def test_processes_that_share_a_journal_allocate_once(tmp_path: Path) -> None:
    """Each requests the same areas at the same time: one pays, the others find a price of 0."""
    with Emulator(seconds_per_pipeline=0, zero_next_try=True) as emulator, ExitStack() as stack:
        ids = scene_ids(emulator)[:8]
        arguments = (emulator.url, emulator.username, emulator.password)
        racers = [
            stack.enter_context(process(RACER, *arguments, tmp_path / "runs.sqlite", *ids))
            for _ in range(4)
        ]
        for racer in racers:
            assert line(racer) == "ready"
        for racer in racers:
            go(racer)
        told = [
            float(word) for racer in racers for word in racer.communicate(timeout=60)[0].split()
        ]
        assert [racer.returncode for racer in racers] == [0] * 4
        assert len(told) == 4 * len(ids)
        assert round(sum(told), 6) == spent(emulator)
        assert len(emulator.calls(ALLOCATE)) == len(ids)


LIFE = """
import sys
from pathlib import Path


import spaceknow_client as sk
url, username, password, journal, *ids = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
area = sk.Extent.from_bounds(139.744, 35.634, 139.757, 35.645)
auth = sk.PasswordAuth(username, password)
with sk.SpaceKnow(environment, auth=auth, journal=journal) as client:
    client.pipelines.recover(check_allocations=True)
    for scene in ids:
        try:
            client.kraken.release("cars", [scene], area, allocate=True, max_credits=9, reuse=True)
        except sk.AmbiguousRequestError:
            continue
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_again_and_again(tmp_path: Path) -> None:
    """Nothing is allocated twice, and the journal has, or names, everything that was spent."""
    chance = random.Random(17)
    journal = tmp_path / "runs.sqlite"
    with Emulator(seconds_per_pipeline=0, zero_next_try=True) as emulator:
        ids = scene_ids(emulator)[:30]
        cost = price(emulator, ids[:1])
        arguments = (emulator.url, emulator.username, emulator.password, journal)

        def live(kill_at: int | None) -> None:
            with process(LIFE, *arguments, *ids) as running:
                if kill_at is not None:
                    while len(emulator.calls()) < kill_at and running.poll() is None:
                        time.sleep(0.001)
                    time.sleep(chance.uniform(0, 0.01))
                    running.send_signal(signal.SIGKILL)
                _, err = running.communicate(timeout=60)
            assert err == ""
            assert running.returncode == (0 if kill_at is None else -signal.SIGKILL)

        for _ in range(8):
            live(len(emulator.calls()) + chance.randrange(4, 12))
        live(None)
        assert max(made(emulator).values()) == 1
        with emulator.client(journal=journal) as client:
            recovery = client.pipelines.recover()
        unknown = [one for one in recovery.unknown if one.operation == ALLOCATE]
        known = round(sum(one.cost or 0 for one in recovery.allocations), 6)
        untold = sum(one.cost is None for one in recovery.allocations)
        assert round(known + untold * cost, 5) == round(spent(emulator), 5)
        assert len(recovery.allocations) + len(unknown) == len(ids)
