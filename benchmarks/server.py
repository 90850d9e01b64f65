"""A server with minimal overhead, in its own process, so that the client is measured.

It implements three operations with fixed responses. `python -m benchmarks.server`
prints its port and runs until its input ends.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from spaceknow_client.generated.catalogue import OPERATIONS

from .process import PROJECT

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSpaceKnow-Request-Id: QyhRiSw87c\r\n"
    b"SpaceKnow-Api-Version: 106\r\nContent-Length: "
)
STATUS = b'{"status": "PROCESSING", "nextTry": 5, "progress": {"message": "Waiting", "step": 2}}'
CREDIT = b'{"remainingCredit": 12.5}'
LOGIN = b'{"id_token": "a.b.c", "access_token": "d", "token_type": "bearer"}'
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def answer(body: bytes) -> bytes:
    """The complete response with a JSON body."""
    return HEAD + str(len(body)).encode() + b"\r\n\r\n" + body


ANSWERS = {
    OPERATIONS["tasking.get_status"].path.encode(): answer(STATUS),
    OPERATIONS["credits.remaining"].path.encode(): answer(CREDIT),
    OPERATIONS["auth0.login"].path.encode(): answer(LOGIN),
}


class Server(asyncio.Protocol):
    """One connection with sequential requests."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            size = int(length[1]) if length else 0
            if not end or len(rest) < size:
                return
            self._received = rest[size:]
            path = head.split(b" ", 2)[1]
            self._transport.write(self.answer(path, rest[:size]))

    def answer(self, path: bytes, body: bytes) -> bytes:
        return ANSWERS[path]


async def serve(protocol: Callable[[], asyncio.Protocol]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running(module: str = "benchmarks.server") -> Iterator[str]:
    """The URL of a server that runs during the block."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(Server))
