"""What pipelines of one client have in common."""

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
    """What pipelines of one client have in common.

    Attributes:
        transport: sends their requests.
        workers: follow them.
        journal: None without one.
        reader_of: how the result of a pipeline is read. Raises InvalidArgumentError for an operation
            that starts none.
    """

    transport: AsyncTransport
    workers: AsyncWorkers
    reader_of: Callable[[PipelineToken], Callable[[Any], Any]]
    journal: AsyncJournalRecorder | None = None
