"""The emulator's clock: real time plus what tests have added to it."""

from __future__ import annotations

import asyncio
import threading
import time

_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]

_LONGEST_WAIT = 3600.0  # of one wait; sleepers then look at the clock again


class EmulatorClock:
    """A clock that begins at the real present, runs at real speed, and can be moved forward.

    It has the methods that the client takes its time from, so a client of the emulator sleeps by
    this clock: `advance` wakes it. May be used from all threads and event loops at once.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._began_at = time.time()
        self._offset = 0.0
        self._moved = threading.Condition()
        self._waiters: set[_Waiter] = set()
        self._conditions: set[threading.Condition] = set()

    def monotonic(self) -> float:
        """Seconds since some moment; never runs backwards."""
        return time.monotonic() + self._offset

    def time(self) -> float:
        """Seconds since 1970 (UTC)."""
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
            while (left := until - self.monotonic()) > 0:
                self._moved.wait(min(left, _LONGEST_WAIT))

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

    def _left(self, until: float | None) -> float:
        return _LONGEST_WAIT if until is None else min(until - self.monotonic(), _LONGEST_WAIT)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
