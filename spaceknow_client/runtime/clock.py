"""The one seam through which the layer takes time, so that an emulator's clock can stand in for it."""
# ruff: noqa: D102  # the methods of Clock mean what those of `time` and `asyncio` mean

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    import threading

LONGEST_WAIT = 3600.0  # seconds; who waits looks again then


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
        import asyncio  # which the synchronous client does without

        await asyncio.sleep(seconds)

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        left = LONGEST_WAIT if until is None else until - time.monotonic()
        condition.wait(max(0.0, min(left, LONGEST_WAIT)))

    async def async_wait(self, event: asyncio.Event, until: float | None) -> None:
        import asyncio

        with suppress(TimeoutError):
            async with asyncio.timeout(None if until is None else until - time.monotonic()):
                await event.wait()


SYSTEM_CLOCK = SystemClock()
