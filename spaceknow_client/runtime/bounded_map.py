# Compiled by `python -m generator` from bounded_map_async.py. Never edit by hand.
# ruff: noqa
"""Calls a function with each of many items, with a few workers and without storing results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from .concurrency import Promise, fan_out

T = TypeVar("T")


def bounded_map(function: Callable[[T], Promise[None]], items: Iterable[T], limit: int) -> None:
    """Calls `function` with each item, at most `limit` concurrently. The first error stops it.

    Items are taken as workers become free, so an endless iterable is allowed. After an error, threads
    finish their current items but take no others.
    """
    line, lock, closed = iter(items), threading.Lock(), False

    def work(_: int) -> None:
        while True:
            with lock:
                if closed:
                    return
                try:
                    item = next(line)
                except StopIteration:
                    return
            function(item)

    try:
        fan_out(work, range(limit), limit)
    finally:
        closed = True
