"""Pipelines: handles, polling, fan-out and the journal."""
