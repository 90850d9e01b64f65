"""A proxy on loopback that connects to one server, whatever host is requested."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from typing import Any, Self

import trustme

API = "api.invalid"
FAR = "https://api.invalid"


class Proxy:
    """Creates tunnels, over HTTP (CONNECT) or SOCKS5.

    Attributes:
        asked: the hosts and ports that it was asked for.
        logins: with what it was logged in to.
        connections: how many were made.
    """

    def __init__(
        self,
        port: int,
        *,
        scheme: str = "http",
        authority: trustme.CA | None = None,
        answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n",
    ) -> None:
        self.scheme = scheme
        self.asked: list[str] = []
        self.logins: list[str] = []
        self.connections = 0
        self._port = port
        self._answer = answer
        self._context: ssl.SSLContext | None = None
        if authority is not None:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert("127.0.0.1").configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open: set[Any] = set()
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for end in left:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            connection = stack.enter_context(raw)
            if self._context is not None:
                connection = stack.enter_context(self._context.wrap_socket(raw, server_side=True))
            self._keep(stack, connection)
            made = self._socks(connection) if self.scheme == "socks5" else self._http(connection)
            if made:
                server = stack.enter_context(socket.create_connection(("127.0.0.1", self._port)))
                self._keep(stack, server)
                back = threading.Thread(target=_pump, args=(server, connection), daemon=True)
                back.start()
                _pump(connection, server)
                back.join()

    def _keep(self, stack: contextlib.ExitStack, end: socket.socket) -> None:
        with self._lock:
            self._open.add(end)
        stack.callback(self._open.discard, end)

    def _http(self, connection: socket.socket) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = connection.recv(1)  # not one byte of what follows
            if not piece:
                return False
            head += piece
        lines = head.decode().split("\r\n")
        method, target, _ = lines[0].split()
        assert method == "CONNECT"
        self.asked.append(target)
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() != "authorization"
            if name.lower() == "proxy-authorization":
                self.logins.append(base64.b64decode(value.removeprefix("Basic ")).decode())
        connection.sendall(self._answer)
        return self._answer.startswith(b"HTTP/1.1 2")

    def _socks(self, connection: socket.socket) -> bool:
        methods = _exactly(connection, _exactly(connection, 2)[1])
        connection.sendall(bytes([5, methods[0]]))
        if methods[0] == 2:
            name = _exactly(connection, _exactly(connection, 2)[1])
            word = _exactly(connection, _exactly(connection, 1)[0])
            self.logins.append(f"{name.decode()}:{word.decode()}")
            connection.sendall(b"\x01\x00")
        kind = _exactly(connection, 4)[3]
        assert kind == 3  # a name, which the proxy resolves
        host = _exactly(connection, _exactly(connection, 1)[0]).decode()
        port = int.from_bytes(_exactly(connection, 2), "big")
        self.asked.append(f"{host}:{port}")
        connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        return True


def _exactly(connection: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = connection.recv(count - len(found))
        if not piece:
            raise OSError("the client has gone")
        found += piece
    return found


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Forwards data in both directions, and then closes both."""
    with contextlib.suppress(OSError):
        while piece := source.recv(64 * 1024):
            sink.sendall(piece)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
