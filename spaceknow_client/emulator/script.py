"""Pipelines with scripted statuses, one for each get-status."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from .validation.failures import Failure

FINAL = ("RESOLVED", "FAILED")


@dataclass(frozen=True)
class Plot:
    """The scripted statuses of a pipeline.

    Attributes:
        statuses: responses of get-status, in order; the last one repeats.
        failure: why the pipeline fails, or None.
    """

    statuses: tuple[str, ...]
    failure: Failure | None

    @classmethod
    def of(cls, statuses: Iterable[str], failure: Failure | None) -> Plot:
        """A valid plot. Raises ValueError for an invalid one."""
        listed = (statuses,) if isinstance(statuses, str) else tuple(statuses)
        if not listed or not all(isinstance(status, str) and status for status in listed):
            raise ValueError("statuses must be a list such as NEW, PROCESSING, RESOLVED.")
        if any(status in FINAL for status in listed[:-1]):
            raise ValueError("RESOLVED and FAILED must be the last status: they end a pipeline.")
        if (listed[-1] == "FAILED") is not (failure is not None):
            raise ValueError(
                "error= is required if FAILED is the last status, and else not allowed."
            )
        return cls(listed, failure)

    def started(self) -> Script:
        """A script for one pipeline."""
        return Script(self.statuses)


class Script:
    """The progress of one pipeline in its plot."""

    def __init__(self, statuses: tuple[str, ...]) -> None:
        self._statuses = statuses
        self._told = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """The response of the next get-status."""
        with self._lock:
            self._told = min(self._told + 1, len(self._statuses))
            return self._statuses[self._told - 1]

    @property
    def is_over(self) -> bool:
        """Whether the last status was returned; before that there is no result."""
        return self._told == len(self._statuses) and self._statuses[-1] in FINAL

    @property
    def share(self) -> float:
        """The share of statuses returned, from 0 to 1."""
        return self._told / len(self._statuses)
