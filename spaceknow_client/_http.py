"""The network. The one module of the layer that imports httpx; another HTTP library would go here.

A network makes one attempt: it brings an answer, whatever its status, or raises AttemptError with
what is known of the request's fate. It neither repeats nor follows redirects.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from functools import cache

import httpx
from attrs import field, frozen

from . import __version__
from .config import Limits
from .retry import Fate

USER_AGENT = f"spaceknow-client/{__version__}"

# Errors before the first byte of the request was sent. They are known by name, so that a client of
# httpx's successor (httpx2, which the user may bring) is understood too.
UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "InvalidURL"}
NETWORK_ERRORS = {"HTTPError", "InvalidURL", "StreamError"}


@frozen(kw_only=True)
class Answer:
    """What the server answered. `headers` are by lower-case name."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


class AttemptError(Exception):
    """An attempt without a whole answer."""

    def __init__(self, message: str, *, fate: Fate, timed_out: bool = False) -> None:
        super().__init__(message)
        self.fate = fate
        self.timed_out = timed_out


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


def _limits(limits: Limits) -> httpx.Limits:
    # httpx closes idle connections above the keep-alive limit and opens new ones for the next
    # request, so the two limits are equal.
    return httpx.Limits(
        max_connections=limits.concurrency, max_keepalive_connections=limits.concurrency
    )


def _failure(error: Exception, sent: bool) -> AttemptError:
    names = {kind.__name__ for kind in type(error).__mro__}
    if not names & NETWORK_ERRORS:
        raise error
    fate = Fate.UNSENT if names & UNSENT and not sent else Fate.LOST
    # The name alone: httpx's own texts may quote addresses and headers.
    timed_out = "TimeoutException" in names
    return AttemptError(_words(type(error).__name__), fate=fate, timed_out=timed_out)


def _words(name: str) -> str:
    return {
        "ConnectError": "no connection could be made",
        "ConnectTimeout": "no connection was made in time",
        "PoolTimeout": "no connection of the pool became free in time",
        "ReadTimeout": "the server did not answer in time",
        "WriteTimeout": "the request could not be sent in time",
        "ReadError": "the connection broke while reading the answer",
        "WriteError": "the connection broke while sending the request",
        "RemoteProtocolError": "the server broke off, or does not speak HTTP",
        "DecodingError": "the answer's encoding is broken",
        "UnsupportedProtocol": "the address has no protocol that can be used",
        "ProxyError": "the proxy refused",
    }.get(name, f"the network failed ({name})")


class AsyncNetwork:
    """One attempt at a time for each caller, over a shared pool of connections."""

    def __init__(self, limits: Limits, client: httpx.AsyncClient | None = None) -> None:
        self._owned = client is None
        self._client = client or httpx.AsyncClient(verify=_tls(), limits=_limits(limits))

    async def attempt(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        timeout: float,
        max_bytes: int,
    ) -> Answer:
        """Sends one request. `timeout` bounds the whole attempt, in seconds."""
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
        except TimeoutError:
            raise AttemptError(
                "the attempt took too long", fate=Fate.LOST, timed_out=True
            ) from None
        except (AttemptError, TooLargeError):
            raise
        except Exception as error:
            raise _failure(error, response is not None) from error
        finally:
            if response is not None:
                await response.aclose()

    async def aclose(self) -> None:
        """Closes the connections, unless the user brought the client."""
        if self._owned:
            await self._client.aclose()


class Network:
    """As AsyncNetwork, for threads."""

    def __init__(self, limits: Limits, client: httpx.Client | None = None) -> None:
        self._owned = client is None
        self._client = client or httpx.Client(verify=_tls(), limits=_limits(limits))

    def attempt(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        timeout: float,
        max_bytes: int,
    ) -> Answer:
        """Sends one request. `timeout` bounds each read, and the whole body between its pieces."""
        ends = time.monotonic() + timeout
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
                if time.monotonic() > ends:
                    raise AttemptError("the attempt took too long", fate=Fate.LOST, timed_out=True)
            return Answer(
                status=response.status_code, headers=response.headers, content=bytes(received)
            )
        except (AttemptError, TooLargeError):
            raise
        except Exception as error:
            raise _failure(error, response is not None) from error
        finally:
            if response is not None:
                response.close()

    def close(self) -> None:
        """Closes the connections, unless the user brought the client."""
        if self._owned:
            self._client.close()
