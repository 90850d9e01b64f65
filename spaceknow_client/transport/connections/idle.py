"""Connections that wait for their next request. Pure: it knows neither sockets nor HTTP.

A connection is in one place at a time: here, or with the one caller that has taken it. Whoever has
it gives it back after a whole response, and closes it after anything else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf
from typing import Generic, Protocol, TypeVar

from .origin import Origin


class Keepable(Protocol):
    """What can be kept."""

    def is_usable(self) -> bool:
        """Whether a request can be sent over it; False once the server has closed it."""
        ...

    def close(self) -> None:
        """Closes it, without waiting for anything."""


C = TypeVar("C", bound=Keepable)


class IdleConnections(Generic[C]):
    """Connections that nobody uses, `most` at most, and the moment until which each is kept."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._kept: list[tuple[Origin, float, C]] = []  # the one given back last is at the end
        self._first_end = inf  # before this moment none of them has to go
        self._lock = threading.Lock()
        self._is_closed = False

    def take(self, origin: Origin) -> C | None:
        """The connection to an origin that was used last, or None. It is the caller's from now on."""
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
        """Keeps a connection for so many seconds, and closes what is too much."""
        ends = self._clock() + seconds
        with self._lock:
            self._kept.append((origin, ends, connection))
            self._first_end = min(self._first_end, ends)
            gone = self._sweep()
        for connection in gone:
            connection.close()

    def close(self) -> None:
        """Closes all of them, and from now on each that is given back."""
        with self._lock:
            self._is_closed = True
            gone = self._sweep()
        for connection in gone:
            connection.close()

    def drop(self) -> None:
        """Closes all of them without a lock: in a forked child nobody would give it back."""
        kept, self._kept = self._kept, []
        for _, _, connection in kept:
            connection.close()

    def _sweep(self) -> list[C]:
        """Takes out what is kept no longer: its time is over, or there are too many."""
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
