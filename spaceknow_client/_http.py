"""The network. The one module of the layer that imports httpx; another HTTP library would go here,
and `_wire`, which keeps the time below it, would go away.

A network makes one attempt: it brings an answer, whatever its status, or raises AttemptError with
what is known of the request's fate. It neither repeats nor follows redirects. A client that the
user brings keeps its own time and does not tell what it sent: there the name of the error has to do.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from . import __version__
from ._wire import AsyncBackend, Attempt, Backend, current_attempt
from .config import Limits
from .environment import Environment, is_loopback
from .errors.base import ConfigError
from .retry import Fate

if TYPE_CHECKING:
    import asyncio

USER_AGENT = f"spaceknow-client/{__version__}"

# Errors before the first byte of the request was sent. Errors are known by name, so that a client
# of httpx's successor (httpx2, which the user may bring) is understood too.
UNSENT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "LocalProtocolError",
    "InvalidURL",
}
WORDS = {
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


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server answered. `headers` are by lower-case name."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


class AttemptError(Exception):
    """An attempt without a whole answer. Its text holds no address, header or body."""

    def __init__(self, message: str, *, fate: Fate, timed_out: bool = False) -> None:
        super().__init__(message)
        self.fate = fate
        self.timed_out = timed_out

    def __reduce__(self) -> tuple[Any, ...]:
        return _attempt_error, (str(self), self.fate, self.timed_out)


def _attempt_error(message: str, fate: Fate, timed_out: bool) -> AttemptError:
    return AttemptError(message, fate=fate, timed_out=timed_out)


class TooLargeError(Exception):
    """The answer is larger than the client takes."""

    def __init__(self, limit: int, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"the answer is larger than {limit} bytes")
        self.status = status
        self.headers = headers


@cache
def _tls() -> ssl.SSLContext:
    """One context for all clients: loading the certificates takes most of a client's start-up."""
    return httpx.create_ssl_context()


def _options(environment: Environment, limits: Limits) -> dict[str, Any]:
    urls = (environment.base_url, environment.auth_url)
    return {
        "verify": _tls(),
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


def _failure(error: BaseException, attempt: Attempt) -> AttemptError:
    names = {kind.__name__ for kind in type(error).__mro__}
    sent = attempt.sent if attempt.watched else not names & UNSENT
    timed_out = bool(names & {"TimeoutException", "TimeoutError"})
    fallback = "the attempt took too long" if timed_out else f"it failed ({type(error).__name__})"
    # The name alone: the error's own text, and what it refers to, may hold headers and bodies.
    message = WORDS.get(type(error).__name__, fallback)
    return AttemptError(message, fate=Fate.LOST if sent else Fate.UNSENT, timed_out=timed_out)


def _closed() -> ConfigError:
    return ConfigError("the client is closed.", hint="Make a new one, or use it inside its `with`.")


class AsyncNetwork:
    """One attempt at a time for each caller, over a shared pool of connections."""

    def __init__(
        self, environment: Environment, limits: Limits, client: httpx.AsyncClient | None = None
    ) -> None:
        import asyncio  # here and below: the synchronous client does without it

        self._settings = (environment, limits)
        self._owned = client is None
        self._client = client or self._fresh()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(limits.concurrency)

    def _fresh(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient(**_options(*self._settings))
        _watch(client, AsyncBackend)
        return client

    async def attempt(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        timeout: float,
        patience: float,
        max_bytes: int,
    ) -> Answer:
        """Sends one request.

        `timeout` bounds the attempt, `patience` the wait for one of the `concurrency` slots
        before it; both in seconds. Raises AttemptError, TooLargeError; ConfigError when closed.
        """
        import asyncio

        if self._closed:
            raise _closed()
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # Connections belong to an event loop. Those of a loop that has ended are of no use.
            if self._loop is not None and self._owned:
                self._client = self._fresh()
            self._loop = loop
            self._slots = asyncio.Semaphore(self._settings[1].concurrency)
        slots = self._slots
        try:
            async with asyncio.timeout(patience):
                await slots.acquire()
        except TimeoutError:
            problem = AttemptError("no slot became free", fate=Fate.UNSENT, timed_out=True)
        else:
            try:
                result = await self._exchange(method, url, headers, content, timeout, max_bytes)
            finally:
                slots.release()
            if isinstance(result, Answer):
                return result
            problem = result
        raise problem

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        timeout: float,
        max_bytes: int,
    ) -> Answer | AttemptError:
        import asyncio

        attempt = Attempt(time.monotonic() + timeout, self._owned)
        token = current_attempt.set(attempt)
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(timeout):
                request = self._client.build_request(
                    method, url, headers=headers, content=content, timeout=timeout
                )
                response = await self._client.send(
                    request, auth=None, follow_redirects=False, stream=True
                )
                received = bytearray()
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > max_bytes:
                        raise TooLargeError(max_bytes, response.status_code, response.headers)
                return Answer(
                    status=response.status_code, headers=response.headers, content=bytes(received)
                )
        except TooLargeError:
            raise
        except Exception as error:  # whatever it is, it must not escape with what it refers to
            return _failure(error, attempt)
        finally:
            current_attempt.reset(token)
            if response is not None:
                await response.aclose()

    async def aclose(self) -> None:
        """Closes the connections, unless the user brought the client."""
        self._closed = True
        if self._owned:
            await self._client.aclose()


class Network:
    """As AsyncNetwork, for threads."""

    def __init__(
        self, environment: Environment, limits: Limits, client: httpx.Client | None = None
    ) -> None:
        self._owned = client is None
        self._closed = False
        self._slots = threading.BoundedSemaphore(limits.concurrency)
        if client is None:
            client = httpx.Client(**_options(environment, limits))
            _watch(client, Backend)
        self._client = client

    def attempt(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        timeout: float,
        patience: float,
        max_bytes: int,
    ) -> Answer:
        """Sends one request; as AsyncNetwork.attempt."""
        if self._closed:
            raise _closed()
        if not self._slots.acquire(timeout=max(0.0, patience)):
            raise AttemptError("no slot became free", fate=Fate.UNSENT, timed_out=True)
        try:
            result = self._exchange(method, url, headers, content, timeout, max_bytes)
        finally:
            self._slots.release()
        if isinstance(result, AttemptError):
            raise result
        return result

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        timeout: float,
        max_bytes: int,
    ) -> Answer | AttemptError:
        attempt = Attempt(time.monotonic() + timeout, self._owned)
        token = current_attempt.set(attempt)
        response: httpx.Response | None = None
        try:
            request = self._client.build_request(
                method, url, headers=headers, content=content, timeout=timeout
            )
            response = self._client.send(request, auth=None, follow_redirects=False, stream=True)
            received = bytearray()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > max_bytes:
                    raise TooLargeError(max_bytes, response.status_code, response.headers)
            return Answer(
                status=response.status_code, headers=response.headers, content=bytes(received)
            )
        except TooLargeError:
            raise
        except Exception as error:  # whatever it is, it must not escape with what it refers to
            return _failure(error, attempt)
        finally:
            current_attempt.reset(token)
            if response is not None:
                response.close()

    def close(self) -> None:
        """Closes the connections, unless the user brought the client."""
        self._closed = True
        if self._owned:
            self._client.close()
