# Compiled by `python -m generator` from context_async.py. Never edit by hand.
# ruff: noqa
"""What pipelines of one client have in common."""

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
    """What pipelines of one client have in common.

    Attributes:
        transport: sends their requests.
        workers: follow them.
        journal: None without one.
        reader_of: how the result of a pipeline is read. Raises InvalidArgumentError for an operation
            that starts none.
    """

    transport: Transport
    workers: Workers
    reader_of: Callable[[PipelineToken], Callable[[Any], Any]]
    journal: JournalRecorder | None = None
