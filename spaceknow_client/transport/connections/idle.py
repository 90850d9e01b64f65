"""Idle connections, kept for the next request. Independent of sockets and HTTP.

A connection is either here or owned by the one attempt that took it. The attempt gives it back after
a complete response, and closes it in every other case.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf
from typing import Generic, Protocol, TypeVar

from .origin import Origin


class Keepable(Protocol):
    """A connection that can be kept."""

    def is_usable(self) -> bool:
        """Whether it can send a request; False if the server closed it."""
        ...

    def close(self) -> None:
        """Closes it immediately."""


C = TypeVar("C", bound=Keepable)


class IdleConnections(Generic[C]):
    """Up to `most` idle connections, each with the time until which it is kept."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._kept: list[tuple[Origin, float, C]] = []  # the most recently used one is last
        self._first_end = inf  # before this time none has expired
        self._lock = threading.Lock()
        self._is_closed = False

    def take(self, origin: Origin) -> C | None:
        """The most recently used connection to an origin, or None. The caller owns it."""
        while True:
            with self._lock:
                gone = self._sweep()
                found = next((entry for entry in reversed(self._kept) if entry[0] == origin), None)
                if found is not None:
                    self._kept.remove(found)
            for connection in gone:
                connection.close()
            if found is None or found[2].is_usable():
                return found and found[2]
            found[2].close()

    def give_back(self, origin: Origin, connection: C, seconds: float) -> None:
        """Keeps a connection for a number of seconds, and closes expired and surplus ones."""
        ends = self._clock() + seconds
        with self._lock:
            self._kept.append((origin, ends, connection))
            self._first_end = min(self._first_end, ends)
            gone = self._sweep()
        for connection in gone:
            connection.close()

    def close(self) -> None:
        """Closes all of them, and from now on every connection that is given back."""
        with self._lock:
            self._is_closed = True
            gone = self._sweep()
        for connection in gone:
            connection.close()

    def drop(self) -> None:
        """Closes all of them without the lock, which a forked child may have inherited locked."""
        kept, self._kept = self._kept, []
        for _, _, connection in kept:
            connection.close()

    def _sweep(self) -> list[C]:
        """Removes expired and surplus connections, and returns them."""
        now, most = self._clock(), 0 if self._is_closed else self._most
        if len(self._kept) <= most and now < self._first_end:
            return []
        live = [entry for entry in self._kept if entry[1] > now]
        live = live[max(0, len(live) - most) :]
        staying = {id(entry[2]) for entry in live}
        gone = [entry[2] for entry in self._kept if id(entry[2]) not in staying]
        self._kept = live
        self._first_end = min((entry[1] for entry in live), default=inf)
        return gone
