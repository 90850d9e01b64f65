"""Error responses of the emulator, including those that tests have planned."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from .statuses import status_of

T = TypeVar("T")


class Failure(NamedTuple):
    """An error code and its message."""

    code: str
    message: str


class AnswerError(Exception):
    """Raised to return this error as the response.

    The status is that of the code (see `statuses`) unless it is passed.
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


class Planned(Generic[T]):
    """Planned failures by operation, in order."""

    def __init__(self, operations: Iterable[str]) -> None:
        self._known = set(operations)
        self._lock = threading.Lock()
        self._planned: dict[str, deque[tuple[T, int | None]]] = {}

    def __bool__(self) -> bool:
        """Whether anything is planned."""
        return bool(self._planned)

    def __contains__(self, operation: str) -> bool:
        """Whether failures can be planned for the operation."""
        return operation in self._known

    def add(self, operation: str, item: T, times: int | None) -> None:
        """Plans a failure, `times` times or (None) forever.

        Raises ValueError for an unknown operation.
        """
        if operation not in self._known:
            names = ", ".join(sorted(self._known))
            raise ValueError(f"unknown operation {operation!r}. Expected one of: {names}.")
        if times is None or times > 0:
            with self._lock:
                self._planned.setdefault(operation, deque()).append((item, times))

    def take(self, operation: str) -> T | None:
        """The next failure of an operation; each is returned once per time planned."""
        with self._lock:
            planned = self._planned.get(operation)
            if planned is None:
                return None
            item, times = planned[0]
            if times is not None:
                planned.popleft()
                if times > 1:
                    planned.appendleft((item, times - 1))
                elif not planned:
                    del self._planned[operation]
            return item


def with_pairs(operations: Iterable[str]) -> set[str]:
    """Operations, and the names of their pipelines (`kraken.release`)."""
    return {*operations} | pairs(operations)


def pairs(operations: Iterable[str]) -> set[str]:
    """The names of pipelines (`kraken.release`) of operations."""
    return {name.removesuffix(".initiate") for name in operations if name.endswith(".initiate")}
