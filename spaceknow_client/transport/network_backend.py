"""Below httpx: every socket operation is bounded by what is left of the attempt.

httpx's own timeouts are for each read, so an answer that drips in could take for ever. The first
write is noted too, which tells a request that was never sent from one whose answer was lost.
"""
# ruff: noqa: D102  # the methods are those of httpcore's interfaces

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore


@dataclass
class Attempt:
    """The attempt that the current thread or task makes. `ends` is a moment of time.monotonic()."""

    ends: float
    watched: bool
    sent: bool = False

    def left(self, timeout: float | None) -> float:
        """The seconds that an operation may take. Raises the timeout of httpcore when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout if self.sent else httpcore.ConnectTimeout
        return left if timeout is None else min(left, timeout)


current_attempt: ContextVar[Attempt] = ContextVar("attempt")


def watch_rest(stream: Any, body: Any) -> None:
    """Lets a connection be reused only when nothing but the answer came over it.

    httpcore looks at the socket before it uses a connection again, but not at what was read from it
    already: the next call would take that for its own answer. `stream` and `body` are of a response.
    """
    if isinstance(stream, (Stream, AsyncStream)) and stream.parser is None:
        for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
            body = getattr(body, name, None)
        stream.parser = body


class Backend(httpcore.NetworkBackend):
    """Opens connections that keep to the current attempt."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        attempt, addresses = current_attempt.get(), _addresses(host, port)
        while True:
            # Each has its share of the time: socket.create_connection would give all of it to each.
            left = attempt.left(timeout) / len(addresses)
            try:
                return Stream(
                    self._inner.connect_tcp(
                        addresses.pop(0), port, left, local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, at least one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return [str(place[0]) for *_, place in found] or [host]


class Stream(httpcore.NetworkStream):
    """A connection whose reads and writes keep to the current attempt."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self.parser: Any = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, current_attempt.get().left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = current_attempt.get()
        left = attempt.left(timeout)
        attempt.sent = True
        self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = current_attempt.get().left(timeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self.parser is not None and self.parser.trailing_data[0]:
            return True
        return self._inner.get_extra_info(info)


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens connections that note the first write; asyncio.timeout keeps the time there."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return AsyncStream(
            await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        )

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class AsyncStream(httpcore.AsyncNetworkStream):
    """A connection that notes the first write."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self.parser: Any = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        current_attempt.get().sent = True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self.parser is not None and self.parser.trailing_data[0]:
            return True
        return self._inner.get_extra_info(info)
