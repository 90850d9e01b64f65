"""What carries the requests of a client, by what was given as `http_client=`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..auth.environment import Environment
from ..errors.base import ConfigError
from .options import Limits

if TYPE_CHECKING:
    import aiohttp
    from typing_extensions import TypeIs

    from .httpx_client import AsyncHTTPClient, HTTPClient
    from .network import Network
    from .network_async import AsyncNetwork


def async_network(
    environment: Environment, limits: Limits, http_client: AsyncHTTPClient | None
) -> AsyncNetwork:
    """httpx, unless aiohttp was named or a session of it given. Raises ConfigError for another."""
    if http_client == "aiohttp":
        return _aiohttp_network(environment, limits)
    if _is_session(http_client):
        return _aiohttp_network(environment, limits, http_client)
    if http_client is not None and not hasattr(http_client, "build_request"):
        raise ConfigError(
            'http_client is an httpx.AsyncClient, an aiohttp.ClientSession or the text "aiohttp".'
        )
    from .httpx_network_async import AsyncHttpxNetwork

    return AsyncHttpxNetwork(environment, limits, http_client)


def network(environment: Environment, limits: Limits, http_client: HTTPClient | None) -> Network:
    """httpx. Raises ConfigError for what is not httpx."""
    given: object = http_client
    if given == "aiohttp" or _is_session(given):
        raise ConfigError(
            "aiohttp has no synchronous form.",
            hint="Use AsyncSpaceKnow, or leave http_client out.",
        )
    if http_client is not None and not hasattr(http_client, "build_request"):
        raise ConfigError("http_client is an httpx.Client.")
    from .httpx_network import HttpxNetwork

    return HttpxNetwork(environment, limits, http_client)


def _is_session(http_client: object) -> TypeIs[aiohttp.ClientSession]:
    """Whether it is aiohttp's; whoever has such an object has imported aiohttp."""
    library = sys.modules.get("aiohttp")
    return library is not None and isinstance(http_client, library.ClientSession)


def _aiohttp_network(
    environment: Environment, limits: Limits, session: aiohttp.ClientSession | None = None
) -> AsyncNetwork:
    try:
        from .aiohttp_network import AiohttpNetwork
    except ModuleNotFoundError as error:
        if error.name != "aiohttp":
            raise
        raise ConfigError(
            "aiohttp is not installed.", hint="pip install 'spaceknow-client[aiohttp]'"
        ) from error
    return AiohttpNetwork(environment, limits, session)
