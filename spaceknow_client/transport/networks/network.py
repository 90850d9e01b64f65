# Compiled by `python -m generator` from network_async.py. Never edit by hand.
# ruff: noqa
"""One attempt: returns a response of any status, or raises an error with the delivery outcome.

An attempt does not retry or follow redirects. This module has the code common to all HTTP libraries.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from ...runtime.concurrency import LoopBinding, Step
from ...runtime.fork import on_fork
from ..http_messages import AttemptError, HTTPRequest, HTTPResponse, closed
from ..options import Limits
from ..retry import Delivery
from .adaptive_concurrency import AdaptiveConcurrency, ThrottledError
from .slots import Slots


class Network(ABC):
    """Makes attempts over a shared pool of connections."""

    def __init__(self, limits: Limits) -> None:
        self._closed = False
        self.home = LoopBinding()
        self._slots = Slots(limits.concurrency)
        on_fork(self._move)

    @property
    def window(self) -> AdaptiveConcurrency:
        """The adaptive concurrency limit."""
        return self._slots.window

    def attempt(
        self,
        outgoing: HTTPRequest,
        *,
        max_seconds: float,
        paused_until: float,
        on_response: Callable[[HTTPResponse], None] | None,
        prepare: Step | None = None,
    ) -> HTTPResponse:
        """Sends one request.

        `max_seconds` limits the attempt in seconds, including the wait for a slot. `paused_until` is the
        earlier value of the window. `on_response` is called with the response before another caller gets the
        slot; without it, a 429 does not reduce the window. `prepare` is called with a slot,
        immediately before the request is sent; if it raises, nothing is sent.
        Raises AttemptError, UnusableError; ThrottledError if the pause was extended beyond
        `paused_until`; ConfigError if closed.
        """
        if self._closed:
            raise closed()
        if self.home.has_changed():
            self._move()
        ends = time.monotonic() + max_seconds
        if not self._slots.acquire(max_seconds):
            raise AttemptError("no slot became free", delivery=Delivery.UNSENT, timed_out=True)
        round, status = self.window.round, None
        try:
            if on_response is not None and self.window.paused_until > paused_until:
                raise ThrottledError
            if prepare is not None:
                prepare()
            left = ends - time.monotonic()
            if left <= 0:
                raise AttemptError("no time was left", delivery=Delivery.UNSENT, timed_out=True)
            if left < outgoing.timeout:
                outgoing = replace(outgoing, timeout=left)
            result = self._exchange(outgoing)
            if on_response is not None and isinstance(result, HTTPResponse):
                status = result.status
                on_response(result)
        finally:
            self._slots.release(status, round)
        if isinstance(result, AttemptError):
            raise result  # here, so that no exception of the HTTP library is its context
        return result

    @abstractmethod
    def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        """Sends and receives within its time limit. Raises only UnusableError and ConfigError."""

    @abstractmethod
    def _move(self) -> None:
        """Drops connections of another event loop, or of the process that forked this one."""

    @abstractmethod
    def close(self) -> None:
        """Closes the connections, unless the HTTP client is the user's."""
