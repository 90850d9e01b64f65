"""Workers that carry out one function, and how they and their callers wait: as tasks, and as threads.

As in `concurrency`, each has one name in each form.
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
    """Wakes who waits for a change. `with` guards what changes: no other task runs meanwhile."""

    def __init__(self) -> None:
        import asyncio

        self._event = asyncio.Event()

    def __enter__(self) -> None:
        """Nothing has to be taken."""

    def __exit__(self, *_: object) -> None:
        """Nothing has to be given back."""

    def notify(self) -> None:
        """Tells of a change."""
        self._event.set()

    async def wait_until(self, clock: Clock, moment: float | None) -> None:
        """Waits until it is notified, or that moment of `clock`; or a bit less."""
        self._event.clear()
        await clock.async_wait(self._event, moment)


class Signal(threading.Condition):
    """As AsyncSignal, for threads, of which one at a time is in a block of `with`."""

    def wait_until(self, clock: Clock, moment: float | None) -> None:
        """Waits until it is notified, or that moment of `clock`; or a bit less."""
        clock.wait(self, moment)


class AsyncCrew:
    """Tasks that carry out a function, which says that it leaves when it finds nothing more to do."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None] | None] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def hire(self, work: AsyncStep) -> None:
        """Starts another one. Raises ConfigError if it would be the only one and cannot be started."""
        import asyncio

        self._tasks.add(asyncio.get_running_loop().create_task(self._carry_out(work)))

    async def _carry_out(self, work: AsyncStep) -> None:
        import asyncio

        me = asyncio.current_task()
        try:
            await asyncio.sleep(0)  # an eager task would begin before there is something to do
            await work()
        finally:
            self._tasks.discard(me)

    def leave(self) -> None:
        """Called by one that ends: it is not counted any more, at once."""
        import asyncio

        self._tasks.discard(asyncio.current_task())

    async def end(self, seconds: float) -> None:
        """Waits so long until they end, and cancels the others."""
        import asyncio

        tasks = [task for task in self._tasks if task and task is not asyncio.current_task()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Crew:
    """As AsyncCrew, with threads. None keeps the interpreter from ending."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()

    def __len__(self) -> int:
        return len(self._threads)

    def hire(self, work: Step) -> None:
        """Starts another one. Raises ConfigError if it would be the only one and cannot be started."""
        # With the caller's context, so that spans have their parents.
        run = contextvars.copy_context().run
        worker = threading.Thread(target=run, args=(work,), name="spaceknow", daemon=True)
        self._threads.add(worker)  # before it starts: it leaves when it ends
        try:
            worker.start()
        except RuntimeError as error:
            self._threads.discard(worker)
            if not self._threads:  # otherwise fewer do the work
                raise no_thread() from error

    def leave(self) -> None:
        """Called by one that ends: it is not counted any more."""
        self._threads.discard(threading.current_thread())

    def end(self, seconds: float) -> None:
        """Waits so long for each until it ends."""
        for worker in self._threads - {threading.current_thread()}:
            worker.join(seconds)


def async_ends_worker(error: BaseException) -> bool:
    """Whether an error is about the task that carries something out, and not about what it does:
    what is carried out may have been cancelled by something that it does itself."""
    import asyncio

    if not isinstance(error, asyncio.CancelledError):
        return not isinstance(error, Exception)
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def ends_worker(error: BaseException) -> bool:
    """Never: nothing reaches a thread from outside."""
    return False
