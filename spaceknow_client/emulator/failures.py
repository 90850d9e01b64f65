"""Errors that the emulator answers, and those that tests have ordered in advance."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .statuses import status_of


class Failure(NamedTuple):
    """A machine code and the text for people."""

    code: str
    message: str


class AnswerError(Exception):
    """Raised by whatever answers a request: the answer is this error.

    The status is the code's own (see `statuses`) unless one is given.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status_of(code) if status is None else status
        self.headers = headers


class PlannedFailures:
    """Failures to come, by operation; each is used once."""

    def __init__(self, operations: Iterable[str]) -> None:
        exact = set(operations)
        pipelines = {name.removesuffix(".initiate") for name in exact if name.endswith(".initiate")}
        self._known = exact | pipelines
        self._lock = threading.Lock()
        self._planned: dict[str, deque[Failure]] = defaultdict(deque)

    def add(self, operation: str, failure: Failure, times: int) -> None:
        """Plans a failure. Raises ValueError for an operation that the document does not have."""
        if operation not in self._known:
            names = ", ".join(sorted(self._known))
            raise ValueError(f"There is no operation {operation!r}; there are {names}.")
        with self._lock:
            self._planned[operation].extend([failure] * times)

    def take(self, operation: str) -> Failure | None:
        """The next planned failure of an operation, which is then used up."""
        with self._lock:
            planned = self._planned.get(operation)
            return planned.popleft() if planned else None
