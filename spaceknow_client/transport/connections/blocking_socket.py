"""A connection for threads, with or without TLS. `asyncio_socket` is the form for asyncio."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

import httpcore

from .attempt import Attempt

AT_ONCE = 64 * 1024  # bytes per read, at most

_BACKEND = httpcore.SyncBackend()


class Socket:
    """A connection whose operations end with the attempt's time."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    @classmethod
    def connect(cls, host: str, port: int, tls: ssl.SSLContext | None, attempt: Attempt) -> Socket:
        """Connects to a host. Raises OSError or the error of httpcore in its place."""
        addresses = _addresses(host, port)
        while True:
            # Each address has an equal share of the time; socket.create_connection has no total limit.
            left = attempt.left() / len(addresses)
            try:
                stream = _BACKEND.connect_tcp(addresses.pop(0), port, left)
                break
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise
        connection = cls(stream)
        return connection if tls is None else connection.start_tls(tls, host, attempt)

    def read(self, attempt: Attempt) -> bytes:
        """Received data, at least one byte, or b"" at the end."""
        return self._stream.read(AT_ONCE, attempt.left())

    def write(self, data: bytes, attempt: Attempt) -> None:
        """Sends data. A server can respond and close before it has read everything, so a broken
        connection is reported by `read`."""
        with suppress(httpcore.WriteError):
            self._stream.write(data, attempt.left())

    def start_tls(self, tls: ssl.SSLContext, host: str, attempt: Attempt) -> Socket:
        """Starts TLS with a host. On any exception the connection is closed."""
        try:
            self._stream = self._stream.start_tls(tls, host, attempt.left())
        except BaseException:
            self.close()
            raise
        return self

    def is_usable(self) -> bool:
        """Whether it is open and no unexpected data was received."""
        return not self._stream.get_extra_info("is_readable")

    def close(self) -> None:
        """Closes it immediately."""
        self._stream.close()


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, at least one."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found] or [host]
