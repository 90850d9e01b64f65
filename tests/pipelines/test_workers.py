"""What follows pipelines, by the machine's own clock: none is forgotten, whoever comes and goes."""

from __future__ import annotations

import asyncio
import json
import logging
import time
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
    """Those that a release was sent for."""
    return {
        scene_id
        for request in server.requests
        if request.path.startswith("/kraken/release")
        for scene_id in json.loads(request.body)["sceneIds"]
    }


async def test_nothing_is_begun_after_the_deadline_of_a_run(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    """However long the caller looks at the outcomes: what is said not to have begun has not."""
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
    assert all("go on with attach" in text for text in logged)


def slowly_read(run: Any) -> Any:
    for outcome in run:
        yield outcome
        time.sleep(0.2)
