"""Rows of the fault matrix about results: the responses of a pipeline's `retrieve`.

For `safe` one pipeline is followed by its handle, for `initiate` it is started and followed by
`release_many`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import EmulatorClock, Fault
from spaceknow_client.pipelines.polling import MAX_NEXT_TRY
from tests.conftest import Both
from tests.faults.printer import short
from tests.faults.wire import GOOD, REQUEST_ID, WELL, Behavior, WireServer, answer
from tests.places import CAR_PARK

TOKEN = "a-token-for-results"
OVER = answer(200, {"status": "RESOLVED"})
MAP = {"mapId": "m", "maxZoom": 20, "tiles": [[1, 0, 1]]}


class LeapingClock(EmulatorClock):
    """Sleeps by advancing the clock: waits are long, and take no time."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def wait(self, condition: Any, until: float | None) -> None:
        if not self._leaps(until):
            super().wait(condition, until)

    async def async_wait(self, event: Any, until: float | None) -> None:
        if event.is_set() or not self._leaps(until):
            await super().async_wait(event, until)

    def _leaps(self, until: float | None) -> bool:
        """Advances to the next poll. A wait for the end of everything is real."""
        left = inf if until is None else until - self.monotonic()
        if left > MAX_NEXT_TRY * 2:
            return False
        self.advance(max(0.0, left))
        return True


async def followed(
    both: Both, kind: str, *behaviors: Behavior, **options: Any
) -> tuple[Any, list[str], float]:
    """The outcome of a pipeline, the paths of the requests, and the seconds on the clock."""
    clock = LeapingClock()
    started = [WELL] if kind == "initiate" else []
    with WireServer([*started, *behaviors]) as server:
        client = both.connect(
            server.environment,
            auth=sk.TokenAuth(TOKEN),
            retry=sk.RetryPolicy.none(),
            _clock=clock,
            **options,
        )
        began = clock.monotonic()
        try:
            if kind == "safe":
                run = client.pipelines.attach("p", operation="kraken.release")
                found = await both.settle(run.result())
            else:
                scenes = [["s"]]
                (outcome,) = await both.items_of(
                    client.kraken.release_many("cars", scene_ids=scenes, extent=CAR_PARK)
                )
                found = outcome.error or outcome.result
        except sk.SpaceKnowError as error:
            found = error
        await both.aclose()
        return found, server.paths(), clock.monotonic() - began


def _fails_at_once(fault: Fault) -> Callable[[Both, str], Awaitable[str]]:
    """Valid JSON of another shape would be the same again."""

    async def row(both: Both, kind: str) -> str:
        error, paths, seconds = await followed(both, kind, OVER, fault)
        assert type(error) is sk.InvalidResponseError, error
        assert paths.count("/kraken/release/retrieve") == 1
        assert seconds < 60
        identity = "p" if kind == "safe" else GOOD["/initiate"]["pipelineId"]
        assert (error.pipeline_id, error.operation) == (identity, "kraken.release.retrieve")
        assert json.loads(str(error.resume_token))["pipelineId"] == identity
        assert error.request_id == REQUEST_ID
        return f"{short(type(error))} 1"

    return row


def _passes(fault: Fault) -> Callable[[Both, str], Awaitable[str]]:
    """Invalid JSON can come from a proxy, and be temporary."""

    async def row(both: Both, kind: str) -> str:
        found, paths, _ = await followed(both, kind, OVER, fault, fault, answer(200, MAP))
        assert found.map_id == "m"
        return f"ok {paths.count('/kraken/release/retrieve')}"

    return row


async def _never_passes(both: Both, kind: str) -> str:
    """The deadline ends the wait, and the error names the cause."""
    page = Fault.html(200)
    error, _, seconds = await followed(both, kind, OVER, page, pipeline_deadline=1800.0)
    if kind == "safe":
        assert type(error) is sk.PipelineTimeoutError
        assert 1800 <= seconds < 1900
        assert isinstance(error.__cause__, sk.InvalidResponseError)
        assert "is not JSON" in str(error)
    else:  # release_many has no deadline of its own: an hour of outage ends it
        assert type(error) is sk.InvalidResponseError
        assert 3600 <= seconds < 4000
    assert error.resume_token
    return "ok"


async def _empty_id(both: Both, kind: str) -> str:
    """A pipeline without an id cannot be found again: the response is rejected immediately."""
    for identity in ("", " ", "\n\t"):
        started = Fault.edit({"pipelineId": identity})
        with WireServer([started]) as server:
            client = both.connect(
                server.environment, auth=sk.TokenAuth(TOKEN), retry=sk.RetryPolicy.none()
            )
            handle = client.pipelines.attach("p", operation="kraken.release").token()
            if kind == "initiate":
                wanted: type[sk.SpaceKnowError] = sk.AmbiguousRequestError
                with pytest.raises(wanted) as caught:
                    await both.settle(
                        client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)
                    )
                assert caught.value.resume_token is None
            else:
                wanted = sk.InvalidArgumentError
                with pytest.raises(wanted):
                    client.pipelines.attach(handle.replace('"p"', json.dumps(identity)))
            await both.aclose()
            assert len(server.requests) == (1 if kind == "initiate" else 0)
    return short(wanted)


ROWS: dict[str, Callable[[Both, str], Awaitable[str]]] = {
    "an empty pipeline id": _empty_id,
    "result of another shape": _fails_at_once(Fault.json({"mapId": 5, "tiles": {}})),
    "result is an array": _fails_at_once(Fault.json([MAP])),
    "result is null": _fails_at_once(Fault.json(None)),
    "result is an error with 200": _fails_at_once(Fault.json({"error": "X", "errorMessage": "no"})),
    "result has an odd tile": _fails_at_once(Fault.json({**MAP, "tiles": [[1, 0]]})),
    "result is HTML for a while": _passes(Fault.html(200)),
    "result is cut for a while": _passes(Fault.body(json.dumps(MAP)[:-9].encode())),
    "result is HTML for ever": _never_passes,
}
