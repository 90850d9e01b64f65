"""What keeps record of attempts that may start a pipeline: a journal, if the client has one."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from ..generated.types import Request
from .attempt_result import AttemptResult


class AsyncAttemptRecord(Protocol):
    """The record of one call, an entry for each attempt."""

    def intend(self) -> Awaitable[None]:
        """Called when nothing but the sending is left to do; what it raises prevents that."""
        ...

    def settle(self, outcome: AttemptResult) -> Awaitable[None]:
        """Called with what an attempt brought."""
        ...

    def torn_down(self) -> None:
        """Called when the call ends without an outcome (Ctrl-C, cancellation)."""


class AsyncAttemptRecorder(Protocol):
    """Makes the record of a call; `reuse` lets an earlier pipeline take its place."""

    def record(self, request: Request, reuse: bool, expires: float) -> AsyncAttemptRecord:
        """Of a request that starts a pipeline, in a call that has to be over at `expires`."""
        ...


class AttemptRecord(Protocol):
    """As AsyncAttemptRecord, for threads."""

    def intend(self) -> None:
        """Called when nothing but the sending is left to do; what it raises prevents that."""

    def settle(self, outcome: AttemptResult) -> None:
        """Called with what an attempt brought."""

    def torn_down(self) -> None:
        """Called when the call ends without an outcome (Ctrl-C)."""


class AttemptRecorder(Protocol):
    """As AsyncAttemptRecorder, for threads."""

    def record(self, request: Request, reuse: bool, expires: float) -> AttemptRecord:
        """Of a request that starts a pipeline, in a call that has to be over at `expires`."""
        ...
