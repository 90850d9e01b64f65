"""Slots for requests, in one form for asyncio and one for threads, which wait in different ways."""

from __future__ import annotations

import threading
import time

from ...runtime.concurrency import AsyncLoopBinding
from ...runtime.fork import on_fork
from .adaptive_concurrency import AdaptiveConcurrency


class AsyncSlots:
    """Limits concurrent requests to the size of a window; further requests wait in order."""

    def __init__(self, most: int) -> None:
        import asyncio

        self.window = AdaptiveConcurrency(most)
        self._slots = asyncio.Semaphore(most)
        self._home = AsyncLoopBinding()

    async def acquire(self, seconds: float) -> bool:
        """Acquires a slot; False if that takes more than `seconds`."""
        import asyncio

        if self._home.has_changed():
            self.window = AdaptiveConcurrency(self.window.most)
            self._slots = asyncio.Semaphore(self.window.most)
        while not self._slots.locked():  # no wait, so no time limit is needed
            await self._slots.acquire()
            if not self.window.withdraws():
                return True
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
                while self.window.withdraws():
                    await self._slots.acquire()
                return True
        except TimeoutError:
            return False

    def release(self, status: int | None, round: int) -> None:
        """Releases a slot after a response with `status` to a request of this round."""
        for _ in range(self.window.given_back(status, round)):
            self._slots.release()


class Slots:
    """As AsyncSlots, for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self.window = AdaptiveConcurrency(self._most)
        self._slots = threading.Semaphore(self._most)
        self._lock = threading.Lock()

    def acquire(self, seconds: float) -> bool:
        """Acquires a slot; False if that takes more than `seconds`."""
        ends = time.monotonic() + min(seconds, threading.TIMEOUT_MAX / 2)
        while self._slots.acquire(timeout=max(0.0, ends - time.monotonic())):
            with self._lock:
                if not self.window.withdraws():
                    return True
        return False

    def release(self, status: int | None, round: int) -> None:
        """Releases a slot after a response with `status` to a request of this round."""
        with self._lock:
            free = self.window.given_back(status, round)
        if free:
            self._slots.release(free)
