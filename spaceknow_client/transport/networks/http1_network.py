# Compiled by `python -m generator` from http1_network_async.py. Never edit by hand.
# ruff: noqa
"""Attempts over our own connections: the default.

A connection belongs to one attempt at a time and is kept only after a complete response, so a canceled
or timed-out call affects no other call. (The pool of httpcore 1.0 can lose a connection with each
canceled call until none is left, and it makes asynchronous httpx slow.)
"""

from __future__ import annotations

import time
from http.cookiejar import CookieJar
from typing import Any

import httpx

from ...auth.environment import Environment
from ...errors.base import ConfigError
from ...runtime.concurrency import time_limit, turn
from ..connections.attempt import Attempt
from ..connections.connector import connection_to
from ..connections.http1 import HTTP1Connection
from ..connections.idle import IdleConnections
from ..connections.origin import Origin, target_of
from ..connections.proxies import proxy_for
from ..connections.tls import tls_context
from ..failures import failure
from ..http_messages import AttemptError, HTTPRequest, HTTPResponse, UnusableError
from ..options import Limits
from .httpx_network import exchange_with
from .network import Network
from .stock_httpx import is_stock


class HTTP1Network(Network):
    """HTTP/1.1, with the proxies of the environment.

    Raises ConfigError for an unusable setting of the environment.
    """

    def __init__(self, environment: Environment, limits: Limits) -> None:
        super().__init__(limits)
        self._most = limits.concurrency
        self._idle: IdleConnections[HTTP1Connection] = IdleConnections(self._most)
        self._replaced: dict[Any, httpx.Client] = {}
        for url in environment.addresses:
            self._check(url)

    def _check(self, url: str) -> None:
        """Raises ConfigError for settings with which every call would fail."""
        try:
            origin = target_of(url).origin
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ConfigError(f"{url!r} is not a usable address.") from error
        if origin.scheme == "https":
            tls_context()
            proxy_for(origin.host)

    def _move(self) -> None:
        self._idle.drop()
        self._idle = IdleConnections(self._most)
        self._replaced = {}

    def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        try:
            target = target_of(outgoing.url)
            replaced = None if is_stock() else self._replaced_client(target.origin)
        except ConfigError:
            raise
        except Exception as error:  # an invalid address, or a replaced httpx that makes no client
            return failure(error, sent=False, peer="")
        if replaced is not None:
            return exchange_with(replaced, outgoing)
        attempt = Attempt(time.monotonic() + outgoing.timeout)
        idle = self._idle
        connection: HTTP1Connection | None = None
        try:
            connection = idle.take(target.origin)
            if connection is None:
                with time_limit(outgoing.timeout):
                    connection = connection_to(target.origin, attempt)
            answer = connection.exchange(outgoing, target, attempt)
        except ConfigError:
            raise
        except Exception as error:  # it must not escape: it can refer to headers and bodies
            if attempt.head is not None and attempt.head.is_told_by_status:
                return attempt.head
            if isinstance(error, UnusableError):
                raise
            return failure(error, sent=attempt.sent, peer=attempt.peer)
        else:
            if connection.keep:
                idle.give_back(target.origin, connection, connection.keep)
                connection = None
            return answer
        finally:
            if connection is not None:
                connection.close()

    def _replaced_client(self, origin: Origin) -> httpx.Client:
        """A client of httpx, used while a test or a tool has replaced a part of httpx.

        It has no connection limits: the slots limit it, and a limited pool could run out of
        connections.
        """
        proxy = proxy_for(origin.host) if origin.scheme == "https" else None
        made_by: Any = httpx.Client
        if (made_by, proxy) not in self._replaced:
            self._replaced[made_by, proxy] = made_by(
                verify=tls_context() if origin.scheme == "https" else True,
                cookies=NoCookies(),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
                trust_env=False,
                proxy=proxy and httpx.Proxy(proxy.url, auth=proxy.credentials),
            )
        return self._replaced[made_by, proxy]

    def close(self) -> None:
        """Closes the connections."""
        self._closed = True
        self._idle.close()
        for client in self._replaced.values():
            client.close()
        turn()  # asyncio closes connections in the next iteration of the loop


class NoCookies(CookieJar):
    """The API has no sessions, so cookies of servers and proxies are neither stored nor sent."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Stores nothing."""
