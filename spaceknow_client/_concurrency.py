"""Locks and fan-out, each under one name for asyncio and one for threads.

The synchronous half of the layer is compiled from the asynchronous one by names alone, so what
differs in more than names lives here in both forms. Each form imports what it needs when it is used:
asyncio alone would be a tenth of what a synchronous client takes to start.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
R = TypeVar("R")

Lock = threading.Lock


class AsyncLock:
    """asyncio's lock, which belongs to one event loop, made anew for each loop that uses it."""

    def __init__(self) -> None:
        import asyncio

        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def acquire(self) -> bool:
        """Takes the lock; waits until it is free."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._lock, self._loop = asyncio.Lock(), loop
        return await self._lock.acquire()

    def release(self) -> None:
        """Gives the lock back."""
        self._lock.release()


async def async_acquire(lock: AsyncLock, seconds: float) -> bool:
    """Takes the lock; False if that was not possible within `seconds`."""
    import asyncio

    try:
        async with asyncio.timeout(seconds):
            return await lock.acquire()
    except TimeoutError:
        return False


def acquire(lock: threading.Lock, seconds: float) -> bool:
    """As `async_acquire`, for threads."""
    return lock.acquire(timeout=max(0.0, min(seconds, threading.TIMEOUT_MAX)))


async def async_fan_out(
    function: Callable[[T], Awaitable[R]], items: Iterable[T], limit: int
) -> list[R]:
    """`function` of each item, at most `limit` at once; results in order. The first error ends it."""
    import asyncio

    slots = asyncio.Semaphore(limit)

    async def one(item: T) -> R:
        async with slots:
            return await function(item)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        if tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def fan_out(function: Callable[[T], R], items: Iterable[T], limit: int) -> list[R]:
    """As `async_fan_out`, with threads that live only during this call.

    After an error, and after Ctrl-C, what is under way is left to end by itself; nothing new begins.
    """
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    pool = ThreadPoolExecutor(limit, thread_name_prefix="spaceknow")
    futures = [pool.submit(function, item) for item in items]
    try:
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        results = [future.result() for future in futures]
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return results
