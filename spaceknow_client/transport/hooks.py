"""Events for progress, metrics and traces. No event contains secrets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

E = TypeVar("E")

log = logging.getLogger("spaceknow_client")


class RequestEvent(NamedTuple):
    """One attempt has ended, with a response (`status`) or without (`status` is None).

    Attributes:
        attempt: its number within the call, from 1.
        seconds: its duration.
        host: the host of the request.
        error: the class of the resulting error, None for success.
    """

    operation: str
    attempt: int
    status: int | None
    request_id: str | None
    seconds: float
    host: str
    error: str | None


class RetryEvent(NamedTuple):
    """The call will be retried after `delay` seconds."""

    operation: str
    attempt: int
    status: int | None
    delay: float


class PollEvent(NamedTuple):
    """A pipeline was polled; the next poll is in `delay` seconds (None: the pipeline has ended)."""

    operation: str
    pipeline_id: str
    status: str
    delay: float | None


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """Functions that are called with events. They run inside the call, so they should be fast.

    Their exceptions are logged and do not affect the call.
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
