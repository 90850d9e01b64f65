"""Calls a function with each of many items, with a few workers and without storing results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from .concurrency import AsyncPromise, async_fan_out

T = TypeVar("T")


async def async_bounded_map(
    function: Callable[[T], AsyncPromise[None]], items: Iterable[T], limit: int
) -> None:
    """Calls `function` with each item, at most `limit` concurrently. The first error stops it.

    Items are taken as workers become free, so an endless iterable is allowed. After an error, threads
    finish their current items but take no others.
    """
    line, lock, closed = iter(items), threading.Lock(), False

    async def work(_: int) -> None:
        while True:
            with lock:
                if closed:
                    return
                try:
                    item = next(line)
                except StopIteration:
                    return
            await function(item)

    try:
        await async_fan_out(work, range(limit), limit)
    finally:
        closed = True
