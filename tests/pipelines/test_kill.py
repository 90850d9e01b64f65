"""A process that is killed during its work: no pipeline is started twice, and none is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.pipelines.journals import process
from tests.places import CAR_PARK

# Each life continues where the one before it was killed: it first waits for the pipelines of the journal
# (`recover`), or starts everything again and lets the journal find existing ones (`reuse`). Each result
# that it had is a file.
BOTH = """
import asyncio
from pathlib import Path
import spaceknow_client as sk
how, url, username, password, folder, scene, count = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
options = {"auth": sk.PasswordAuth(username, password), "journal": Path(folder, "runs.sqlite")}
def place(number):
    return sk.Extent.from_bounds(153.1036, -27.3934, 153.1050 + int(number) * 1e-6, -27.3904)
def result(run):
    return Path(folder, "results", run.id)
def keep(run, kraken_map):
    Path(folder, run.id).write_text(kraken_map.map_id)
    Path(folder, run.id).rename(result(run))  # whole or not at all
"""
ASYNC_LIFE = (
    BOTH
    + """
async def follow(run):
    if not result(run).exists():
        keep(run, await run.result())
async def main():
    async with sk.AsyncSpaceKnow(environment, **options) as client:
        slots = asyncio.Semaphore(8)
        async def known(run):
            async with slots:
                await follow(run)
        async def release(number):
            async with slots:
                try:
                    run = await client.kraken.release(
                        "cars", scene_ids=[scene], extent=place(number), reuse=True
                    )
                except sk.AmbiguousRequestError:
                    return
                await follow(run)
        if how == "recover":
            await asyncio.gather(*map(known, await client.pipelines.recover()))
        await asyncio.gather(*map(release, range(int(count))))
asyncio.run(main())
"""
)
SYNC_LIFE = (
    BOTH
    + """
def follow(run):
    if not result(run).exists():
        keep(run, run.result())
with sk.SpaceKnow(environment, **options) as client:
    if how == "recover":
        for run in client.pipelines.recover():
            follow(run)
    for number in range(int(count)):
        try:
            run = client.kraken.release(
                "cars", scene_ids=[scene], extent=place(number), reuse=True
            )
        except sk.AmbiguousRequestError:
            continue
        follow(run)
"""
)
# One call starts it, one or more request the status, one fetches the result. A request with unknown outcome
# has only the first, so the kills do not reach to the last of them.
CALLS_PER_PIPELINE = 2.5


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize(
    ("life", "pipelines", "kills", "at_once"),
    [(ASYNC_LIFE, 200, 20, 8), (SYNC_LIFE, 30, 6, 1)],
    ids=["async", "sync"],
)
def test_killed_again_and_again(
    tmp_path: Path, life: str, pipelines: int, kills: int, at_once: int
) -> None:
    chance = random.Random(20)
    results = tmp_path / "results"
    results.mkdir()
    with Emulator(seconds_per_pipeline=0.05, zero_next_try=True) as emulator:
        with emulator.client() as client:
            scene = client.imagery.search(
                provider="gbdx", dataset="idaho-pansharpened", extent=CAR_PARK
            ).first()
        assert scene is not None
        arguments = (emulator.url, emulator.username, emulator.password, tmp_path)

        def work(kill_at: int | None, delay: float, how: str) -> bool:
            """One life; returns whether it was killed. `kill_at` counts the calls that the server saw."""
            with process(life, how, *arguments, scene.scene_id, pipelines) as running:
                if kill_at is not None:
                    while len(emulator.calls()) < kill_at and running.poll() is None:
                        time.sleep(0.001)
                    time.sleep(delay)
                    running.send_signal(signal.SIGKILL)
                _, err = running.communicate(timeout=60)
            assert err == ""
            return running.returncode == -signal.SIGKILL

        points = sorted(chance.sample(range(5, int(pipelines * CALLS_PER_PIPELINE)), kills))
        for number, point in enumerate(points):
            how = ("recover", "reuse")[number % 2]
            assert work(point, chance.uniform(0, 0.02), how), "it ended before it was killed"
        assert not work(None, 0, "recover")

        started = [call for call in emulator.calls("kraken.release.initiate") if call.status == 200]
        bodies = [json.dumps(call.body, sort_keys=True) for call in started]
        assert len(bodies) == len(set(bodies))

        with emulator.client(journal=tmp_path / "runs.sqlite") as client:
            recovery = client.pipelines.recover()
            unknown = [json.dumps(one.body, sort_keys=True) for one in recovery.unknown]
            assert len(unknown) == len(set(unknown)) <= at_once * kills
            # Every request has a pipeline or is listed, and every pipeline has its result.
            assert len(recovery) + len(unknown) == pipelines
            assert len(set(bodies) - set(unknown)) == len(recovery)
            assert {run.id for run in recovery} == set(os.listdir(results))
            kraken_map = recovery.pipelines[0].result()
            assert isinstance(kraken_map, sk.KrakenMap)
            assert kraken_map.map_id == (results / recovery.pipelines[0].id).read_text()
