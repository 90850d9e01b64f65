"""One attempt: it brings an answer, whatever its status, or raises with what is known of its fate.

It neither repeats nor follows redirects. A client that the user brings keeps its own time and does
not tell what it sent: there the name of the error has to do.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .._concurrency import AsyncHome, AsyncSlots, AsyncStep, async_time_limit
from .._http import (
    Answer,
    AttemptError,
    UnusableError,
    async_http_client,
    closed,
    failure,
    own_request,
)
from .._wire import Attempt, current_attempt, watch_rest
from ..config import Limits
from ..environment import Environment
from ..retry import Fate
from ..window import Window

if TYPE_CHECKING:
    import httpx

# What the client reads without another package. `gzip, gzip` would multiply a bomb.
ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


class AsyncNetwork:
    """One attempt at a time for each caller, over a shared pool of connections."""

    def __init__(
        self, environment: Environment, limits: Limits, client: httpx.AsyncClient | None = None
    ) -> None:
        self._settings = (environment, limits)
        self._owned = client is None
        self._client = client or async_http_client(environment, limits)
        self._closed = False
        self._home = AsyncHome()
        self._slots = AsyncSlots(limits.concurrency)

    @property
    def window(self) -> Window:
        """How much may be under way at once."""
        return self._slots.window

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
        adapts: bool,
        prepare: AsyncStep | None = None,
    ) -> Answer:
        """Sends one request.

        `timeout` bounds the attempt, `patience` the wait for a slot before it; both in seconds.
        `adapts`: a 429 makes the window smaller. `prepare` is called when a slot is had, right
        before the request is sent; what it raises is raised here, and nothing is sent.
        Raises AttemptError, UnusableError; ConfigError when closed.
        """
        if self._closed:
            raise closed()
        if self._home.has_moved() and self._owned:
            self._client = async_http_client(*self._settings)
        if not await self._slots.acquire(patience):
            raise AttemptError("no slot became free", fate=Fate.UNSENT, timed_out=True)
        round, status = self.window.round, None
        try:
            if prepare is not None:
                await prepare()
            result = await self._exchange(method, url, headers, content, timeout, max_bytes)
            status = result.status if adapts and isinstance(result, Answer) else None
        finally:
            self._slots.release(status, round)
        if isinstance(result, AttemptError):
            raise result  # here, where no exception of the HTTP library is its context
        return result

    async def _exchange(
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
            async with async_time_limit(timeout):
                if self._owned:
                    request = own_request(method, url, headers, content, timeout)
                else:
                    request = self._client.build_request(
                        method, url, headers=headers, content=content, timeout=timeout
                    )
                response = await self._client.send(
                    request, auth=None, follow_redirects=False, stream=True
                )
                watch_rest(response.extensions.get("network_stream"), response.stream)
                if response.headers.get("content-encoding", "") not in ENCODINGS:
                    raise UnusableError("the answer has an encoding not asked for", response)
                received = bytearray()
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > max_bytes:
                        raise UnusableError(
                            f"the answer is larger than {max_bytes} bytes", response
                        )
                return Answer(
                    status=response.status_code, headers=response.headers, content=bytes(received)
                )
        except UnusableError:
            raise
        except Exception as error:  # whatever it is, it must not escape with what it refers to
            return failure(error, attempt)
        finally:
            current_attempt.reset(token)
            if response is not None:
                await response.aclose()

    async def aclose(self) -> None:
        """Closes the connections, unless the user brought the client."""
        self._closed = True
        if self._owned:
            await self._client.aclose()
