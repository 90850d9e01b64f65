"""Resources that a client leaves behind: open sockets, threads, tasks, warnings."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import warnings
from types import TracebackType

PATIENCE = 2.0
"""Seconds in which threads and sockets that are ending have to be gone."""


class Watch:
    """An async context manager that fails if more is open at its end than at its start.

    Files and sockets are counted by their descriptors, before garbage is collected: what is only
    closed by chance is a leak, and Python warns of it (ResourceWarning) when it is collected.
    """

    async def __aenter__(self) -> None:
        gc.freeze()  # what is there already need not be looked through
        self._before = _alive()
        self._catch = warnings.catch_warnings(record=True)
        self._warned = self._catch.__enter__()
        warnings.simplefilter("always")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        until = time.monotonic() + PATIENCE
        # The end of a thread is not signaled.
        while (left := _alive() - self._before) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        gc.collect()
        gc.unfreeze()
        self._catch.__exit__(kind, error, traceback)
        if error is None:
            assert left == set()
            assert [str(warned.message) for warned in self._warned] == []


def _alive() -> set[object]:
    """Open descriptors, threads, and the tasks of this loop."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return {*os.listdir("/dev/fd"), *threading.enumerate(), *tasks}
