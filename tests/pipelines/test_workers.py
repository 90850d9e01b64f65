"""What follows pipelines, by the machine's own clock: none is forgotten, whoever comes and goes."""

from __future__ import annotations

from typing import Any

import spaceknow_client as sk
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer, answer
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
