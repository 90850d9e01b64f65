"""Who is due when: a heap of moments. Pure; the workers of both clients carry it out."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# A caller may come back for the next job after its time was over. What is due or under way then may
# still take so many seconds: it may be done long since.
LAST_LOOK = 1.0


class DueQueue(Generic[T]):
    """Items by the moment at which they are due; of several the one that is due longest comes first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, item: T, due: float) -> None:
        """Puts an item in."""
        heapq.heappush(self._heap, (due, next(self._order), item))

    def next_due(self) -> float | None:
        """The moment at which the first item is due; None when there is none."""
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> T | None:
        """Takes out the item that is due longest; None when none is due yet."""
        if not self._heap or self._heap[0][0] > now:
            return None
        return heapq.heappop(self._heap)[2]

    def keep(self, wanted: Callable[[T], bool]) -> int:
        """Takes out all items but the wanted ones; tells how many those were."""
        kept = [entry for entry in self._heap if wanted(entry[2])]
        removed = len(self._heap) - len(kept)
        self._heap = kept
        heapq.heapify(self._heap)
        return removed
