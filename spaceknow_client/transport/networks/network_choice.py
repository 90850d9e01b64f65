"""Chooses the network by the value of `http_client=`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...auth.environment import Environment
from ...errors.base import ConfigError
from ...runtime.extras import require
from ..options import Limits

if TYPE_CHECKING:
    import aiohttp
    import httpx

    from .network import Network
    from .network_async import AsyncNetwork

# Types of `http_client=`.
AsyncHTTPClient: TypeAlias = "httpx.AsyncClient | aiohttp.ClientSession | Literal['aiohttp']"
HTTPClient: TypeAlias = "httpx.Client"


def async_network(
    environment: Environment, limits: Limits, http_client: AsyncHTTPClient | None
) -> AsyncNetwork:
    """Our own connections, unless a client is passed or aiohttp is named. Raises ConfigError for any
    other value, and for an unusable setting of the environment."""
    given: Any = http_client
    if given is None:
        from .http1_network_async import AsyncHTTP1Network

        return AsyncHTTP1Network(environment, limits)
    if given == "aiohttp":
        return _aiohttp_network(environment, limits)
    if _is_session(given):
        return _aiohttp_network(environment, limits, given)
    if not _is_httpx(given, "aclose"):
        raise ConfigError(
            "http_client must be an httpx.AsyncClient, an aiohttp.ClientSession or the string "
            f'"aiohttp", not {_named(given)}.',
            hint="Pass an httpx.Client to SpaceKnow." if _is_httpx(given, "close") else None,
        )
    from .httpx_network_async import AsyncHttpxNetwork

    return AsyncHttpxNetwork(limits, given)


def network(environment: Environment, limits: Limits, http_client: HTTPClient | None) -> Network:
    """Like `async_network`; aiohttp has no synchronous form."""
    given: Any = http_client
    if given is None:
        from .http1_network import HTTP1Network

        return HTTP1Network(environment, limits)
    if given == "aiohttp" or _is_session(given):
        raise ConfigError(
            "aiohttp has no synchronous form.",
            hint="Use AsyncSpaceKnow, or omit http_client.",
        )
    if not _is_httpx(given, "close"):
        raise ConfigError(
            f"http_client must be an httpx.Client, not {_named(given)}.",
            hint="Pass an httpx.AsyncClient to AsyncSpaceKnow."
            if _is_httpx(given, "aclose")
            else None,
        )
    from .httpx_network import HttpxNetwork

    return HttpxNetwork(limits, given)


def _is_httpx(given: Any, closes_by: str) -> bool:
    """Whether it is a client of httpx or httpx2 that has this method to close it."""
    return (
        not isinstance(given, type)
        and hasattr(given, "build_request")
        and hasattr(given, closes_by)
    )


def _named(given: Any) -> str:
    if isinstance(given, (str, type)):
        return repr(given)
    return f"{type(given).__module__.partition('.')[0]}.{type(given).__qualname__}"


def _is_session(given: Any) -> bool:
    """Whether it is a session of aiohttp, which is fully imported then."""
    session = getattr(sys.modules.get("aiohttp"), "ClientSession", None)
    return session is not None and isinstance(given, session)


def _aiohttp_network(
    environment: Environment, limits: Limits, session: aiohttp.ClientSession | None = None
) -> AsyncNetwork:
    require("aiohttp", "aiohttp", purpose='http_client="aiohttp"')
    try:
        from .aiohttp_network import AiohttpNetwork
    except OSError as error:  # aiohttp creates TLS contexts when it is imported
        raise ConfigError(
            f"aiohttp cannot be imported: {error.filename} cannot be used ({error.strerror}).",
            hint="Check SSLKEYLOGFILE and SSL_CERT_FILE.",
        ) from error
    return AiohttpNetwork(environment, limits, session)
