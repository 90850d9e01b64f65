"""Pipelines: polled as the server asks, found again, and failing with their own error."""

from __future__ import annotations

import json
import threading
import time
from itertools import pairwise
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both, on_every_kind
from tests.places import CAR_PARK, GBDX


@pytest.fixture
def slow() -> Any:
    """An emulator whose pipelines take 20 seconds of its clock, which runs ten times too fast."""
    with Emulator(seconds_per_pipeline=20) as emu:
        done = threading.Event()

        def hurry() -> None:
            while not done.wait(0.02):
                emu.clock.advance(0.5)

        thread = threading.Thread(target=hurry)
        thread.start()
        yield emu
        done.set()
        thread.join()


async def started(both: Both, client: Any, scenes: int = 1, map_type: str = "cars") -> list[Any]:
    """Runs of the first scenes of the car park."""
    found = await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX).limit(scenes))
    return [
        await both.settle(
            client.kraken.release(map_type, scene_ids=[scene.scene_id], extent=CAR_PARK)
        )
        for scene in found
    ]


async def test_progress_is_told_and_the_pace_is_the_servers(both: Both, slow: Emulator) -> None:
    polls: list[sk.PollEvent] = []
    client = both.of(slow, hooks=sk.Hooks(on_poll=polls.append))
    (run,) = await started(both, client)
    polls.clear()
    seen: list[sk.Progress] = []
    result = await both.settle(run.result(on_progress=seen.append))
    assert isinstance(result, sk.KrakenMap)
    assert seen
    assert all(p.message and p.step and 1 <= p.step <= p.steps for p in seen)
    assert [p.step for p in seen] == sorted(p.step or 0 for p in seen)
    assert [event.status for event in polls][-1] == "RESOLVED"
    times = [c.at for c in slow.calls("tasking.get_status") if c.body["pipelineId"] == run.id]
    assert all(after - before >= 1 for before, after in pairwise(times))
    assert await both.settle(run.status()) == sk.PipelineStatus.RESOLVED
    assert run.id in repr(run)


async def test_the_status_is_asked_only_when_it_is_due(both: Both) -> None:
    with Emulator(seconds_per_pipeline=100) as emulator:
        client = both.of(emulator)
        run = await both.settle(client.kraken.release("cars", scene_ids=["x"], extent=CAR_PARK))
        for _ in range(3):
            assert await both.settle(run.status()) == sk.PipelineStatus.NEW
        assert emulator.calls("tasking.get_status") == []
        emulator.clock.advance(6)
        for _ in range(3):
            assert await both.settle(run.status()) == sk.PipelineStatus.PROCESSING
        assert len(emulator.calls("tasking.get_status")) == 1
        again = client.pipelines.attach(run.token())
        assert await both.settle(again.status()) == sk.PipelineStatus.PROCESSING
        assert len(emulator.calls("tasking.get_status")) == 2


async def test_a_deadline_leaves_a_token(both: Both) -> None:
    with Emulator(seconds_per_pipeline=1000) as emulator:
        client = both.of(emulator)
        run = await both.settle(
            client.kraken.release("cars", scene_ids=["unknown"], extent=CAR_PARK)
        )
        begun = time.monotonic()
        with pytest.raises(sk.PipelineTimeoutError) as caught:
            await both.settle(run.result(deadline=0.3))
        assert 0.3 <= time.monotonic() - begun < 0.5
        assert caught.value.resume_token == run.token()
        assert caught.value.pipeline_id == run.id


@on_every_kind
async def test_a_failed_pipeline_raises_its_code(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    emulator.fail("kraken.release", code="VERSION-MISMATCH")
    (run,) = await started(both, client)
    assert await both.settle(run.wait()) == sk.PipelineStatus.FAILED
    for kind in (sk.PipelineFailedError, sk.errors.VersionMismatchError, sk.KrakenError):
        with pytest.raises(kind) as caught:
            await both.settle(run.result())
    error = caught.value
    assert isinstance(error, sk.APIError)
    assert (error.status, error.pipeline_id, error.resume_token) == (424, run.id, run.token())


async def test_a_scene_that_is_none_fails_in_the_pipeline(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    run = await both.settle(client.kraken.release("cars", scene_ids=["nope"], extent=CAR_PARK))
    with pytest.raises(sk.errors.NonExistingSceneError):
        await both.settle(run.result())


async def test_a_token_finds_the_pipeline_again(both: Both, emulator: Emulator) -> None:
    (run,) = await started(both, both.of(emulator))
    token = run.token()
    members = json.loads(token)
    assert members["operation"] == "kraken.release"
    assert emulator.password not in token
    again = both.of(emulator).pipelines.attach(token)
    assert again.token() == token
    found: sk.KrakenMap = await both.settle(again.result())
    assert found.map_type == "cars"
    bare = both.of(emulator).pipelines.attach(run.id, operation="kraken.release")
    assert (await both.settle(bare.result())).map_id == found.map_id


@pytest.mark.parametrize(
    "token",
    [
        "",
        "abc",
        "[]",
        "{}",
        '{"version": 2}',
        '{"version": 1, "pipelineId": "p"}',
        '{"version": 1, "pipelineId": "p", "operation": "user.info", "host": "HOST"}',
        '{"version": 1, "pipelineId": "p", "operation": "kraken.release", "host": "https://x.org"}',
    ],
)
async def test_what_is_no_token(both: Both, emulator: Emulator, token: str) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        client.pipelines.attach(token.replace("HOST", emulator.url))
    assert emulator.calls() == []


@on_every_kind
async def test_many_are_given_as_they_end(both: Both, slow: Emulator) -> None:
    client = both.of(slow)
    runs = await started(both, client, scenes=4)
    told: list[str] = []
    seen = await both.items_of(
        client.pipelines.as_completed(runs, on_progress=lambda run, p: told.append(run.id))
    )
    assert {run.id for run in seen} == {run.id for run in runs}
    assert set(told) <= {run.id for run in runs}
    assert await both.settle(client.pipelines.wait_all(runs)) == runs
    assert await both.settle(client.pipelines.wait_all([])) == []


@on_every_kind
async def test_an_outage_costs_only_time(both: Both, slow: Emulator) -> None:
    client = both.of(slow, retry=sk.RetryPolicy.none())
    (run,) = await started(both, client)
    slow.fail("tasking.get_status", code="NO-SUCH-CODE-OUTAGE", times=1)
    # A code with status 400 is not an outage: it is raised immediately, with the handle.
    with pytest.raises(sk.APIError) as caught:
        await both.settle(run.result())
    assert caught.value.resume_token == run.token()
    assert isinstance(await both.settle(run.result()), sk.KrakenMap)


async def test_sub_geometry(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    half = sk.Extent.from_bounds(153.1036, -27.3934, 153.1052, -27.3904)
    run = await both.settle(
        client.kraken.release(
            "cars",
            scene_ids=[scene.scene_id],
            extent=CAR_PARK,
            sub_geometry=half.to_geojson(),
        )
    )
    assert run.sub_geometry_id
    kraken_map = await both.settle(run.result())
    everything = await both.settle(client.kraken.detections(kraken_map))
    part = await both.settle(client.kraken.detections(kraken_map, run.sub_geometry_id))
    assert 0 < part.count < everything.count
