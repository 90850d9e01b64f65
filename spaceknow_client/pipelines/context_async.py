"""Objects shared by the pipelines of one client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..transport.transport_async import AsyncTransport
from .handle import PipelineToken
from .workers_async import AsyncWorkers

if TYPE_CHECKING:
    from .journal.recorder_async import AsyncJournalRecorder


@dataclass(frozen=True, kw_only=True)
class AsyncPipelineContext:
    """Objects shared by the pipelines of one client.

    Attributes:
        transport: sends their requests.
        workers: poll them.
        journal: the journal, or None.
        reader_of: returns the parser for the result of a pipeline. Raises InvalidArgumentError for an
            operation that does not start pipelines.
    """

    transport: AsyncTransport
    workers: AsyncWorkers
    reader_of: Callable[[PipelineToken], Callable[[Any], Any]]
    journal: AsyncJournalRecorder | None = None
