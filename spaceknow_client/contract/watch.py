"""Validates a client's requests and responses, and reports each difference once."""

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
"""The first responses of each operation are all validated, up to this number."""
SAMPLED = 0.02
"""The share of later responses that are validated."""
REMEMBERED = 10_000
"""Maximum number of reported differences."""

log = logging.getLogger("spaceknow_client")


class ContractWatch:
    """Validates the first responses of each operation with their requests, and a sample of the rest.

    `closed`: a request may have only documented members; otherwise any that its schema allows.
    `tell` is called with each difference, the first time that it is found; by default it is logged
    as a WARNING. Thread-safe.
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
        """Validates a response and its request if they are in the sample, or if `surely`.

        Raises nothing.
        """
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
        except Exception:  # validation must not make a call fail
            log.exception("a response of %s could not be validated", operation)
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
