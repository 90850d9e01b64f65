"""The log of requests behind `Emulator.calls`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..generated.types import is_secret
from .fault import Fault

KEPT = 100_000
"""Maximum number of logged calls; the newest are kept."""


@dataclass(frozen=True)
class Call:
    """One request received by the emulator.

    Attributes:
        operation: operationId of the document, such as `kraken.release.initiate`; None for an
            unknown path, a wrong method, and OPTIONS.
        method: HTTP method, in capitals.
        path: path of the URL, without query.
        query: parameters behind the path; a list for a name that is repeated.
        headers: parameters of the operation that are headers.
        body: the parsed body (JSON, a form, or the bytes of a file), None if there was none or it could
            not be parsed.
            Passwords and tokens in it are replaced by `REDACTED`.
        status: HTTP status of the response, even if a fault lost it; 0 if a fault prevented a
            response.
        request_id: the SpaceKnow-Request-Id of the response (created, but not sent, for a login).
        at: time of the request on the emulator's clock, seconds since 1970.
        fault: the injected fault of `Emulator.fault`, if any.

    Other headers are not logged, because they contain tokens.
    """

    operation: str | None
    method: str
    path: str
    body: Any
    status: int
    request_id: str
    at: float
    fault: Fault | None = None
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class CallLog:
    """The logged calls, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def add(self, call: Call) -> None:
        """Logs a call."""
        with self._lock:
            self._calls.append(call)

    def of(self, operation: str | None) -> list[Call]:
        """The calls of an operation; for `kraken.release` those of its pair; for None all calls."""
        with self._lock:
            calls = list(self._calls)
        if operation is None:
            return calls
        names = {operation, f"{operation}.initiate", f"{operation}.retrieve"}
        return [call for call in calls if call.operation in names]


def redacted(values: Mapping[str, Any], cursors: Iterable[str]) -> dict[str, Any]:
    """Members or parameters without passwords and tokens. Cursors stay, whatever they are called."""
    return {
        name: "REDACTED" if is_secret(name) and name not in cursors else value
        for name, value in values.items()
    }
