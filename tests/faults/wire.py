"""A server of raw sockets that misbehaves as told, one behaviour a request."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

import spaceknow_client as sk

Behaviour = Callable[[socket.socket], bool]  # sends what it sends; True keeps the connection


def answer(
    status: int, body: Any, *, headers: str = "", media: str = "application/json"
) -> Behaviour:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} Status\r\nContent-Type: {media}\r\nContent-Length: {len(content)}\r\n"
        f"SpaceKnow-Request-Id: QyhRiSw87c\r\nSpaceKnow-Api-Version: 106\r\n{headers}\r\n"
    )

    def send(connection: socket.socket) -> bool:
        connection.sendall(head.encode() + content)
        return True

    return send


def raw(content: bytes) -> Behaviour:
    """Sends these bytes and closes."""

    def send(connection: socket.socket) -> bool:
        connection.sendall(content)
        return False

    return send


def drop(connection: socket.socket) -> bool:
    """Closes without an answer, after the request was read."""
    return False


def reset(connection: socket.socket) -> bool:
    """As `drop`, with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def silence(seconds: float) -> Behaviour:
    def wait(connection: socket.socket) -> bool:
        threading.Event().wait(seconds)
        return False

    return wait


class WireServer:
    """Reads requests and answers them with `behaviours`, in order; the last one repeats."""

    def __init__(self, behaviours: Sequence[Behaviour]) -> None:
        self.behaviours = list(behaviours)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def environment(self) -> sk.Environment:
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        return sk.Environment(base_url=url, auth_domain=url, client_id="test")

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
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
            self._connections.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            stream = connection.makefile("rb")
            while True:
                line = stream.readline().decode()
                if not line:
                    return
                headers: dict[str, str] = {}
                while (header := stream.readline().decode().strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = stream.read(int(headers.get("content-length", 0)))
                with self._lock:
                    self.requests.append((line.split()[1], headers, body))
                    left = self.behaviours
                    behaviour = left.pop(0) if len(left) > 1 else left[0]
                if not behaviour(connection):
                    return
