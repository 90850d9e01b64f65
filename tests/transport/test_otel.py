"""Spans and metrics, using only the public hooks."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import spaceknow_client as sk
from spaceknow_client import otel
from tests.conftest import Both
from tests.faults.wire import WireServer, answer


async def test_each_attempt_is_a_span(both: Both) -> None:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing, metering = TracerProvider(), MeterProvider([reader])
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    events: list[Any] = []
    hooks = otel.hooks(sk.Hooks(on_request=events.append), tracing, metering)
    behaviors = [answer(503, {}), answer(200, {"remainingCredit": 1})]
    with (
        WireServer(behaviors) as server,
        tracing.get_tracer("test").start_as_current_span("my job") as job,
    ):
        client = both.connect(
            server.environment,
            auth=sk.TokenAuth("the.bearer.token"),
            hooks=hooks,
            retry=sk.RetryPolicy(backoff=0.01),
        )
        await both.settle(client.credits.remaining())
    spans = list(exporter.get_finished_spans())
    failed, fine, _ = spans
    assert [span.name for span in spans] == ["credits.remaining", "credits.remaining", "my job"]
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes is not None
    assert failed.attributes["http.response.status_code"] == 503
    assert failed.attributes["error.type"] == "APIError"
    assert fine.attributes is not None
    assert dict(fine.attributes) == {
        "spaceknow.operation": "credits.remaining",
        "server.address": "127.0.0.1",
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
        "spaceknow.request_id": "QyhRiSw87c",
    }
    assert fine.kind is SpanKind.CLIENT
    assert fine.parent is not None
    assert fine.parent.span_id == job.get_span_context().span_id
    assert fine.start_time is not None
    assert fine.end_time is not None
    assert fine.start_time <= fine.end_time
    assert len(events) == 2
    data = reader.get_metrics_data()
    assert data is not None
    metrics = {
        metric.name: metric
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert set(metrics) == {"http.client.request.duration", "spaceknow.client.retries"}
    told = repr([span.to_json() for span in spans]) + repr(metrics)
    assert "bearer" not in told
    tracing.shutdown()
    metering.shutdown()
