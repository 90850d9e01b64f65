"""A forked child drops its parent's locks, threads and connections."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any

# Names of methods to call in a forked child, by their objects.
_in_child: weakref.WeakKeyDictionary[Any, list[str]] = weakref.WeakKeyDictionary()


def async_on_fork(method: Callable[[], None]) -> None:
    """Does nothing: a forked child has another event loop, which `AsyncLoopBinding` detects."""


def on_fork(method: Callable[[], None]) -> None:
    """Registers a method to be called in each forked child, before other code runs there.

    A child has none of the threads that held locks. Its connections are shared with the parent, which
    would receive the responses to the child's requests.
    """
    owner = method.__self__  # type: ignore[attr-defined]  # it is a bound one
    _in_child.setdefault(owner, []).append(method.__name__)


def _after_fork() -> None:
    for owner, names in list(_in_child.items()):
        for name in names:
            getattr(owner, name)()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
