# Compiled by `python -m generator` from attempt_record_async.py. Never edit by hand.
# ruff: noqa
"""What keeps record of attempts that may spend: a journal, if the client has one."""

from __future__ import annotations

from typing import Protocol

from ..errors.base import AmbiguousRequestError
from ..generated.types import Request
from ..runtime.concurrency import Promise
from .attempt_result import AttemptResult


class EarlierRequest(Protocol):
    """A request that was sent before, equal to the one that is to be sent."""

    @property
    def is_unknown(self) -> bool:
        """Whether its outcome is unknown."""
        ...

    def unknown_outcome(self) -> AmbiguousRequestError:
        """The error for not sending an equal one."""
        ...


class AttemptRecord(Protocol):
    """The record of one call, an entry for each attempt."""

    def look(self) -> Promise[EarlierRequest | None]:
        """What may take the call's place. What comes between this and `intend` prevents that."""
        ...

    def took_effect(self) -> Promise[None]:
        """The request that `look` found, of unknown outcome, has taken effect."""
        ...

    def intend(self) -> Promise[None]:
        """Called when nothing but the sending is left to do; what it raises prevents that."""
        ...

    def settle(self, outcome: AttemptResult) -> Promise[None]:
        """Called with what an attempt brought."""
        ...

    def torn_down(self) -> None:
        """Called when the call ends without an outcome (Ctrl-C, cancellation)."""


class AttemptRecorder(Protocol):
    """Makes the record of a call; `reuse` lets an earlier pipeline take its place."""

    def record(self, request: Request, reuse: bool, expires: float) -> AttemptRecord | None:
        """Of a request that starts a pipeline, or allocates, in a call that has to be over at
        `expires`; None for others."""
        ...
