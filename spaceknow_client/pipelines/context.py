# Compiled by `python -m generator` from context_async.py. Never edit by hand.
# ruff: noqa
"""Objects shared by the pipelines of one client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..transport.transport import Transport
from .handle import PipelineToken
from .workers import Workers

if TYPE_CHECKING:
    from .journal.recorder import JournalRecorder


@dataclass(frozen=True, kw_only=True)
class PipelineContext:
    """Objects shared by the pipelines of one client.

    Attributes:
        transport: sends their requests.
        workers: poll them.
        journal: the journal, or None.
        reader_of: returns the parser for the result of a pipeline. Raises InvalidArgumentError for an
            operation that does not start pipelines.
    """

    transport: Transport
    workers: Workers
    reader_of: Callable[[PipelineToken], Callable[[Any], Any]]
    journal: JournalRecorder | None = None
