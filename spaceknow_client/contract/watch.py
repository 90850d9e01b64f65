"""Watches a client's answers, and tells of each drift once."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable

from .drift import Drift
from .judge import Judge, ResponseLike

ALWAYS = 10
"""So many answers of each operation are judged first."""
SAMPLED = 0.02
"""The share of the later ones that are judged."""
REMEMBERED = 10_000
"""So many drifts are told of."""

log = logging.getLogger("spaceknow_client")


class ContractWatch:
    """Judges the first answers of each operation and a sample of the rest.

    `tell` gets each drift, the first time that it is seen; by default it is a WARNING in the log.
    May be used by several threads.
    """

    def __init__(
        self, tell: Callable[[Drift], object] | None = None, *, always: int = ALWAYS
    ) -> None:
        self._tell = tell or _warn
        self._always = always
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._told: set[object] = set()

    def see(self, operation: str, message: ResponseLike, *, surely: bool = False) -> None:
        """Judges an answer, if it is its turn; `surely`: in any case. Raises nothing."""
        if not surely:
            with self._lock:
                self._seen[operation] += 1
                early = self._seen[operation] <= self._always
            if not early and random.random() >= SAMPLED:
                return
        try:
            drifts = Judge.bundled().validate_response(operation, message)
        except Exception:  # no call is lost by what watches it
            log.exception("an answer of %s could not be judged", operation)
            return
        for drift in drifts:
            with self._lock:
                if drift.key in self._told or len(self._told) >= REMEMBERED:
                    continue
                self._told.add(drift.key)
            self._tell(drift)


def _warn(drift: Drift) -> None:
    log.warning(
        "the service differs from its document: %s (HTTP %d, request id %s)",
        drift,
        drift.status,
        drift.request_id,
    )
