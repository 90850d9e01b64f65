"""The client's only source of time, so that an emulator's clock can replace the system clock."""
# ruff: noqa: D102  # methods of Clock correspond to those of `time` and `asyncio`

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    import threading

LONGEST_WAIT = 3600.0  # seconds; a waiting caller checks its condition again after that


class Clock(Protocol):
    """Monotonic seconds, seconds since 1970, and sleeping, in both forms (sync and async)."""

    def monotonic(self) -> float: ...

    def time(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    async def async_sleep(self, seconds: float) -> None: ...

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        """Waits until the condition is notified or `monotonic` reaches `until`; can return earlier."""

    async def async_wait(self, event: asyncio.Event, until: float | None) -> None:
        """Waits until the event is set or `monotonic` reaches `until`; can return earlier."""


class SystemClock:
    """The system clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def async_sleep(self, seconds: float) -> None:
        import asyncio  # not needed by the synchronous client

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
