# Compiled by `python -m generator` from bounded_map_async.py. Never edit by hand.
# ruff: noqa
"""A function called with each of many items, by a few workers; nothing is kept of what is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from .concurrency import Promise, fan_out

T = TypeVar("T")


def bounded_map(function: Callable[[T], Promise[None]], items: Iterable[T], limit: int) -> None:
    """`function` of each item, at most `limit` at once. The first error ends it.

    Items are taken when there is a worker for them, so there may be any number. Threads that are in
    the midst of an item end by themselves after an error; none takes up another.
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
