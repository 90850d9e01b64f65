"""Locks and fan-out, each under one name for asyncio and one for threads.

The synchronous half of the layer is compiled from the asynchronous one by names alone, so what
differs in more than names lives here in both forms.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AsyncLock = asyncio.Lock
Lock = threading.Lock


async def async_fan_out(
    function: Callable[[T], Awaitable[R]], items: Iterable[T], limit: int
) -> list[R]:
    """`function` of each item, at most `limit` at once; results in order. The first error ends it."""
    slots = asyncio.Semaphore(limit)

    async def one(item: T) -> R:
        async with slots:
            return await function(item)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        return [await task for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def fan_out(function: Callable[[T], R], items: Iterable[T], limit: int) -> list[R]:
    """As `async_fan_out`, with threads that live only during this call."""
    with ThreadPoolExecutor(limit, thread_name_prefix="spaceknow") as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            return [future.result() for future in futures]
        finally:
            for future in futures:
                future.cancel()
