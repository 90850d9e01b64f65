"""httpx: clients of our own, the requests that they send, and what its exceptions mean."""

from __future__ import annotations

import ssl
from functools import cache, lru_cache
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit

import httpx

from ..auth.environment import Environment, is_loopback
from .http_messages import AttemptError, HTTPRequest
from .network_backend import AsyncBackend, Backend
from .options import Limits
from .retry import Delivery

if TYPE_CHECKING:
    import aiohttp

# What `http_client=` may be.
AsyncHTTPClient: TypeAlias = "httpx.AsyncClient | aiohttp.ClientSession | Literal['aiohttp']"
HTTPClient: TypeAlias = httpx.Client


# Errors before the first byte of the request was sent. Errors are known by name, so that a client
# of httpx's successor (httpx2, which the user may bring) and aiohttp are understood too.
UNSENT = {
    "ClientConnectorError",
    "ClientHttpProxyError",
    "ConnectError",
    "ConnectTimeout",
    "ConnectionTimeoutError",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
    "InvalidURL",
}  # not LocalProtocolError: httpcore raises it for what an HTTP/2 server sends, too
WORDS = {
    "ClientConnectorCertificateError": "the server's certificate is not trusted",
    "ClientConnectorError": "no connection could be made",
    "ClientHttpProxyError": "the proxy refused",
    "ClientOSError": "the connection broke",
    "ClientPayloadError": "the answer broke off, or is not as long as it says",
    "ClientProxyConnectionError": "no connection to the proxy could be made",
    "ClientResponseError": "the server does not speak HTTP",
    "ConnectionTimeoutError": "no connection was made in time",
    "ServerDisconnectedError": "the server broke off",
    "ConnectError": "no connection could be made",
    "ConnectTimeout": "no connection was made in time",
    "PoolTimeout": "no connection of the pool became free in time",
    "ReadTimeout": "the server did not answer in time",
    "WriteTimeout": "the request could not be sent in time",
    "ReadError": "the connection broke while reading the answer",
    "WriteError": "the connection broke while sending the request",
    "RemoteProtocolError": "the server broke off, or does not speak HTTP",
    "LocalProtocolError": "the request cannot be written as HTTP",
    "DecodingError": "the answer's encoding is broken",
    "UnsupportedProtocol": "the address has no protocol that can be used",
    "InvalidURL": "the address is no URL",
    "ProxyError": "the proxy refused",
}


@cache
def tls() -> ssl.SSLContext:
    """One context for all clients: loading the certificates takes most of a client's start-up."""
    return httpx.create_ssl_context()


def async_http_client(environment: Environment, limits: Limits) -> httpx.AsyncClient:
    """A client of our own, whose connections keep the time and which keeps no cookies."""
    client = httpx.AsyncClient(**_options(environment, limits))
    _watch(client, AsyncBackend)
    return client


def http_client(environment: Environment, limits: Limits) -> httpx.Client:
    """As `async_http_client`, for threads."""
    client = httpx.Client(**_options(environment, limits))
    _watch(client, Backend)
    return client


def own_request(outgoing: HTTPRequest) -> httpx.Request:
    """A request for a client of our own. `build_request` would merge what such a client has not,
    for a tenth of the time of a call."""
    limits = dict.fromkeys(("connect", "read", "write", "pool"), outgoing.timeout)
    return httpx.Request(
        outgoing.method,
        _url(outgoing.url),
        headers=outgoing.headers,
        content=outgoing.content,
        extensions={"timeout": limits},
    )


@lru_cache(maxsize=256)
def _url(url: str) -> httpx.URL:
    return httpx.URL(url)


class _NoCookies(CookieJar):
    """The API has no sessions, so nothing that a server or a proxy sets is kept or sent."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Keeps none."""


def _options(environment: Environment, limits: Limits) -> dict[str, Any]:
    urls = (environment.base_url, environment.auth_url)
    return {
        "verify": tls(),
        "cookies": _NoCookies(),
        # httpx closes idle connections above the keep-alive limit and opens new ones for the next
        # request, so the two limits are equal.
        "limits": httpx.Limits(
            max_connections=limits.concurrency, max_keepalive_connections=limits.concurrency
        ),
        # What is meant for this machine does not go to the proxy that HTTP_PROXY names, least of
        # all a password over plain http.
        "trust_env": not all(is_loopback(urlsplit(url).hostname) for url in urls),
    }


def _watch(client: httpx.Client | httpx.AsyncClient, backend: type[Any]) -> None:
    """Puts our backend below a client, for direct and for proxied connections.

    httpx has no public way to set it for the transports that it makes for proxies.
    """
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = backend(pool._network_backend)


def failure(error: BaseException, sent: bool | None) -> AttemptError:
    """What an exception of the HTTP library means; `sent` is None where nobody watched the wire."""
    names = [kind.__name__ for kind in type(error).__mro__]
    if (
        sent is None or "ProxyError" in names
    ):  # a proxy that makes no tunnel got none of the request
        sent = UNSENT.isdisjoint(names)
    timed_out = "TimeoutException" in names or "TimeoutError" in names
    fallback = "the attempt took too long" if timed_out else f"it failed ({names[0]})"
    # The name alone: the error's own text, and what it refers to, may hold headers and bodies.
    message = next((WORDS[name] for name in names if name in WORDS), fallback)
    return AttemptError(
        message, delivery=Delivery.LOST if sent else Delivery.UNSENT, timed_out=timed_out
    )
