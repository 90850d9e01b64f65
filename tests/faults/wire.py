"""A server of raw sockets with a given misbehavior for each request."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from starlette.responses import Response

import spaceknow_client as sk
from spaceknow_client.emulator import Fault
from spaceknow_client.emulator.connection import RESET_ON_CLOSE
from spaceknow_client.emulator.fault import Step, head_of

Behavior = Fault | Callable[[socket.socket], bool]
"""A fault, or what sends something itself; True keeps the connection."""

REQUEST_ID = "QyhRiSw87c"
HEADERS = {"spaceknow-request-id": REQUEST_ID, "spaceknow-api-version": "106"}
ID_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lb25lIn0.c2lnbmVkLWJ5LXdpcmU"

# The responses without a fault, by the end of the path.
GOOD: Mapping[str, Any] = {
    "/oauth/ro": {"id_token": ID_TOKEN, "access_token": "a", "token_type": "bearer"},
    "/get-remaining-credit": {"remainingCredit": 12.5},
    "/get-status": {"status": "PROCESSING", "nextTry": 0.1},
    "/initiate": {"pipelineId": "3g4PovfhGxmymQolpgvv", "status": "NEW", "nextTry": 5},
}

WELL = Fault(name="no fault", after="effect")


class Seen(NamedTuple):
    """A request that was read."""

    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: Any, *, headers: Mapping[str, str] | None = None) -> Fault:
    """A valid response with a JSON body."""
    return Fault.body(json.dumps(body).encode(), status=status, headers=headers)


def send(connection: socket.socket, fault: Fault) -> bool:
    """Sends a valid response; the connection stays open."""
    sent = fault.change(Response(headers=HEADERS))
    connection.sendall(head_of(sent) + bytes(sent.body))
    return True


def late(seconds: float, fault: Fault) -> Behavior:
    """A valid response, after a delay."""

    def wait(connection: socket.socket) -> bool:
        time.sleep(seconds)
        return send(connection, fault)

    return wait


def slowly(*pieces: tuple[float, bytes]) -> Fault:
    """Waits and sends in turns, and closes."""
    steps = [step for piece in pieces for step in piece]
    return Fault(name="slow", steps=lambda _: steps)


class WireServer:
    """Reads requests and responds with `behaviors`, in order; the last one is repeated.

    A fault's own `times` is the emulator's affair. What takes effect is answered from GOOD. Without
    behaviors nobody listens.

    Attributes:
        requests: those that were read, whatever came of them.
        connections: how many were made.
    """

    def __init__(self, behaviors: Sequence[Behavior]) -> None:
        self.behaviors = list(behaviors)
        self.requests: list[Seen] = []
        self.connections = 0
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def environment(self) -> sk.Environment:
        return sk.Environment(base_url=self.url, auth_domain=self.url, client_id="test")

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def wait_until_closed(self) -> None:
        """Blocks, also an event loop, until no connection is open on this side."""
        until = time.monotonic() + 5
        while self._open and time.monotonic() < until:
            time.sleep(0.0005)

    def __enter__(self) -> Self:
        if self.behaviors:
            self._listener.listen(256)
            self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
                self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
                if not self._refuses(connection):
                    while self._answers(connection, stream):
                        pass
        finally:
            with self._lock:
                self._open.discard(connection)

    def _refuses(self, connection: socket.socket) -> bool:
        """Whether the next step does not wait for a request."""
        with self._lock:
            fault = self.behaviors[0]
            if not isinstance(fault, Fault) or fault.after != "nothing":
                return False
            self._used_up()
        # Not before data arrived: a client that is reset earlier has sent nothing, and knows it.
        select.select([connection], [], [], 5)
        return not self._played(connection, fault, Response())

    def _answers(self, connection: socket.socket, stream: Any) -> bool:
        """Reads a request and responds; returns whether the connection stays open."""
        line = stream.readline().decode()
        if not line:
            return False
        headers: dict[str, str] = {}
        while (header := stream.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        path = line.split()[1]
        with self._lock:
            self.requests.append(Seen(path, headers, body))
            behavior = self._used_up()
            done = isinstance(behavior, Fault) and behavior.after == "effect"
        if not isinstance(behavior, Fault):
            return behavior(connection)
        return self._played(
            connection, behavior, _good(path) if done else Response(headers=HEADERS)
        )

    def _used_up(self) -> Behavior:
        left = self.behaviors
        return left.pop(0) if len(left) > 1 else left[0]

    def _played(self, connection: socket.socket, fault: Fault, answer: Response) -> bool:
        """Performs a fault; returns whether the connection stays open."""
        sent = fault.change(answer)
        if fault.steps is None:
            connection.sendall(head_of(sent) + bytes(sent.body))
            return True
        self._sent(connection, fault.steps(sent))
        if fault.ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        return False

    def _sent(self, connection: socket.socket, steps: Iterable[Step]) -> None:
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif self._gone(connection, step):
                return

    def _gone(self, connection: socket.socket, seconds: float) -> bool:
        """Waits; returns whether the client closed meanwhile, or the server is to stop."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([connection], [], [], min(left, 0.05))
            if self._closing.is_set() or (readable and not connection.recv(1, socket.MSG_PEEK)):
                return True
        return False


def _good(path: str) -> Response:
    (body,) = (body for end, body in GOOD.items() if path.endswith(end))
    return Response(
        json.dumps(body), headers={**HEADERS, "content-type": "application/json; charset=utf-8"}
    )
