"""Attempts with aiohttp, for the asynchronous client: a tenth of httpx's CPU under load.

The one module that imports aiohttp. Time is kept by one limit around the attempt, and whether a
request was sent is known from the connector. A session that the user brings does not tell: there
the name of the error has to do.
"""

from __future__ import annotations

import asyncio
import io
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from ..auth.environment import Environment, is_loopback
from ..errors.base import ConfigError
from ..runtime.concurrency import async_time_limit
from .body_decoder import BodyDecoder
from .http_messages import AttemptError, HTTPRequest, HTTPResponse, UnusableError, closed
from .httpx_client import failure, tls
from .network_async import AsyncNetwork
from .options import Limits

OLDEST = (3, 12)

# Seconds. Many servers close a connection that was idle for 5 seconds (uvicorn, Node). A request
# that meets the closing would be lost, and paid work with it ambiguous.
KEPT_ALIVE = 4.0

# aiohttp warns of larger bodies that are bytes (it wants them as files).
LARGE_BODY = 2**20

NO_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


class _Sending:
    """What is known of an attempt: the connection that it was given to be sent on, if any."""

    __slots__ = ("transport",)

    def __init__(self) -> None:
        self.transport: asyncio.BaseTransport | None = None


_sending: ContextVar[_Sending] = ContextVar("sending")


class _Connector(aiohttp.TCPConnector):
    """Connections that note to whom they are given. Nothing is written before that."""

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        """One connection for an attempt."""
        sending = _sending.get()
        if sending.transport is not None:
            # aiohttp repeats some requests when a connection that was kept breaks. What is
            # repeated, and how often, is for the retry policy to say.
            raise aiohttp.ServerDisconnectedError
        connection = await super().connect(req, traces, timeout)
        sending.transport = connection.transport
        return connection


class AiohttpNetwork(AsyncNetwork):
    """A session of our own, or `session`, which stays open and keeps its own proxies and cookies.

    Raises ConfigError for an aiohttp that is too old and a proxy that it does not speak to.
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
        self._proxies: dict[str | None, URL | None] = {}
        if self._owned:
            for host in (environment.host, environment.auth_host):
                self._proxies[host] = _proxy(host)

    def _move(self) -> None:
        if self._owned and self._session is not None:
            self._session.detach()  # its connections ended with their loop
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """The session, which can be made inside an event loop only."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(
                    limit=self._limits.concurrency, keepalive_timeout=KEPT_ALIVE, ssl=tls()
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=NO_TIMEOUT,
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
                    proxy=self._proxies.get(address.host),
                )
                received = CIMultiDict(response.headers)
                encodings = received.getall("content-encoding", ())
                if len(encodings) > 1:
                    received["content-encoding"] = ", ".join(encodings)
                incoming = BodyDecoder(response.status, received, outgoing.max_bytes)
                body = response.content
                while not body.at_eof():
                    incoming.take(await body.readany())
                answer = incoming.answer()
                whole = True
                return answer
        except UnusableError:
            raise
        except Exception as error:  # whatever it is, it must not escape with what it refers to
            return failure(error, sending.transport is not None if self._owned else None)
        finally:
            _sending.reset(token)
            if not whole:  # else the connection went back to the pool with the body's end
                if response is not None:
                    response.close()
                if isinstance(sending.transport, asyncio.Transport):
                    sending.transport.abort()  # closing TLS would wait for a server that may be gone

    async def aclose(self) -> None:
        """Closes the connections, unless the user brought the session."""
        self._closed = True
        if self._owned and self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # connections that were aborted end with the loop's next turn


@lru_cache(maxsize=256)
def _url(url: str) -> URL:
    return URL(url, encoded=url.isascii())


def _proxy(host: str) -> URL | None:
    """The proxy that the environment names (HTTPS_PROXY, ALL_PROXY, NO_PROXY); none to this machine."""
    if is_loopback(host) or proxy_bypass(host):
        return None
    named = getproxies()
    proxy = named.get("https") or named.get("all")
    if not proxy:
        return None
    url = URL(proxy if "://" in proxy else f"http://{proxy}")
    if url.scheme not in ("http", "https"):
        raise ConfigError(
            f"aiohttp speaks to http proxies, and the environment names one for {url.scheme}.",
            hint="Leave http_client out: httpx speaks to SOCKS proxies (pip install 'httpx[socks]').",
        )
    return url
