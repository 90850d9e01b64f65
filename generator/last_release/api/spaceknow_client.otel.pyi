# The public names of spaceknow_client.otel, written by `make release`. Never edit by hand.
E: Any
NAME: Any

def hooks(
    also: Hooks | None = None,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Hooks: ...
