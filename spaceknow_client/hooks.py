"""What a client tells of its work, for progress, metrics and traces. Nothing in an event is secret."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen


@frozen(kw_only=True)
class RequestEvent:
    """One attempt is over: answered (`status`), or not (`status` is None).

    Attributes:
        attempt: its number within the call, from 1.
        seconds: how long it took.
    """

    operation: str
    attempt: int
    status: int | None
    request_id: str | None
    seconds: float


@frozen(kw_only=True)
class RetryEvent:
    """The call will be sent again, `delay` seconds from now."""

    operation: str
    attempt: int
    status: int | None
    delay: float


@frozen(kw_only=True)
class PollEvent:
    """A pipeline's status was asked for; the next time is in `delay` seconds (None: it is over)."""

    operation: str
    pipeline_id: str
    status: str
    delay: float | None


@frozen(kw_only=True)
class Hooks:
    """Functions that are called with events. They run inside the call, so they should be quick."""

    on_request: Callable[[RequestEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None
    on_poll: Callable[[PollEvent], object] | None = None
