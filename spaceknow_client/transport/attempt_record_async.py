"""The record of attempts that may spend credits: a journal, if the client has one."""

from __future__ import annotations

from typing import Protocol

from ..errors.base import AmbiguousRequestError
from ..generated.types import Request
from ..runtime.concurrency import AsyncPromise
from .attempt_result import AttemptResult


class EarlierRequest(Protocol):
    """An earlier request equal to the one to be sent."""

    @property
    def is_unknown(self) -> bool:
        """Whether its outcome is unknown."""
        ...

    def unknown_outcome(self) -> AmbiguousRequestError:
        """The error raised instead of sending an equal request."""
        ...


class AsyncAttemptRecord(Protocol):
    """The record of one call, with an entry for each attempt."""

    def look(self) -> AsyncPromise[EarlierRequest | None]:
        """An earlier request that replaces this one. One that appears before `intend` prevents it."""
        ...

    def took_effect(self) -> AsyncPromise[None]:
        """Called if the request returned by `look`, of unknown outcome, has taken effect."""
        ...

    def intend(self) -> AsyncPromise[None]:
        """Called immediately before sending; an exception prevents it."""
        ...

    def settle(self, outcome: AttemptResult) -> AsyncPromise[None]:
        """Called with the result of an attempt."""
        ...

    def interrupted(self) -> None:
        """Called when the call ends without an outcome (Ctrl-C, cancellation)."""


class AsyncAttemptRecorder(Protocol):
    """Creates the record of a call; with `reuse`, an earlier pipeline can replace it."""

    def record(self, request: Request, reuse: bool, expires: float) -> AsyncAttemptRecord | None:
        """For a request that starts a pipeline or allocates, in a call that must end by `expires`;
        None for other requests."""
        ...
