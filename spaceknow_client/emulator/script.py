"""Pipelines that go as a test tells them to, one status for each time that they are asked."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from .validation.failures import Failure

FINAL = ("RESOLVED", "FAILED")


@dataclass(frozen=True)
class Plot:
    """What pipelines will say of themselves.

    Attributes:
        statuses: what each get-status is answered, in order; the last one from then on.
        failure: why they fail; None if they do not.
    """

    statuses: tuple[str, ...]
    failure: Failure | None

    @classmethod
    def of(cls, statuses: Iterable[str], failure: Failure | None) -> Plot:
        """A plot that makes sense. Raises ValueError for one that does not."""
        listed = (statuses,) if isinstance(statuses, str) else tuple(statuses)
        if not listed or not all(isinstance(status, str) and status for status in listed):
            raise ValueError("A script is a list of statuses, such as NEW, PROCESSING, RESOLVED.")
        if any(status in FINAL for status in listed[:-1]):
            raise ValueError("RESOLVED and FAILED end a pipeline: nothing comes after them.")
        if (listed[-1] == "FAILED") is not (failure is not None):
            raise ValueError("A script that ends with FAILED takes an error=, and no other does.")
        return cls(listed, failure)

    def begun(self) -> Script:
        """The script of one pipeline."""
        return Script(self.statuses)


class Script:
    """How far one pipeline has come in its plot."""

    def __init__(self, statuses: tuple[str, ...]) -> None:
        self._statuses = statuses
        self._told = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """What the next get-status is answered."""
        with self._lock:
            self._told = min(self._told + 1, len(self._statuses))
            return self._statuses[self._told - 1]

    @property
    def is_over(self) -> bool:
        """Whether the end was told: before it there is no result."""
        return self._told == len(self._statuses) and self._statuses[-1] in FINAL

    @property
    def share(self) -> float:
        """How much of it was told, from 0 to 1."""
        return self._told / len(self._statuses)
