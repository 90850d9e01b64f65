"""Errors that the emulator answers, and those that tests have ordered in advance."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from .statuses import status_of

T = TypeVar("T")


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


class Planned(Generic[T]):
    """Things that are to go wrong, by operation, in the order in which they were ordered."""

    def __init__(self, operations: Iterable[str]) -> None:
        self._known = set(operations)
        self._lock = threading.Lock()
        self._planned: dict[str, deque[tuple[T, int | None]]] = {}

    def __bool__(self) -> bool:
        """Whether anything is planned."""
        return bool(self._planned)

    def __contains__(self, operation: str) -> bool:
        """Whether something can be planned for it."""
        return operation in self._known

    def add(self, operation: str, item: T, times: int | None) -> None:
        """Plans something, `times` times or (None) for ever.

        Raises ValueError for an operation that the document does not have.
        """
        if operation not in self._known:
            names = ", ".join(sorted(self._known))
            raise ValueError(f"There is no operation {operation!r}; there are {names}.")
        if times is None or times > 0:
            with self._lock:
                self._planned.setdefault(operation, deque()).append((item, times))

    def take(self, operation: str) -> T | None:
        """What is next for an operation; it is used up once."""
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
    """Operations, and the pairs (`kraken.release`) that they make: a name for their pipelines."""
    return {*operations} | pairs(operations)


def pairs(operations: Iterable[str]) -> set[str]:
    """The pairs (`kraken.release`) that operations make."""
    return {name.removesuffix(".initiate") for name in operations if name.endswith(".initiate")}
