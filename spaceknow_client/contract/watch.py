"""Watches a client's requests and answers, and tells of each drift once."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable

from ..generated.types import Request
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
    """Judges the first answers of each operation, with their requests, and a sample of the rest.

    `closed`: a request may have only what the document names; otherwise, what it does not refuse.
    `tell` gets each drift, the first time that it is seen; by default it is a WARNING in the log.
    May be used by several threads.
    """

    def __init__(
        self,
        tell: Callable[[Drift], object] | None = None,
        *,
        always: int = ALWAYS,
        closed: bool = False,
    ) -> None:
        self._tell = tell or _warn
        self._always = always
        self._closed = closed
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._told: set[object] = set()

    def see(
        self,
        operation: str,
        message: ResponseLike,
        request: Request | None = None,
        *,
        surely: bool = False,
    ) -> None:
        """Judges an answer and its request, if it is their turn; `surely`: in any case. Raises nothing."""
        if not surely:
            with self._lock:
                self._seen[operation] += 1
                early = self._seen[operation] <= self._always
            if not early and random.random() >= SAMPLED:
                return
        try:
            judge = Judge.bundled()
            drifts = judge.validate_response(operation, message)
            if request is not None:
                drifts += judge.validate_call(request, message, closed=self._closed)
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
        "%s differs from %s document: %s (HTTP %d, request id %s)",
        *(("the service", "its") if drift.of == "response" else ("a request", "the")),
        drift,
        drift.status,
        drift.request_id,
    )
