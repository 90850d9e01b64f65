"""What a forked child has to forget of its parent: locks, threads and connections."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any

# Names of methods to be called in a forked child, by whose they are.
_in_child: weakref.WeakKeyDictionary[Any, list[str]] = weakref.WeakKeyDictionary()


def async_on_fork(method: Callable[[], None]) -> None:
    """Nothing: a forked child has another event loop, and `AsyncLoopBinding` sees that."""


def on_fork(method: Callable[[], None]) -> None:
    """Calls a method in each child that is forked, before anything else happens there.

    A child has none of the threads that held locks, and its connections are its parent's, who
    would be sent the answers to its requests.
    """
    owner = method.__self__  # type: ignore[attr-defined]  # it is a bound one
    _in_child.setdefault(owner, []).append(method.__name__)


def _after_fork() -> None:
    for owner, names in list(_in_child.items()):
        for name in names:
            getattr(owner, name)()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
