"""A connection of a thread, with or without TLS. `asyncio_socket` is the form for asyncio."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

import httpcore

from .attempt import Attempt

AT_ONCE = 64 * 1024  # bytes that are read at most

_BACKEND = httpcore.SyncBackend()


class Socket:
    """Each operation takes no longer than what is left of the attempt."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    @classmethod
    def connect(cls, host: str, port: int, tls: ssl.SSLContext | None, attempt: Attempt) -> Socket:
        """Connects to a host. Raises OSError and what httpcore raises for one."""
        addresses = _addresses(host, port)
        while True:
            # Each has its share of the time: socket.create_connection would give all of it to each.
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
        """What has come, at least one byte; nothing at the end."""
        return self._stream.read(AT_ONCE, attempt.left())

    def write(self, data: bytes, attempt: Attempt) -> None:
        """Sends all of it. A server may answer, and close, before it has read all, so that a
        connection which broke meanwhile shows when it is read."""
        with suppress(httpcore.WriteError):
            self._stream.write(data, attempt.left())

    def start_tls(self, tls: ssl.SSLContext, host: str, attempt: Attempt) -> Socket:
        """Speaks TLS with a host from now on. Is closed by whatever is raised."""
        try:
            self._stream = self._stream.start_tls(tls, host, attempt.left())
        except BaseException:
            self.close()
            raise
        return self

    def is_usable(self) -> bool:
        """Whether nothing has come that was not asked for, the end included."""
        return not self._stream.get_extra_info("is_readable")

    def close(self) -> None:
        """Closes it at once."""
        self._stream.close()


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, at least one."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found] or [host]
