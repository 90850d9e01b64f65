"""One attempt: it brings an answer, whatever its status, or raises with what is known of its fate.

It neither repeats nor follows redirects. What is the same for every HTTP library is here.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from ...runtime.concurrency import AsyncLoopBinding, AsyncStep
from ...runtime.fork import async_on_fork
from ..http_messages import AttemptError, HTTPRequest, HTTPResponse, closed
from ..options import Limits
from ..retry import Delivery
from .adaptive_concurrency import AdaptiveConcurrency, ThrottledError
from .slots import AsyncSlots


class AsyncNetwork(ABC):
    """One attempt at a time for each caller, over a shared pool of connections."""

    def __init__(self, limits: Limits) -> None:
        self._closed = False
        self.home = AsyncLoopBinding()
        self._slots = AsyncSlots(limits.concurrency)
        async_on_fork(self._move)

    @property
    def window(self) -> AdaptiveConcurrency:
        """How much may be under way at once."""
        return self._slots.window

    async def attempt(
        self,
        outgoing: HTTPRequest,
        *,
        patience: float,
        paused_until: float,
        heed: Callable[[HTTPResponse], None] | None,
        prepare: AsyncStep | None = None,
    ) -> HTTPResponse:
        """Sends one request.

        `patience` bounds it all in seconds, the wait for a slot before it included.
        `paused_until` is what the window said before. `heed` is called with the answer before
        another caller is given the slot; without it, the call is none of the window's, which a 429
        makes smaller. `prepare` is called when a slot is had, right
        before the request is sent; what it raises is raised here, and nothing is sent.
        Raises AttemptError, UnusableError; ThrottledError when the wait was made longer than
        `paused_until`; ConfigError when closed.
        """
        if self._closed:
            raise closed()
        if self.home.has_changed():
            self._move()
        ends = time.monotonic() + patience
        if not await self._slots.acquire(patience):
            raise AttemptError("no slot became free", delivery=Delivery.UNSENT, timed_out=True)
        round, status = self.window.round, None
        try:
            if heed is not None and self.window.paused_until > paused_until:
                raise ThrottledError
            if prepare is not None:
                await prepare()
            left = ends - time.monotonic()
            if left <= 0:
                raise AttemptError(
                    "there was no time left", delivery=Delivery.UNSENT, timed_out=True
                )
            if left < outgoing.timeout:
                outgoing = replace(outgoing, timeout=left)
            result = await self._exchange(outgoing)
            if heed is not None and isinstance(result, HTTPResponse):
                status = result.status
                heed(result)
        finally:
            self._slots.release(status, round)
        if isinstance(result, AttemptError):
            raise result  # here, where no exception of the HTTP library is its context
        return result

    @abstractmethod
    async def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        """Sends and receives within its time. Raises UnusableError, ConfigError and nothing else."""

    @abstractmethod
    def _move(self) -> None:
        """Forgets what belonged to another event loop, or to the process that this one was forked from."""

    @abstractmethod
    async def aclose(self) -> None:
        """Closes the connections, unless the user brought the client."""
