"""What the emulator was asked: the log behind `Emulator.calls`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..generated.types import is_secret
from .fault import Fault

KEPT = 100_000
"""So many calls are remembered, the newest ones."""


@dataclass(frozen=True)
class Call:
    """One request that the emulator has read.

    Attributes:
        operation: operationId of the document, such as `kraken.release.initiate`; None for an
            unknown path, a wrong method and OPTIONS.
        method: HTTP method, in capitals.
        path: path of the URL, without query.
        query: parameters behind the path.
        body: the parsed body (JSON or form), None if there was none or it could not be parsed.
            A password or token in it reads `REDACTED`.
        status: HTTP status of the answer, also of one that a fault lost on the way; 0 where a fault
            left the request undone and unanswered.
        request_id: value of the answer's SpaceKnow-Request-Id (made, but not sent, for a login).
        at: time of the request on the emulator's clock, seconds since 1970.
        fault: what went wrong, if `Emulator.fault` had ordered it.

    Headers are not kept: they hold tokens.
    """

    operation: str | None
    method: str
    path: str
    body: Any
    status: int
    request_id: str
    at: float
    fault: Fault | None = None
    query: Mapping[str, str] = field(default_factory=dict)


class CallLog:
    """The calls so far, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def add(self, call: Call) -> None:
        """Remembers a call."""
        with self._lock:
            self._calls.append(call)

    def of(self, operation: str | None) -> list[Call]:
        """The calls of an operation; of `kraken.release` those of its pair; of None all."""
        with self._lock:
            calls = list(self._calls)
        if operation is None:
            return calls
        names = {operation, f"{operation}.initiate", f"{operation}.retrieve"}
        return [call for call in calls if call.operation in names]


def redacted(body: Any, *, is_login: bool) -> Any:
    """A body as it may be remembered: without a password or token."""
    if isinstance(body, dict):
        return {name: "REDACTED" if is_secret(name) else body[name] for name in body}
    return None if is_login else body  # a list, say, which holds who knows what
