"""The CPU microseconds (user and system) of one call, in this process.

`python -m benchmarks.one_call {sync,async} AT_ONCE URL` prints two numbers, ours and that of bare
httpx. Both send the same POST with the same headers and JSON body, and parse the JSON of the same
response. They alternate every few calls, so that other load affects both.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import httpx

import spaceknow_client as sk
from spaceknow_client.generated.models import GetStatusRequest

TURNS = 100
CALLS = 20  # of one turn
WARM_UP = 5  # turns
PIPELINE = "3g4PovfhGxmymQolpgvv"
PATH = "/tasking/get-status"


def options(url: str) -> dict[str, Any]:
    """Options of a production client: login, retry, deadline and all hooks."""
    seen: list[int] = [0, 0, 0]

    def count(place: int) -> Callable[[Any], None]:
        def hook(event: Any) -> None:
            seen[place] += 1

        return hook

    return {
        "environment": sk.Environment(base_url=url, auth_domain=url, client_id="benchmark"),
        "auth": sk.PasswordAuth("me@example.com", "kookaburra"),
        "hooks": sk.Hooks(on_request=count(0), on_retry=count(1), on_poll=count(2)),
    }


def bare_options() -> dict[str, Any]:
    """httpx with the same requests as our client."""
    headers = {
        "accept": "application/json",
        "user-agent": f"spaceknow-client/{sk.__version__}",
        "authorization": "Bearer a.b.c",
    }
    return {"headers": headers}


def ours(client: sk.SpaceKnow) -> Callable[[], Any]:
    return lambda: client.raw.tasking.get_status(body=GetStatusRequest(pipeline_id=PIPELINE)).parsed


def bare(client: httpx.Client, url: str) -> Callable[[], Any]:
    return lambda: client.post(url + PATH, json={"pipelineId": PIPELINE}).json()


def async_ours(client: sk.AsyncSpaceKnow) -> Callable[[], Awaitable[Any]]:
    async def call() -> Any:
        body = GetStatusRequest(pipeline_id=PIPELINE)
        return (await client.raw.tasking.get_status(body=body)).parsed

    return call


def async_bare(client: httpx.AsyncClient, url: str) -> Callable[[], Awaitable[Any]]:
    async def call() -> Any:
        return (await client.post(url + PATH, json={"pipelineId": PIPELINE})).json()

    return call


def measure(*calls: Callable[[], Any]) -> list[float]:
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(TURNS):
        for call, found in zip(calls, taken, strict=True):
            started = time.process_time()
            for _ in range(CALLS):
                call()
            found.append((time.process_time() - started) / CALLS * 1e6)
    return [median(found[WARM_UP:]) for found in taken]


async def async_measure(at_once: int, *calls: Callable[[], Awaitable[Any]]) -> list[float]:
    taken: list[list[float]] = [[] for _ in calls]
    each = max(1, CALLS // at_once)
    for _ in range(TURNS):
        for call, found in zip(calls, taken, strict=True):

            async def some(call: Callable[[], Awaitable[Any]] = call) -> None:
                for _ in range(each):
                    await call()

            started = time.process_time()
            await asyncio.gather(*(some() for _ in range(at_once)))
            found.append((time.process_time() - started) / (each * at_once) * 1e6)
    return [median(found[WARM_UP:]) for found in taken]


def in_sync(url: str) -> list[float]:
    with sk.SpaceKnow(**options(url)) as one, httpx.Client(**bare_options()) as other:
        return measure(ours(one), bare(other, url))


async def in_async(at_once: int, url: str) -> list[float]:
    # httpx closes idle connections above its second limit, and would reopen them for each turn.
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with (
        sk.AsyncSpaceKnow(**options(url), limits=sk.Limits(concurrency=at_once)) as one,
        httpx.AsyncClient(**bare_options(), limits=limits) as other,
    ):
        return await async_measure(at_once, async_ours(one), async_bare(other, url))


def main(kind: str, at_once: str, url: str) -> None:
    print(*(in_sync(url) if kind == "sync" else asyncio.run(in_async(int(at_once), url))))


if __name__ == "__main__":
    main(*sys.argv[1:])
