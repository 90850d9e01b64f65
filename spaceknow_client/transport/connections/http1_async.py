"""HTTP/1.1 over one connection. h11 knows the protocol; this module reads and writes.

httpcore's connections are not used: they hide whether bytes came after the response, which must not be
taken for the response to the next request, and they take half as much CPU again.
"""

from __future__ import annotations

from typing import Any

import h11

from ...runtime.secret import SecretBytes
from ..body_decoder import BodyDecoder
from ..http_messages import Headers, HTTPRequest, HTTPResponse
from .asyncio_socket import AsyncSocket
from .attempt import Attempt, ProxyError
from .heads import LONGEST_HEAD, connect_request, head_of, headers_of, kept_alive
from .origin import Target
from .proxies import Proxy


class AsyncHTTP1Connection:
    """A connection that sends one request after the other.

    Attributes:
        keep: seconds that it can be kept after the last response; 0 if it cannot be reused.
    """

    def __init__(self, socket: AsyncSocket) -> None:
        self._socket = socket
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._last: tuple[HTTPRequest, Target, h11.Request] | None = None
        self.keep = 0.0

    async def exchange(
        self, outgoing: HTTPRequest, target: Target, attempt: Attempt
    ) -> HTTPResponse:
        """Sends a request and returns the complete response.

        Raises OSError, h11.ProtocolError, UnusableError, DecodingError; the caller then closes the
        connection.
        """
        self.keep = 0.0
        protocol = self._protocol
        data = self._message(outgoing, target)
        attempt.left()  # raises while nothing was sent
        attempt.sent = True
        response = await self._response(data, attempt)
        status, headers = response.status_code, Headers(response.headers)
        attempt.head = HTTPResponse(status=status, headers=headers, content=b"")
        incoming = BodyDecoder(status, headers, outgoing.max_bytes)
        while type(event := await self._next(attempt)) is h11.Data:
            incoming.take(event.data)
        answer = incoming.answer()
        is_done = protocol.our_state is h11.DONE and protocol.their_state is h11.DONE
        if is_done and not protocol.trailing_data[0]:
            protocol.start_next_cycle()
            self.keep = kept_alive(headers.get("keep-alive"))
        return answer

    async def tunnel(self, host: str, port: int, proxy: Proxy, attempt: Attempt) -> None:
        """Asks a proxy for a tunnel to a host. Raises ProxyError if it refuses, and as `exchange`."""
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        data = self._protocol.send(connect_request(authority, proxy)) or b""
        data = SecretBytes(data + (self._protocol.send(h11.EndOfMessage()) or b""))
        response = await self._response(data, attempt)
        if not 200 <= response.status_code < 300:
            raise ProxyError(f"it responded with status {response.status_code}")
        if self._protocol.trailing_data[0]:
            raise ProxyError("it sent unexpected data")

    def _message(self, outgoing: HTTPRequest, target: Target) -> bytes:
        """A request as it is sent. It holds the token, or the password of a login."""
        data = self._protocol.send(self._head(outgoing, target)) or b""
        if outgoing.content:
            data += self._protocol.send(h11.Data(data=outgoing.content)) or b""
        return SecretBytes(data + (self._protocol.send(h11.EndOfMessage()) or b""))

    def _head(self, outgoing: HTTPRequest, target: Target) -> h11.Request:
        """The head of a request. Polling sends the same one repeatedly, and validating its headers
        takes a tenth of a call's CPU."""
        if self._last is not None:
            before, where, head = self._last
            if target == where and outgoing.has_the_head_of(before):
                return head
        head = h11.Request(
            method=outgoing.method, target=target.path, headers=headers_of(outgoing, target)
        )
        self._last = outgoing, target, head
        return head

    def is_usable(self) -> bool:
        """Whether it can send a request; False if the server closed it."""
        return self._socket.is_usable()

    def close(self) -> None:
        """Closes it immediately."""
        self._socket.close()

    async def _response(self, data: bytes, attempt: Attempt) -> h11.Response:
        """Sends data and returns the head of the response, skipping interim (1xx) responses."""
        await self._socket.write(data, attempt)
        received = b""
        event: Any
        try:
            while True:
                # Nothing is received yet: asking h11 first would cost a call.
                more = await self._socket.read(attempt)
                received = (received + more)[-2 * LONGEST_HEAD :]
                self._protocol.receive_data(more)
                while type(event := self._protocol.next_event()) is h11.InformationalResponse:
                    pass
                if isinstance(event, h11.Response):
                    return event
                if event is not h11.NEED_DATA:
                    raise h11.RemoteProtocolError("the connection ended before the response")
        except h11.RemoteProtocolError:
            if attempt.sent:  # else it is a proxy that responds
                attempt.head = head_of(received)
            raise

    async def _next(self, attempt: Attempt) -> Any:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(await self._socket.read(attempt))
        return event
