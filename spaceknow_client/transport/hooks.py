"""What a client tells of its work, for progress, metrics and traces. Nothing in an event is secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

E = TypeVar("E")

log = logging.getLogger("spaceknow_client")


class RequestEvent(NamedTuple):
    """One attempt is over: answered (`status`), or not (`status` is None).

    Attributes:
        attempt: its number within the call, from 1.
        seconds: how long it took.
        host: where it went.
        error: the class of the error that it means, None for success.
    """

    operation: str
    attempt: int
    status: int | None
    request_id: str | None
    seconds: float
    host: str
    error: str | None


class RetryEvent(NamedTuple):
    """The call will be sent again, `delay` seconds from now."""

    operation: str
    attempt: int
    status: int | None
    delay: float


class PollEvent(NamedTuple):
    """A pipeline's status was asked for; the next time is in `delay` seconds (None: it is over)."""

    operation: str
    pipeline_id: str
    status: str
    delay: float | None


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """Functions that are called with events. They run inside the call, so they should be quick.

    What a function raises is logged and goes no further: no call is lost by what watches it.
    """

    on_request: Callable[[RequestEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None
    on_poll: Callable[[PollEvent], object] | None = None


def tell(hook: Callable[[E], object] | None, event: E) -> None:
    """Calls a hook, if there is one."""
    if hook is None:
        return
    try:
        hook(event)
    except Exception:
        log.exception("a hook failed on %s", type(event).__name__)
