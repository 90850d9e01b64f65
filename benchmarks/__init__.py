"""Benchmarks of the client, compared with bare libraries. `make bench-calls` runs `calls`."""
