"""Attempts with aiohttp, for the asynchronous client: a tenth of httpx's CPU under load.

The only module that imports aiohttp. One time limit covers the attempt, and the connector reports
whether a request was sent. The session of a user does not report it: there the name of the error
decides.
"""

from __future__ import annotations

import asyncio
import io
import weakref
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from multidict import CIMultiDict
from yarl import URL

from ...auth.environment import Environment
from ...errors.base import ConfigError
from ...runtime.concurrency import async_time_limit
from ..body_decoder import BodyDecoder
from ..connections.heads import KEPT_ALIVE, LONGEST_HEAD, head_of
from ..connections.proxies import Proxy, proxy_for
from ..connections.readable import is_readable
from ..connections.tls import tls_context
from ..failures import failure
from ..http_messages import AttemptError, HTTPRequest, HTTPResponse, UnusableError, closed
from ..options import Limits
from .network_async import AsyncNetwork

OLDEST = (3, 12)

# aiohttp warns about larger bodies passed as bytes.
LARGE_BODY = 2**20

END_OF_HEAD = b"\r\n\r\n"

NO_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


class _Sending:
    """State of an attempt: whether it requested a connection, and which one it got."""

    __slots__ = ("asked", "protocol", "transport")

    def __init__(self) -> None:
        self.asked = False
        self.protocol: Any = None
        self.transport: asyncio.BaseTransport | None = None

    @property
    def is_sent(self) -> bool | None:
        """Whether it was sent; None for connections of a mock or of a user's session."""
        return self.transport is not None if self.asked else None


_sending: ContextVar[_Sending] = ContextVar("sending")


class _Protocol(ResponseHandler):
    """Parses response heads itself. aiohttp loses a head that is followed by invalid HTTP."""

    head = b""  # of the last response
    _begun: bytes | None = None  # a head whose end was not received

    def data_received(self, data: bytes) -> None:
        """Called by asyncio when it has received data."""
        while data:
            begun, self._begun = self._begun, None
            if begun is None and data.startswith(b"HTTP/"):
                begun = b""
            rest = b""
            if begun is not None:
                whole = begun + data
                end = whole.find(END_OF_HEAD) + len(END_OF_HEAD)
                if end >= len(END_OF_HEAD):
                    self.head, data, rest = whole[:end], whole[len(begun) : end], whole[end:]
                elif len(whole) < LONGEST_HEAD:  # otherwise it is a body
                    self._begun = whole
            super().data_received(data)
            data = rest

    def set_exception(self, *arguments: Any, **named: Any) -> None:
        """Called by aiohttp when data is not HTTP. Also wakes the reader of a body immediately."""
        super().set_exception(*arguments, **named)
        if self._payload is not None and not self._payload.is_eof():
            self._payload.set_exception(arguments[0])


class _Connector(aiohttp.TCPConnector):
    """Connections that record their users. Nothing is written before that."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        made_by: Any = _Protocol
        self._factory = partial(made_by, loop=self._loop)
        self._used: weakref.WeakSet[Any] = weakref.WeakSet()

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        """One connection for an attempt."""
        sending = _sending.get()
        if sending.transport is not None:
            # aiohttp retries some requests when a reused connection breaks. Only the retry policy
            # should decide that.
            raise aiohttp.ServerDisconnectedError
        sending.asked = True
        while True:
            connection = await super().connect(req, traces, timeout)
            transport = connection.transport
            if transport is None or connection.protocol not in self._used:
                break
            handle = transport.get_extra_info("socket")
            if handle is None or not is_readable(handle.fileno()):
                break
            # The server closed it, and the busy event loop has not been notified.
            transport.abort()
            connection.close()
        self._used.add(connection.protocol)
        protocol: Any = connection.protocol
        protocol.head = b""
        sending.protocol, sending.transport = protocol, transport
        return connection


class AiohttpNetwork(AsyncNetwork):
    """A session of our own, or the user's `session`, which stays open and keeps its proxies and cookies.

    Raises ConfigError if aiohttp is too old, or for an unsupported proxy.
    """

    def __init__(
        self,
        environment: Environment,
        limits: Limits,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        super().__init__(limits)
        if tuple(int(part) for part in aiohttp.__version__.split(".")[:2]) < OLDEST:
            raise ConfigError(
                f"aiohttp {aiohttp.__version__} is too old.",
                hint="pip install 'spaceknow-client[aiohttp]'",
            )
        if session is not None and session.auth is not None:
            raise ConfigError("the session has an `auth`, which would replace the client's token.")
        self._limits = limits
        self._owned = session is None
        self._session = session
        self._proxies: dict[str, URL | None] = {}
        for url in environment.addresses:
            if self._owned and _url(url).scheme == "https":
                tls_context()  # raises ConfigError now, not at the first call
                self._proxy(_url(url))

    def _options(self, url: URL) -> dict[str, Any]:
        """Proxy and TLS context for a URL; a user's session has its own. Raises ConfigError."""
        if not self._owned or url.scheme != "https":
            return {}
        return {"ssl": tls_context(), "proxy": self._proxy(url)}

    def _proxy(self, url: URL) -> URL | None:
        """The proxy for an https URL. Raises ConfigError."""
        host = url.host or ""
        if host not in self._proxies:
            proxy = proxy_for(host)
            if proxy is not None and proxy.is_socks:
                raise ConfigError(
                    "the environment sets a SOCKS proxy, which aiohttp does not support.",
                    hint="Omit http_client: the default supports SOCKS proxies.",
                )
            self._proxies[host] = None if proxy is None else _address_of(proxy)
        return self._proxies[host]

    def _peer(self, error: Exception, url: URL) -> str:
        """The host or proxy of the connection, for messages."""
        proxy = self._proxies.get(url.host or "")
        of_the_proxy = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)
        if proxy is not None and isinstance(error, of_the_proxy):
            return f"the proxy {proxy.host}"
        return url.host or ""

    def _move(self) -> None:
        if self._owned and self._session is not None:
            self._session.detach()  # its connections ended with their loop
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """The session, which can only be created inside an event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=self._limits.concurrency, keepalive_timeout=KEPT_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=NO_TIMEOUT,
                max_line_size=LONGEST_HEAD,
                max_field_size=LONGEST_HEAD,
            )
        elif self._session.closed:
            raise closed()
        return self._session

    async def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        session = self._open()
        content = outgoing.content
        large = content is not None and len(content) > LARGE_BODY
        sending = _Sending()
        token = _sending.set(sending)
        response: aiohttp.ClientResponse | None = None
        head: HTTPResponse | None = None
        whole = False
        try:
            async with async_time_limit(outgoing.timeout):
                address = _url(outgoing.url)
                response = await session.request(
                    outgoing.method,
                    address,
                    headers=outgoing.headers,
                    data=io.BytesIO(content) if content is not None and large else content,
                    allow_redirects=False,
                    raise_for_status=False,
                    auto_decompress=False,
                    **self._options(address),
                )
                received = CIMultiDict(response.headers)
                encodings = received.getall("content-encoding", ())
                if len(encodings) > 1:
                    received["content-encoding"] = ", ".join(encodings)
                status = response.status
                if status >= 200:
                    head = HTTPResponse(status=status, headers=received, content=b"")
                codings = received.getall("transfer-encoding", ("chunked",))
                if head is None or [coding.lower() for coding in codings] != ["chunked"]:
                    raise aiohttp.ClientPayloadError  # aiohttp would ignore either
                incoming = BodyDecoder(status, received, outgoing.max_bytes)
                body = response.content
                while not body.at_eof():
                    incoming.take(await body.readany())
                answer = incoming.answer()
                whole = True
                return answer
        except ConfigError:
            raise
        except Exception as error:  # must not propagate, because it can refer to secrets
            if head is None and sending.protocol is not None:
                head = head_of(sending.protocol.head)
            if head is not None and head.is_told_by_status:
                return head
            if isinstance(error, UnusableError):
                raise
            refused = None if self._owned else _refused(error)
            return refused or failure(
                error,
                sent=sending.is_sent,
                peer=self._peer(error, _url(outgoing.url)),
            )
        finally:
            _sending.reset(token)
            if not whole:  # otherwise the connection returned to the pool at the end of the body
                if response is not None:
                    response.close()
                if isinstance(sending.transport, asyncio.Transport):
                    sending.transport.abort()  # closing TLS would wait for a server that may be gone

    async def aclose(self) -> None:
        """Closes the connections, unless the session is the user's."""
        self._closed = True
        if self._owned and self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # aborted connections close in the next iteration of the loop


def _address_of(proxy: Proxy) -> URL:
    username, password = proxy.credentials or (None, None)
    return URL(proxy.url).with_user(username).with_password(password)


@lru_cache(maxsize=256)
def _url(url: str) -> URL:
    return URL(url, encoded=url.isascii())


def _refused(error: Exception) -> HTTPResponse | None:
    """The response for which a hook of the session raised (`raise_for_status`), if that is the error."""
    # For invalid HTTP, aiohttp raises subclasses of it, or it with a cause.
    if type(error) is not aiohttp.ClientResponseError or error.__cause__ is not None:
        return None
    headers = CIMultiDict(error.headers or {})
    return HTTPResponse(status=error.status, headers=headers, content=b"")
