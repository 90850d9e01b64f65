"""Waits for many pipelines in one of several ways, in this process.

`python -m benchmarks.follow WAY PIPELINES URL` prints JSON: the times at which the ends of pipelines were
noticed, and the resources used. All ways send the same calls: an initiate for each pipeline, then
get-status, never before `nextTry` has passed.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import resource
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import httpx

import spaceknow_client as sk

from .pipeline_server import BEGIN, GET_STATUS, GO, INITIATE, MOST_NEXT_TRY, tell

# Concurrent requests: the client's default (async httpx gets slower with more), and a good value for
# aiohttp.
HTTPX_SLOTS, AIOHTTP_SLOTS = 8, 32
WARM_UP = 50  # pipelines
# Seconds over which ways with limited concurrency start pipelines: as long as the longest `nextTry`. If
# they were started as fast as possible, they would all be due as fast as possible, and the lag would
# depend on the speed of starting.
STARTS = float(MOST_NEXT_TRY)
HEADERS = {"authorization": "Bearer a.b.c", "accept": "application/json"}
PLACE = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
RELEASE: dict[str, Any] = {"scene_ids": ["s"], "extent": PLACE}
BODY = {"mapType": "cars", "sceneIds": ["s"], "extent": PLACE.to_geojson()}

Seen = dict[str, float]


class Course:
    """The steps of one run: warm-up, start, work, end. Records the resources of the process."""

    def __init__(self, url: str, pipelines: int) -> None:
        self.url = url
        self.pipelines = pipelines
        self.seen: Seen = {}

    def begin(self) -> None:
        """Called after the warm-up."""
        tell(self.url, BEGIN, self.pipelines)
        self._memory = _memory()
        self._started = time.monotonic()

    def go(self) -> None:
        """Called when all pipelines are started."""
        self._seconds_to_start = time.monotonic() - self._started
        self._cpu = time.process_time()
        tell(self.url, GO)

    def note(self, pipeline_id: str) -> None:
        """Called when the end of a pipeline is noticed."""
        self.seen[pipeline_id] = time.monotonic()

    def told(self) -> dict[str, Any]:
        return {
            "seen": self.seen,
            "seconds_to_start": self._seconds_to_start,
            "cpu": time.process_time() - self._cpu,
            "bytes": max(
                0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT - self._memory
            ),
        }


UNIT = 1 if sys.platform == "darwin" else 1024  # bytes per unit of ru_maxrss


def _memory() -> int:
    """Peak memory of the process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


async def _spread(
    call: Callable[[], Awaitable[Any]], times: int, slots: int, seconds: float = 0.0
) -> list[Any]:
    """Results of calls, at most `slots` concurrently, started evenly over some seconds."""
    left = iter(range(times))
    begun = time.monotonic()
    got: list[Any] = []

    async def work() -> None:
        for number in left:
            await asyncio.sleep(begun + number * seconds / times - time.monotonic())
            got.append(await call())

    await asyncio.gather(*(work() for _ in range(slots)))
    return got


async def ours(course: Course, slots: int, library: Literal["aiohttp"] | None) -> None:
    """Our client, with its public names only."""
    url = course.url
    async with sk.AsyncSpaceKnow(
        sk.Environment(base_url=url, auth_domain=url, client_id="benchmark"),
        auth=sk.TokenAuth("a.b.c"),
        limits=sk.Limits(concurrency=slots),
        http_client=library,
    ) as client:

        def start() -> Awaitable[sk.AsyncPipeline[sk.KrakenMap]]:
            return client.kraken.release("cars", **RELEASE)

        await client.pipelines.wait_all(await _spread(start, WARM_UP, slots))
        course.begin()
        runs = await _spread(start, course.pipelines, slots, STARTS)
        course.go()
        async for run in client.pipelines.as_completed(runs):
            course.note(run.id)


def _due(answer: dict[str, Any]) -> float:
    return time.monotonic() + float(answer["nextTry"])


async def _post(client: httpx.AsyncClient, path: bytes, body: Any) -> dict[str, Any]:
    response = await client.post(path.decode(), json=body)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


async def task_each(course: Course) -> None:
    """A task for each pipeline on one httpx.AsyncClient, as in typical code."""
    async with httpx.AsyncClient(base_url=course.url, headers=HEADERS) as client:

        async def follow(pipeline_id: str, due: float) -> None:
            while True:
                await asyncio.sleep(due - time.monotonic())
                answer = await _post(client, GET_STATUS, {"pipelineId": pipeline_id})
                if answer["status"] == "RESOLVED":
                    return course.note(pipeline_id)
                due = _due(answer)

        async def start() -> tuple[str, float]:
            answer = await _post(client, INITIATE, BODY)
            return answer["pipelineId"], _due(answer)

        await _spread(start, WARM_UP, HTTPX_SLOTS)
        course.begin()
        begun = await asyncio.gather(*(start() for _ in range(course.pipelines)))
        course.go()
        await asyncio.gather(*(follow(*each) for each in begun))


def thread_each(course: Course) -> None:
    """A thread for each pipeline on one httpx.Client."""
    begun = threading.Barrier(course.pipelines, action=course.go)
    with httpx.Client(base_url=course.url, headers=HEADERS) as client:

        def post(path: bytes, body: Any) -> dict[str, Any]:
            response = client.post(path.decode(), json=body, timeout=60)
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
            return answer

        def follow() -> None:
            try:
                answer = post(INITIATE, BODY)
                due, pipeline_id = _due(answer), answer["pipelineId"]
                begun.wait()
                while answer["status"] != "RESOLVED":
                    time.sleep(max(0.0, due - time.monotonic()))
                    answer = post(GET_STATUS, {"pipelineId": pipeline_id})
                    due = _due(answer) if "nextTry" in answer else 0.0
                course.note(pipeline_id)
            except BaseException:
                begun.abort()
                raise

        post(INITIATE, BODY)
        course.begin()
        with ThreadPoolExecutor(course.pipelines) as pool:
            for future in [pool.submit(follow) for _ in range(course.pipelines)]:
                future.result()


async def heap(course: Course) -> None:
    """Minimal code on httpx: a heap of due times, and a few workers that take the first."""
    limits = httpx.Limits(max_connections=HTTPX_SLOTS, max_keepalive_connections=HTTPX_SLOTS)
    async with httpx.AsyncClient(base_url=course.url, headers=HEADERS, limits=limits) as client:

        async def start() -> tuple[float, str]:
            answer = await _post(client, INITIATE, BODY)
            return _due(answer), answer["pipelineId"]

        async def work(waiting: list[tuple[float, str]]) -> None:
            while waiting:
                due, pipeline_id = heapq.heappop(waiting)
                await asyncio.sleep(due - time.monotonic())
                answer = await _post(client, GET_STATUS, {"pipelineId": pipeline_id})
                if answer["status"] == "RESOLVED":
                    course.note(pipeline_id)
                else:
                    heapq.heappush(waiting, (_due(answer), pipeline_id))

        await _spread(start, WARM_UP, HTTPX_SLOTS)
        course.begin()
        waiting = await _spread(start, course.pipelines, HTTPX_SLOTS, STARTS)
        heapq.heapify(waiting)
        course.go()
        await asyncio.gather(*(work(waiting) for _ in range(HTTPX_SLOTS)))


WAYS: dict[str, Callable[[Course], Any]] = {
    "task": task_each,
    "thread": thread_each,
    "heap": heap,
    "ours": lambda course: ours(course, HTTPX_SLOTS, None),
    "ours-aiohttp": lambda course: ours(course, AIOHTTP_SLOTS, "aiohttp"),
}


def main(way: str, pipelines: str, url: str) -> None:
    course = Course(url, int(pipelines))
    following = WAYS[way](course)
    if following is not None:
        asyncio.run(following)
    print(json.dumps(course.told()))


if __name__ == "__main__":
    main(*sys.argv[1:])
