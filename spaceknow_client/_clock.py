"""The one seam through which the layer takes time, so that an emulator's clock can stand in for it."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds, seconds since 1970, and sleeping, in both forms."""

    def monotonic(self) -> float: ...

    def time(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    async def async_sleep(self, seconds: float) -> None: ...

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        """Waits until the condition is notified, or that moment of `monotonic`; or a bit less."""

    async def async_wait(self, event: asyncio.Event, until: float | None) -> None:
        """Waits until the event is set, or that moment of `monotonic`; or a bit less."""


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def async_sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        left = threading.TIMEOUT_MAX if until is None else until - time.monotonic()
        condition.wait(max(0.0, min(left, threading.TIMEOUT_MAX)))

    async def async_wait(self, event: asyncio.Event, until: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None if until is None else until - time.monotonic()):
                await event.wait()


SYSTEM_CLOCK = SystemClock()
