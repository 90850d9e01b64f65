# Compiled by `python -m generator` from http1_async.py. Never edit by hand.
# ruff: noqa
"""HTTP/1.1 over one connection. h11 knows the protocol; this module reads and writes.

httpcore's connections are not used: they hide whether bytes came after the response, which must not be
taken for the response to the next request, and they take half as much CPU again.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import h11

from ..body_decoder import BodyDecoder
from ..http_messages import Headers, HTTPRequest, HTTPResponse
from .blocking_socket import Socket
from .attempt import Attempt, ProxyError
from .origin import Target
from .proxies import Proxy

LONGEST_HEAD = 100 * 1024  # bytes; httpcore's limit

# Seconds that a connection is kept. Many servers close one that was idle for 5 seconds (uvicorn,
# Node). A request that meets the closing would be lost, and paid work with it ambiguous.
KEPT_ALIVE = 4.0
# How much sooner than the server one closes that says when it will (`Keep-Alive: timeout=`).
SOONER = 1.0
SAID = re.compile(r"\btimeout\s*=\s*(\d{1,9})")


class HTTP1Connection:
    """A connection, over which requests go one after the other.

    Attributes:
        keep: seconds that it may be kept after the last answer; 0 when it can take no other request.
    """

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._last: tuple[HTTPRequest, Target, h11.Request] | None = None
        self.keep = 0.0

    def exchange(self, outgoing: HTTPRequest, target: Target, attempt: Attempt) -> HTTPResponse:
        """Sends a request, and gives the whole response.

        Raises OSError, h11.ProtocolError, UnusableError, DecodingError; with any of them, the
        connection is to be closed.
        """
        self.keep = 0.0
        protocol = self._protocol
        data = protocol.send(self._head(outgoing, target)) or b""
        if outgoing.content:
            data += protocol.send(h11.Data(data=outgoing.content)) or b""
        data += protocol.send(h11.EndOfMessage()) or b""
        attempt.left()  # if nothing is left, nothing was sent
        attempt.sent = True
        response = self._response(data, attempt)
        headers = Headers(response.headers)
        incoming = BodyDecoder(response.status_code, headers, outgoing.max_bytes)
        while type(event := self._next(attempt)) is h11.Data:
            incoming.take(bytes(event.data))
        answer = incoming.answer()
        is_done = protocol.our_state is h11.DONE and protocol.their_state is h11.DONE
        if is_done and not protocol.trailing_data[0]:
            protocol.start_next_cycle()
            self.keep = _kept_alive(headers.get("keep-alive"))
        return answer

    def tunnel(self, host: str, port: int, proxy: Proxy, attempt: Attempt) -> None:
        """Asks a proxy for a way to a host. Raises ProxyError when it refuses, and as above."""
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        headers = [("host", authority)]
        if proxy.credentials is not None:
            plain = ":".join(proxy.credentials).encode()
            headers.append(("proxy-authorization", f"Basic {base64.b64encode(plain).decode()}"))
        head = h11.Request(method="CONNECT", target=authority, headers=headers)
        data = self._protocol.send(head) or b""
        data += self._protocol.send(h11.EndOfMessage()) or b""
        response = self._response(data, attempt)
        if not 200 <= response.status_code < 300:
            raise ProxyError(f"it answered with status {response.status_code}")
        if self._protocol.trailing_data[0]:
            raise ProxyError("it said more than was asked")

    def _head(self, outgoing: HTTPRequest, target: Target) -> h11.Request:
        """The head of a request. Who asks for states sends the same one again and again, and to
        check its headers takes a tenth of the time of a call."""
        if self._last is not None:
            before, where, head = self._last
            if target == where and outgoing.has_the_head_of(before):
                return head
        head = h11.Request(
            method=outgoing.method, target=target.path, headers=_headers(outgoing, target)
        )
        self._last = outgoing, target, head
        return head

    def is_usable(self) -> bool:
        """Whether a request can be sent over it; False once the server has closed it."""
        return self._socket.is_usable()

    def close(self) -> None:
        """Closes it, without waiting for anything."""
        self._socket.close()

    def _response(self, data: bytes, attempt: Attempt) -> h11.Response:
        """Sends what is given; the head of the response to it, after those that are only interim."""
        self._socket.write(data, attempt)
        while type(event := self._next(attempt)) is not h11.Response:
            if type(event) is not h11.InformationalResponse:
                raise h11.RemoteProtocolError("the connection ended before the response")
        return event

    def _next(self, attempt: Attempt) -> Any:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(self._socket.read(attempt))
        return event


def _headers(outgoing: HTTPRequest, target: Target) -> list[tuple[bytes, bytes]]:
    headers = [(b"host", target.host)]
    headers += [(name.encode(), value.encode("ascii")) for name, value in outgoing.headers.items()]
    if outgoing.content is not None or outgoing.method == "POST":
        headers.append((b"content-length", str(len(outgoing.content or b"")).encode()))
    return headers


def _kept_alive(said: str | None) -> float:
    found = SAID.search(said or "")
    return KEPT_ALIVE if found is None else max(0.0, int(found[1]) - SOONER)
