"""A server of pipelines with minimal overhead, which records when each could have been noticed.

All pipelines are started first, and begin to run at the call of GO, so the time to start them is not
measured. Each has its own duration, 1 to 20 seconds. `nextTry` is in whole seconds, as in the API: the
remaining time, up to 5.

The end of a pipeline can be noticed as soon as it is ready and the last `nextTry` has passed.
All times are of CLOCK_MONOTONIC, which is common to all processes of the machine.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
import time
import urllib.request
from typing import Any

from spaceknow_client.generated.catalogue import OPERATIONS

from .server import Server, answer, serve

SHORTEST, LONGEST, MOST_NEXT_TRY = 1.0, 20.0, 5

INITIATE = OPERATIONS["kraken.release.initiate"].path.encode()
GET_STATUS = OPERATIONS["tasking.get_status"].path.encode()
BEGIN, GO, REPORT = b"/benchmark/begin", b"/benchmark/go", b"/benchmark/report"

PIPELINE = re.compile(rb'"pipelineId": ?"(\d+)"')
RESOLVED = answer(b'{"status": "RESOLVED"}')
PROCESSING = [
    answer(b'{"status": "PROCESSING", "nextTry": %d}' % seconds)
    for seconds in range(MOST_NEXT_TRY + 1)
]
NOTHING = answer(b"{}")


def durations(pipelines: int) -> list[float]:
    """Duration of each pipeline in seconds. The longest takes LONGEST, so that runs are comparable."""
    chance = random.Random(pipelines)
    return [LONGEST, *(chance.uniform(SHORTEST, LONGEST) for _ in range(pipelines - 1))]


def next_try(left: float) -> int:
    """The recommended wait when so many seconds are left."""
    return max(1, math.ceil(min(left, MOST_NEXT_TRY)))


class World:
    """The pipelines of one run. Without any, every status is RESOLVED, for warm-ups."""

    def __init__(self, pipelines: int = 0) -> None:
        self.durations = durations(pipelines) if pipelines else []
        self.started = 0
        self.begun = math.inf  # time of GO
        self.allowed = [0.0] * pipelines  # by pipeline, when its status can be polled
        self.asked = 0
        self.early = 0

    def initiate(self, now: float) -> bytes:
        number = self.started
        self.started += 1
        wait = 1
        if number < len(self.durations):
            wait = next_try(self.durations[number])
            self.allowed[number] = now + wait
        return answer(b'{"pipelineId": "%d", "status": "NEW", "nextTry": %d}' % (number, wait))

    def status(self, number: int, now: float) -> bytes:
        if number >= len(self.durations):
            return RESOLVED
        self.asked += 1
        self.early += now < self.allowed[number]
        left = self.begun + self.durations[number] - now
        if left <= 0:
            return RESOLVED
        wait = next_try(left)
        self.allowed[number] = now + wait
        return PROCESSING[wait]

    def report(self) -> dict[str, Any]:
        seeable = [
            max(self.begun + duration, allowed)
            for duration, allowed in zip(self.durations, self.allowed, strict=True)
        ]
        return {
            "begun": self.begun,
            "seeable": seeable,
            "asked": self.asked,
            "early": self.early,
        }


class PipelineServer(Server):
    """One connection. All share the world and the number of connections."""

    world = World()
    connections = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        PipelineServer.connections += 1

    def answer(self, path: bytes, body: bytes) -> bytes:
        now = time.monotonic()
        if path == GET_STATUS:
            found = PIPELINE.search(body)
            assert found is not None
            return self.world.status(int(found[1]), now)
        if path == INITIATE:
            return self.world.initiate(now)
        PipelineServer.connections -= 1  # the connection of this call
        if path == BEGIN:
            PipelineServer.world = World(json.loads(body))
        elif path == GO:
            self.world.begun = now
        elif path == REPORT:
            told = self.world.report() | {"connections": self.connections}
            return answer(json.dumps(told).encode())
        return NOTHING


def tell(url: str, path: bytes, value: Any = None) -> Any:
    """Calls BEGIN, GO or REPORT."""
    with urllib.request.urlopen(url + path.decode(), json.dumps(value).encode()) as got:
        return json.load(got)


class Hammer(asyncio.Protocol):
    """Sends the same request again after each response."""

    REQUEST = (
        b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b'Content-Length: 18\r\n\r\n{"pipelineId":"1"}' % GET_STATUS
    )

    answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self.REQUEST)

    def data_received(self, data: bytes) -> None:
        Hammer.answered += 1
        self._transport.write(self.REQUEST)


async def ceiling(url: str, seconds: float = 3.0, connections: int = 64) -> float:
    """Responses per second to a client without any library."""
    loop = asyncio.get_running_loop()
    port = int(url.rpartition(":")[2])
    opened = [await loop.create_connection(Hammer, "127.0.0.1", port) for _ in range(connections)]
    answered, started = Hammer.answered, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (Hammer.answered - answered) / (time.perf_counter() - started)
    for transport, _ in opened:
        transport.abort()
    return rate


if __name__ == "__main__":
    asyncio.run(serve(PipelineServer))
