"""The workers that wait for pipelines, by the real clock: none is forgotten when callers come and go."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import spaceknow_client as sk
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer, answer, late
from tests.places import CAR_PARK

STARTED = answer(200, {"pipelineId": "p1", "status": "NEW", "nextTry": 0})
RESOLVED = answer(200, {"status": "RESOLVED"})
MAP = answer(200, {"mapId": "m", "maxZoom": 19, "tiles": []})


def connected(both: Both, server: WireServer, **options: Any) -> Any:
    return both.connect(server.environment, auth=sk.TokenAuth("t"), **options)


async def release(both: Both, client: Any, scene_id: str = "s") -> Any:
    return await both.settle(client.kraken.release("cars", scene_ids=[scene_id], extent=CAR_PARK))


@on_every_kind
async def test_one_pipeline_is_followed_right_after_another(both: Both) -> None:
    with WireServer([STARTED, STARTED, STARTED, *(RESOLVED, MAP) * 3]) as server:
        client = connected(both, server)
        runs = [await release(both, client) for _ in range(3)]
        for run in runs:
            assert (await both.settle(run.result(deadline=5))).map_id == "m"


def scenes_of(server: WireServer) -> set[str]:
    """The scenes whose release was sent."""
    return {
        scene_id
        for request in server.requests
        if request.path.startswith("/kraken/release")
        for scene_id in json.loads(request.body)["sceneIds"]
    }


async def test_nothing_is_begun_after_the_deadline_of_a_run(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    """However long the caller handles the outcomes: a run reported as not started was not started."""
    ids = [f"s{number}" for number in range(6)]
    with WireServer([late(0.6, STARTED)]) as server:
        client = connected(both, server, limits=sk.Limits(concurrency=2))
        run = client.kraken.release_many("cars", scene_ids=ids, extent=CAR_PARK, deadline=0.3)
        outcomes = []
        if both.is_sync:
            outcomes = await asyncio.to_thread(list, slowly_read(run))
        else:
            async for outcome in run:
                outcomes.append(outcome)
                await asyncio.sleep(0.2)
        sent = scenes_of(server)
    assert {outcome.input for outcome in outcomes} == set(ids)
    not_begun = {o.input for o in outcomes if isinstance(o.error, sk.PipelineTimeoutError)}
    begun = {o.input for o in outcomes if o.pipeline is not None}
    being_begun = {o.input for o in outcomes if isinstance(o.error, sk.AmbiguousRequestError)}
    assert sent == (begun | being_begun)
    assert not_begun - begun == set(ids) - sent
    assert len(sent) == 2
    logged = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(logged) == len(being_begun)
    assert all("to resume, call attach" in text for text in logged)


def slowly_read(run: Any) -> Any:
    for outcome in run:
        yield outcome
        time.sleep(0.2)


@pytest.mark.kinds("async", "aiohttp")
async def test_who_waits_is_told_that_the_client_is_closed(both: Both) -> None:
    """Whether a worker is requesting the status at that moment, or waits until it is due."""
    asked = late(0.4, answer(200, {"status": "PROCESSING", "nextTry": 60}))
    with WireServer([STARTED, STARTED, asked]) as server:
        client = connected(both, server)
        runs = [await release(both, client) for _ in range(2)]
        early = asyncio.create_task(runs[0].result(deadline=5))
        await asyncio.sleep(0.8)
        late_one = asyncio.create_task(runs[1].result(deadline=5))
        await asyncio.sleep(0.2)
        await client.aclose()
        for waiting in (early, late_one):
            done, _ = await asyncio.wait([waiting], timeout=2)
            assert done
            with pytest.raises(sk.ConfigError, match="closed") as caught:
                await waiting
            assert caught.value.resume_token == runs[0].token()
        with pytest.raises(sk.ConfigError, match="closed"):
            await runs[0].result()


def test_a_thread_that_waits_is_told_that_the_client_is_closed() -> None:
    asked = answer(200, {"status": "PROCESSING", "nextTry": 60})
    with WireServer([STARTED, STARTED, asked]) as server, ThreadPoolExecutor(1) as pool:
        with sk.SpaceKnow(server.environment, auth=sk.TokenAuth("t")) as client:
            runs = [
                client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK) for _ in range(2)
            ]
            waiting = pool.submit(client.pipelines.wait_all, runs, 30)
            while len(server.requests) < 4:
                time.sleep(0.01)
        with pytest.raises(sk.ConfigError, match="closed"):
            waiting.result(timeout=10)


@pytest.mark.kinds("async", "aiohttp")
async def test_a_begin_under_way_is_ended_when_the_client_is_closed(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    with WireServer([late(0.4, STARTED)]) as server:
        client = connected(both, server)
        outcomes = client.kraken.release_many("cars", scene_ids=["a", "b"], extent=CAR_PARK)
        waiting = asyncio.create_task(anext(outcomes))
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await client.aclose()
        assert len(server.requests) == 2
    assert [r.getMessage()[:27] for r in caplog.records if r.levelno == logging.WARNING] == [
        "started after its run was a",
        "started after its run was a",
    ]


@pytest.mark.kinds("async", "aiohttp")
async def test_a_call_that_is_cancelled_takes_no_worker_along(both: Both) -> None:
    async def cancelled() -> Any:
        raise asyncio.CancelledError

    with WireServer([STARTED, RESOLVED, MAP]) as server:
        client = connected(both, server, limits=sk.Limits(concurrency=1))
        run = await release(both, client)
        waiting = asyncio.create_task(run.result(deadline=5))
        with pytest.raises(asyncio.CancelledError):
            await anext(client.pipelines.run([cancelled]))
        assert (await waiting).map_id == "m"


@pytest.mark.kinds("async")
async def test_who_is_cancelled_while_waiting_for_several_is_told_their_tokens(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    """A program under asyncio.run receives Ctrl-C as a cancellation."""
    with WireServer([STARTED]) as server:
        client = connected(both, server)
        runs = [await release(both, client) for _ in range(2)]
        waiting = asyncio.create_task(client.pipelines.wait_all(runs))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    (record,) = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert record.getMessage().splitlines()[1:] == [run.token() for run in runs]
