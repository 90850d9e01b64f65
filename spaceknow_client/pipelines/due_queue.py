"""A priority queue of items by due time. Pure; the workers of both clients use it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# A caller can return for the next job after its deadline. Jobs that are due or running then get this
# many more seconds, because they may already have ended.
LAST_LOOK = 1.0


class DueQueue(Generic[T]):
    """A priority queue of items by due time; the most overdue comes first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, item: T, due: float) -> None:
        """Adds an item."""
        heapq.heappush(self._heap, (due, next(self._order), item))

    def next_due(self) -> float | None:
        """The due time of the first item; None if there is none."""
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> T | None:
        """Removes and returns the most overdue item; None if none is due."""
        if not self._heap or self._heap[0][0] > now:
            return None
        return heapq.heappop(self._heap)[2]

    def keep(self, wanted: Callable[[T], bool]) -> int:
        """Removes all items except the wanted ones; returns the number of removed items."""
        kept = [entry for entry in self._heap if wanted(entry[2])]
        removed = len(self._heap) - len(kept)
        self._heap = kept
        heapq.heapify(self._heap)
        return removed
