"""A connection for asyncio, with or without TLS. `blocking_socket` is the form for threads.

Closing is not a coroutine, so a cancellation cannot interrupt it. (The streams of asyncio and anyio
wait while they close.)
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

from .attempt import Attempt
from .happy_eyeballs import connected_socket
from .readable import is_readable


class AsyncSocket(asyncio.BufferedProtocol):
    """A protocol that buffers received data until it is read."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._socket: socket.socket | None = None
        self._received = bytearray()
        self._buffer = memoryview(bytearray(64 * 1024))
        self._has_ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    @classmethod
    async def connect(
        cls, host: str, port: int, tls: ssl.SSLContext | None, attempt: Attempt
    ) -> AsyncSocket:
        """Connects to a host. Raises OSError, of which ssl.SSLError is one."""
        connected = await connected_socket(host, port)
        # From here on asyncio closes the socket. TLS is a separate step: if asyncio is canceled
        # while it does both, it leaves the socket open.
        _, made = await asyncio.get_running_loop().create_connection(cls, sock=connected)
        made._socket = connected
        return made if tls is None else await made.start_tls(tls, host, attempt)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the connection is open."""
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Called by asyncio for a place to receive data in."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Called by asyncio when it has received data."""
        self._received += self._buffer[:nbytes]
        self._wake()

    def eof_received(self) -> None:
        """Called by asyncio at the end of the data. Returning None closes the connection."""
        self._has_ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio when the connection is closed, with the error if there was one."""
        self._has_ended = True
        self._error = exc
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _expire(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(TimeoutError())

    async def read(self, attempt: Attempt) -> bytes:
        """Received data, at least one byte, or b"" at the end. Raises OSError, TimeoutError too."""
        left = attempt.left()
        if not self._received and not self._has_ended:
            self._waiter = self._loop.create_future()
            timer = self._loop.call_later(left, self._expire)
            try:
                await self._waiter
            finally:
                self._waiter = None
                timer.cancel()
        if not self._received and self._error is not None:
            raise self._error
        data = bytes(self._received)
        self._received.clear()
        return data

    async def write(self, data: bytes, attempt: Attempt) -> None:
        """Sends data. It does not wait, so a response that comes early can be read; a broken
        connection is reported by `read`."""
        self._transport.write(data)

    async def start_tls(self, tls: ssl.SSLContext, host: str, attempt: Attempt) -> AsyncSocket:
        """Starts TLS with a host. Raises OSError. On any exception the connection is closed."""
        try:
            self._transport = await self._loop.start_tls(
                self._transport,
                self,
                tls,
                server_hostname=host,
                ssl_handshake_timeout=attempt.left(),
            )
        except BaseException:
            self.close()
            raise
        return self

    def is_usable(self) -> bool:
        """Whether it is open, all data was sent, and no unexpected data was received."""
        if self._has_ended or self._received or self._transport.is_closing():
            return False
        if self._transport.get_write_buffer_size():
            return False
        handle = self._transport.get_extra_info("socket")
        return handle is None or not is_readable(handle.fileno())

    def close(self) -> None:
        """Closes it immediately, from any event loop or thread."""
        try:
            if self._loop is asyncio.get_running_loop():
                # transport.close() would wait for the TLS shutdown of the server.
                self._transport.abort()
            else:
                self._loop.call_soon_threadsafe(self._transport.abort)
        except RuntimeError:  # no loop is running, or its own loop is closed
            if self._socket is not None:
                self._socket.close()
