"""The CPU microseconds (user and system) of one call, in this process, which does nothing else.

`python -m benchmarks.one_call {ours,bare} {sync,async} URL` prints a number. Both send the same POST
with the same headers and JSON body, and read the JSON of the same answer.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

import spaceknow_client as sk
from spaceknow_client.generated.models import GetStatusRequest

CALLS = 1500
WARM_UP = 200
PIPELINE = "3g4PovfhGxmymQolpgvv"
PATH = "/tasking/get-status"


def options(url: str) -> dict[str, Any]:
    """A client as in production: login, retry, deadline and all hooks are on."""
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


def headers() -> dict[str, str]:
    """What our client sends, beside what httpx adds by itself."""
    return {
        "accept": "application/json",
        "user-agent": f"spaceknow-client/{sk.__version__}",
        "authorization": "Bearer a.b.c",
    }


def ours(url: str) -> Callable[[], Any]:
    client = sk.SpaceKnow(**options(url))
    return lambda: client.raw.tasking.get_status(body=GetStatusRequest(pipeline_id=PIPELINE)).parsed


def bare(url: str) -> Callable[[], Any]:
    client = httpx.Client(headers=headers())
    return lambda: client.post(url + PATH, json={"pipelineId": PIPELINE}).json()


def async_ours(url: str) -> Callable[[], Awaitable[Any]]:
    client = sk.AsyncSpaceKnow(**options(url))

    async def call() -> Any:
        body = GetStatusRequest(pipeline_id=PIPELINE)
        return (await client.raw.tasking.get_status(body=body)).parsed

    return call


def async_bare(url: str) -> Callable[[], Awaitable[Any]]:
    client = httpx.AsyncClient(headers=headers())

    async def call() -> Any:
        return (await client.post(url + PATH, json={"pipelineId": PIPELINE})).json()

    return call


def measure(call: Callable[[], Any]) -> float:
    for _ in range(WARM_UP):
        call()
    started = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - started) / CALLS * 1e6


async def async_measure(make: Callable[[str], Callable[[], Awaitable[Any]]], url: str) -> float:
    call = make(url)
    for _ in range(WARM_UP):
        await call()
    started = time.process_time()
    for _ in range(CALLS):
        await call()
    return (time.process_time() - started) / CALLS * 1e6


def main(whose: str, kind: str, url: str) -> None:
    if kind == "sync":
        print(measure((ours if whose == "ours" else bare)(url)))
    else:
        print(asyncio.run(async_measure(async_ours if whose == "ours" else async_bare, url)))


if __name__ == "__main__":
    main(*sys.argv[1:])
