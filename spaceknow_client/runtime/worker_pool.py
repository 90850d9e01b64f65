"""Workers that run one function, and the signals between them and callers: as tasks and as threads.

As in `concurrency`, each class exists in both forms.
"""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING

from .concurrency import AsyncStep, Step, no_thread

if TYPE_CHECKING:
    import asyncio

    from .clock import Clock


class AsyncSignal:
    """Wakes waiting callers. A `with` block guards the state: no other task runs meanwhile."""

    def __init__(self) -> None:
        import asyncio

        self._event = asyncio.Event()

    def __enter__(self) -> None:
        """Nothing to acquire."""

    def __exit__(self, *_: object) -> None:
        """Nothing to release."""

    def notify(self) -> None:
        """Wakes all waiting callers."""
        self._event.set()

    async def wait_until(self, clock: Clock, moment: float | None) -> None:
        """Waits until notified or until `clock` reaches `moment`; can return earlier."""
        self._event.clear()
        await clock.async_wait(self._event, moment)


class Signal(threading.Condition):
    """As AsyncSignal, for threads; one thread at a time is in a `with` block."""

    def wait_until(self, clock: Clock, moment: float | None) -> None:
        """Waits until notified or until `clock` reaches `moment`; can return earlier."""
        clock.wait(self, moment)


class AsyncWorkerPool:
    """Tasks that run a function, which calls `leave` when nothing is left to do."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None] | None] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start_worker(self, work: AsyncStep) -> None:
        """Starts another worker. Raises ConfigError if it is the only one and cannot be started."""
        import asyncio

        self._tasks.add(asyncio.get_running_loop().create_task(self._carry_out(work)))

    async def _carry_out(self, work: AsyncStep) -> None:
        import asyncio

        me = asyncio.current_task()
        try:
            await asyncio.sleep(0)  # an eager task would start before there is work
            await work()
        finally:
            self._tasks.discard(me)

    def leave(self) -> None:
        """Called by a worker that ends, so that it no longer counts."""
        import asyncio

        self._tasks.discard(asyncio.current_task())

    async def end(self, seconds: float) -> None:
        """Waits up to `seconds` for workers to end, and cancels the others."""
        import asyncio

        tasks = [task for task in self._tasks if task and task is not asyncio.current_task()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class WorkerPool:
    """As AsyncWorkerPool, with daemon threads."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()

    def __len__(self) -> int:
        return len(self._threads)

    def start_worker(self, work: Step) -> None:
        """Starts another worker. Raises ConfigError if it is the only one and cannot be started."""
        # With the caller's context, so that spans have the right parents.
        run = contextvars.copy_context().run
        worker = threading.Thread(target=run, args=(work,), name="spaceknow", daemon=True)
        self._threads.add(worker)  # before it starts, because it removes itself at its end
        try:
            worker.start()
        except RuntimeError as error:
            self._threads.discard(worker)
            if not self._threads:  # otherwise the existing ones do the work
                raise no_thread() from error

    def leave(self) -> None:
        """Called by a worker that ends, so that it no longer counts."""
        self._threads.discard(threading.current_thread())

    def end(self, seconds: float) -> None:
        """Waits up to `seconds` for each worker to end."""
        for worker in self._threads - {threading.current_thread()}:
            worker.join(seconds)


def async_ends_worker(error: BaseException) -> bool:
    """Whether an error concerns the worker task itself; otherwise it concerns the function that it runs,
    which can have been canceled from within."""
    import asyncio

    if not isinstance(error, asyncio.CancelledError):
        return not isinstance(error, Exception)
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def ends_worker(error: BaseException) -> bool:
    """Always False: a thread cannot be canceled."""
    return False
