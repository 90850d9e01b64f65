"""The emulator's clock: real time plus what tests have added to it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]

_LONGEST_WAIT = 3600.0  # of one wait; sleepers then look at the clock again


_SHORT = 1.0  # what `hurries` is about: the shortest nextTry
_SETTLED = 0.01  # seconds without a request, after which only sleeping clients are left
_LOOK = 0.05  # so often a longer sleep of a clock that hurries looks whether it has moved


class EmulatorClock:
    """A clock that runs at real speed and can be moved forward.

    It begins at `now` (seconds since 1970), by default the real present. It has the methods that the
    client takes its time from, so a client of the emulator sleeps by this clock: `advance` wakes it.
    A clock that `hurries` moves by itself to the end of a sleep of a second or less, while no request
    is being answered. May be used from all threads and event loops at once.
    """

    def __init__(self, now: float | None = None, *, hurries: bool = False) -> None:
        self._began = time.monotonic()
        self._began_at = time.time() if now is None else now
        self._hurries = hurries
        self._serving = 0
        self._idle_since = self._began
        self._offset = 0.0
        self._moved = threading.Condition()
        self._waiters: set[_Waiter] = set()
        self._conditions: set[threading.Condition] = set()

    def monotonic(self) -> float:
        """Seconds since some moment; never runs backwards."""
        return time.monotonic() + self._offset

    def time(self) -> float:
        """Seconds since 1970 (UTC): the present of the emulator's world, which has no later scenes."""
        return self._began_at + (self.monotonic() - self._began)

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by `seconds` and wakes every sleeper whose time has come.

        Raises ValueError for a negative number: monotonic time never runs backwards.
        """
        if not seconds >= 0:
            raise ValueError(f"The clock moves forward only, by {seconds!r} it cannot.")
        with self._moved:
            self._offset += seconds
            self._moved.notify_all()
            conditions = list(self._conditions)
            for loop, waiter in self._waiters:
                # A loop that was closed meanwhile has nobody left to wake.
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_wake, waiter)
        # Outside the lock: who waits takes the two the other way round.
        for condition in conditions:
            with condition:
                condition.notify_all()

    def sleep(self, seconds: float) -> None:
        """Blocks the calling thread until `seconds` have passed on this clock."""
        until = self.monotonic() + seconds
        with self._moved:
            while (left := self._left(until)) > 0:
                self._moved.wait(left)

    async def async_sleep(self, seconds: float) -> None:
        """Suspends the calling task until `seconds` have passed on this clock."""
        until = self.monotonic() + seconds
        if seconds <= 0:
            await asyncio.sleep(0)
        while self.monotonic() < until:
            await self._woken(asyncio.get_running_loop().create_future(), until)

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        """Waits, with the condition held, until it is notified, that moment, or a move of the clock."""
        with self._moved:
            self._conditions.add(condition)
            left = self._left(until)
        try:
            if left > 0:
                condition.wait(left)
        finally:
            with self._moved:
                self._conditions.discard(condition)

    async def async_wait(self, event: asyncio.Event, until: float | None) -> None:
        """Waits until the event is set, that moment, or a move of the clock."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        setting = loop.create_task(event.wait())
        setting.add_done_callback(lambda _: _wake(waiter))
        try:
            await self._woken(waiter, until)
        finally:
            setting.cancel()

    async def _woken(self, waiter: asyncio.Future[None], until: float | None) -> None:
        """Waits until the waiter is woken, that moment, or a move of the clock."""
        loop = asyncio.get_running_loop()
        with self._moved:
            self._waiters.add((loop, waiter))
            left = self._left(until)
        timer = loop.call_later(left, _wake, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            with self._moved:
                self._waiters.discard((loop, waiter))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """While a request is being answered the clock does not hurry."""
        with self._moved:
            self._serving += 1
        try:
            yield
        finally:
            with self._moved:
                self._serving -= 1
                self._idle_since = time.monotonic()

    def _left(self, until: float | None) -> float:
        """Real seconds to wait for a moment, or less; with `_moved` held."""
        if until is None:
            return _LONGEST_WAIT
        left = until - self.monotonic()
        if not self._hurries or left <= 0:
            return min(left, _LONGEST_WAIT)
        if left > _SHORT:
            return min(left - _SHORT, _LOOK)
        idle = 0.0 if self._serving else time.monotonic() - self._idle_since
        if idle < _SETTLED:
            return min(left, _SETTLED - idle)
        self._offset += left
        return 0.0


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
