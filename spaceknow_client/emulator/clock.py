"""The emulator's clock: real time plus the seconds added by tests."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]

_LONGEST_WAIT = 3600.0  # seconds of one wait; sleepers then check the clock again


_SHORT = 1.0  # seconds; `hurries` skips sleeps up to the shortest nextTry
_SETTLED = 0.01  # seconds without a request, after which only sleepers are left
_LOOK = 0.05  # seconds between checks of a hurrying clock during a longer sleep


class EmulatorClock:
    """A clock that runs at real speed and can be advanced.

    It starts at `now` (seconds since 1970), by default the current time. Clients of the emulator take
    their time from it, so `advance` wakes them. A clock that `hurries` advances itself to the end of a
    sleep of a second or less, while no request is being handled. Safe for all threads and event loops.
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
        """Seconds since an arbitrary time; never decreases."""
        return time.monotonic() + self._offset

    def time(self) -> float:
        """Seconds since 1970 (UTC): the current time of the emulator's world."""
        return self._began_at + (self.monotonic() - self._began)

    def advance(self, seconds: float) -> None:
        """Advances the clock by `seconds` and wakes sleepers that are due.

        Raises ValueError for a negative number.
        """
        if not seconds >= 0:
            raise ValueError(f"seconds must be at least 0, not {seconds!r}.")
        with self._moved:
            self._offset += seconds
            self._moved.notify_all()
            conditions = list(self._conditions)
            for loop, waiter in self._waiters:
                # The loop was closed, so there is no task to wake.
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_wake, waiter)
        # Outside the lock: waiting threads take the two locks in the other order.
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
        """Waits, holding the condition, for a notification, the time `until`, or an advance."""
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
        """Waits for the event, the time `until`, or an advance of the clock."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        setting = loop.create_task(event.wait())
        setting.add_done_callback(lambda _: _wake(waiter))
        try:
            await self._woken(waiter, until)
        finally:
            setting.cancel()

    async def _woken(self, waiter: asyncio.Future[None], until: float | None) -> None:
        """Waits for the waiter, the time `until`, or an advance of the clock."""
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
        """While a request is being handled the clock does not hurry."""
        with self._moved:
            self._serving += 1
        try:
            yield
        finally:
            with self._moved:
                self._serving -= 1
                self._idle_since = time.monotonic()

    def _left(self, until: float | None) -> float:
        """Real seconds to wait until a time, or less; called with `_moved` held."""
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
