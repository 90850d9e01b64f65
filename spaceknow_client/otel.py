"""OpenTelemetry: a span for each attempt, and metrics. Requires the extra `otel`.

Uses only the public hooks: `SpaceKnow(hooks=spaceknow_client.otel.hooks())`. Names follow the semantic
conventions of HTTP clients, if they exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .runtime.extras import require
from .transport.hooks import Hooks, PollEvent, RequestEvent, RetryEvent

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

E = TypeVar("E")

NAME = "spaceknow_client"


def hooks(
    also: Hooks | None = None,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Hooks:
    """Hooks that report to OpenTelemetry, and then call those of `also`.

    Spans are children of the current span of the call. By default the global providers are used. No
    span or metric contains a body, a header, a token or a pipeline id. Raises MissingExtraError
    without the extra.
    """
    require("otel", "opentelemetry", purpose="tracing")
    from opentelemetry.metrics import get_meter
    from opentelemetry.trace import SpanKind, Status, StatusCode, get_tracer

    from .runtime.version import __version__

    tracer = get_tracer(NAME, __version__, tracer_provider)
    meter = get_meter(NAME, __version__, meter_provider)
    duration = meter.create_histogram(
        "http.client.request.duration", unit="s", description="Duration of one attempt."
    )
    retries = meter.create_counter("spaceknow.client.retries", description="Retries.")
    polls = meter.create_counter("spaceknow.client.polls", description="Status polls.")

    def on_request(event: RequestEvent) -> None:
        ends = time.time_ns()
        attributes: dict[str, str | int] = {
            "spaceknow.operation": event.operation,
            "server.address": event.host,
        }
        if event.status is not None:
            attributes["http.response.status_code"] = event.status
        if event.error is not None:
            attributes["error.type"] = event.error
        span = tracer.start_span(
            event.operation,
            kind=SpanKind.CLIENT,
            attributes=attributes | {"http.request.resend_count": event.attempt - 1},
            start_time=ends - int(event.seconds * 1e9),
        )
        if event.request_id is not None:
            span.set_attribute("spaceknow.request_id", event.request_id)
        if event.error is not None:
            span.set_status(Status(StatusCode.ERROR, event.error))
        span.end(ends)
        duration.record(event.seconds, attributes)

    def on_retry(event: RetryEvent) -> None:
        retries.add(1, {"spaceknow.operation": event.operation})

    def on_poll(event: PollEvent) -> None:
        polls.add(1, {"spaceknow.operation": event.operation})

    also = also or Hooks()
    return Hooks(
        on_request=_both(on_request, also.on_request),
        on_retry=_both(on_retry, also.on_retry),
        on_poll=_both(on_poll, also.on_poll),
    )


def _both(
    first: Callable[[E], object], second: Callable[[E], object] | None
) -> Callable[[E], object]:
    if second is None:
        return first
    other = second

    def call(event: E) -> None:
        first(event)
        other(event)

    return call
