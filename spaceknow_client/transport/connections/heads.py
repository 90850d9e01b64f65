"""Heads of HTTP/1.1 messages, and their keep-alive settings."""

from __future__ import annotations

import base64
import re

import h11

from ..http_messages import Headers, HTTPRequest, HTTPResponse
from .origin import Target
from .proxies import Proxy

LONGEST_HEAD = 100 * 1024  # bytes; httpcore's limit

# Seconds that an idle connection is kept. Many servers close it after 5 seconds (uvicorn, Node). A
# request sent at that moment would be lost, and the outcome of paid work unknown.
KEPT_ALIVE = 4.0
# Seconds by which the client closes before the time that a server announces (`Keep-Alive: timeout=`).
SOONER = 1.0
SAID = re.compile(r"\btimeout\s*=\s*(\d{1,9})")
INTERIM = re.compile(rb"(?:HTTP/1\.\d 1\d\d\b.*?\r\n\r\n)*", re.DOTALL)
STATUS = re.compile(rb"HTTP/1\.\d ([2-9]\d\d)\b")


def headers_of(outgoing: HTTPRequest, target: Target) -> list[tuple[bytes, bytes]]:
    """The headers of a request."""
    headers = [(b"host", target.host)]
    headers += [(name.encode(), value.encode("ascii")) for name, value in outgoing.headers.items()]
    if outgoing.content is not None or outgoing.method == "POST":
        headers.append((b"content-length", str(len(outgoing.content or b"")).encode()))
    return headers


def connect_request(authority: str, proxy: Proxy) -> h11.Request:
    """The request for a tunnel through a proxy."""
    headers = [("host", authority)]
    if proxy.credentials is not None:
        plain = ":".join(proxy.credentials).encode()
        headers.append(("proxy-authorization", f"Basic {base64.b64encode(plain).decode()}"))
    return h11.Request(method="CONNECT", target=authority, headers=headers)


def head_of(received: bytes) -> HTTPResponse | None:
    """The head of a response with an unreadable body, for example by its length. Its status counts."""
    head, end, _ = INTERIM.sub(b"", received, count=1).partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    status = STATUS.match(line)
    if status is None or not end:
        return None
    pairs = [line.partition(b":") for line in lines]
    headers = Headers((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return HTTPResponse(status=int(status[1]), headers=headers, content=b"")


def kept_alive(said: str | None) -> float:
    """Seconds to keep a connection, as announced by the header `Keep-Alive`."""
    found = SAID.search(said or "")
    return KEPT_ALIVE if found is None else max(0.0, int(found[1]) - SOONER)
