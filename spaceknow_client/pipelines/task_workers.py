"""What carries out many jobs at their times: tasks of the event loop.

A job is stepped when it is due, until it is over. There are never more workers than `most`, however
many jobs: one of them looks at the clock, the others stand in line behind it or step jobs. Workers
come when there are jobs and go when there are none left, so nothing runs while nobody waits.
What is decided (who is next) is `DueQueue`'s; this form and the one for threads differ in how they wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from math import inf
from typing import Any, Protocol, cast

from ..runtime.clock import Clock
from ..runtime.concurrency import AsyncLoopBinding
from ..transport.http_messages import closed
from .due_queue import LAST_LOOK, DueQueue


class AsyncJob(Protocol):
    """Something to be done in steps. `due` is a moment of the clock."""

    @property
    def due(self) -> float:
        """When there is something to do."""
        ...

    def step(self, expires: float | None) -> Awaitable[bool]:
        """Does what is due, until the moment `expires`; True when the job is over."""
        ...


class AsyncWatch:
    """Jobs that one caller waits for."""

    def __init__(self, workers: AsyncWorkers) -> None:
        self._workers = workers
        self._news = asyncio.Event()
        self._ended: deque[tuple[AsyncJob, BaseException | None]] = deque()
        self.closed = False
        self.left = 0

    def add(self, job: AsyncJob) -> None:
        """Lets the workers do a job."""
        self.left += 1
        self._workers.add(job, self)

    def put(self, job: AsyncJob, error: BaseException | None) -> None:
        """Notes a job that is over."""
        self._ended.append((job, error))
        self._news.set()

    async def next(self, expires: float) -> Any:
        """The next job that is over. Raises its error; TimeoutError at the moment `expires`."""
        clock = self._workers.clock
        if (now := clock.monotonic()) >= expires and self._workers.is_busy():
            expires = now + LAST_LOOK
        while not self._ended:
            self._news.clear()
            if clock.monotonic() >= expires:
                raise TimeoutError
            await clock.async_wait(self._news, expires)
        self.left -= 1
        job, error = self._ended.popleft()
        if error is not None:
            raise error
        return job

    def close(self) -> None:
        """Lets go of the jobs that are not over."""
        self.closed = True
        if self.left:
            self._workers.forget(self)


class AsyncWorkers:
    """The workers of one client, `most` tasks at most."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.clock = clock
        self._most = most
        self._home = AsyncLoopBinding()
        self._begin()

    def _begin(self) -> None:
        self._schedule: DueQueue[tuple[AsyncJob, AsyncWatch]] = DueQueue()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lead = asyncio.Lock()
        self._changed = asyncio.Event()
        self._looks_at = -inf  # when the worker that looks at the clock will do so again
        self._jobs = 0  # in the schedule, or being stepped
        self._closing = False

    def is_busy(self) -> bool:
        """Whether something is being done, or due."""
        due = self._schedule.next_due()
        return self._jobs > len(self._schedule) or (
            due is not None and due <= self.clock.monotonic()
        )

    def watch(self) -> AsyncWatch:
        """A group of jobs for one caller."""
        if self._home.has_changed():
            self._begin()
        return AsyncWatch(self)

    def add(self, job: AsyncJob, watch: AsyncWatch) -> None:
        """Takes a job in, and hires a worker if there is need and room."""
        if self._closing:
            watch.put(job, closed())
            return
        self._jobs += 1
        self._put((job, watch))
        if len(self._tasks) < min(self._most, self._jobs):
            task = asyncio.get_running_loop().create_task(self._work(self._tasks))
            if not task.done():  # as it may be where tasks begin at once (eager tasks)
                self._tasks.add(task)

    def forget(self, watch: AsyncWatch) -> None:
        """Drops the jobs of a watch that was closed; what is under way ends by itself."""
        self._jobs -= self._schedule.keep(lambda entry: entry[1] is not watch)
        self._changed.set()

    async def _work(self, team: set[asyncio.Task[Any]]) -> None:
        me = asyncio.current_task()
        try:
            while (entry := await self._next()) is not None:
                await self._step(*entry)
        finally:
            # At once, not when asyncio tells that the task is done: whoever is given the last job
            # may come with the next one before that.
            team.discard(cast("asyncio.Task[Any]", me))

    async def _step(self, job: AsyncJob, watch: AsyncWatch) -> None:
        error: BaseException | None = None
        over = True
        try:
            over = await job.step(None)
        except BaseException as caught:
            error = closed() if self._closing else caught
            if not isinstance(caught, Exception) and not _is_the_jobs(caught):
                raise
        finally:
            if over or watch.closed or self._closing:
                self._jobs -= 1
                watch.put(job, error if over else closed())
                if not self._jobs:
                    self._changed.set()
            else:
                self._put((job, watch))

    def _put(self, entry: tuple[AsyncJob, AsyncWatch]) -> None:
        """Puts a job where its time is waited for; who looks too late at the clock is woken."""
        due = entry[0].due
        self._schedule.add(entry, due)
        if due < self._looks_at:
            self._changed.set()

    async def _next(self) -> tuple[AsyncJob, AsyncWatch] | None:
        """Waits for what is due next; None when there are no jobs left."""
        # Under load something is always due: then nobody has to stand in line.
        entry = self._schedule.take(self.clock.monotonic())
        if entry is not None:
            return entry
        async with self._lead:
            while self._jobs:
                entry = self._schedule.take(self.clock.monotonic())
                if entry is not None:
                    return entry
                due = self._schedule.next_due()
                self._looks_at = inf if due is None else due
                self._changed.clear()
                try:
                    await self.clock.async_wait(self._changed, due)
                finally:
                    self._looks_at = -inf
            return None

    async def one(self, job: AsyncJob, expires: float) -> None:
        """Does one job. Raises its error; TimeoutError at the moment `expires`."""
        if self.clock.monotonic() >= expires:
            raise TimeoutError
        watch = self.watch()
        try:
            watch.add(job)
            await watch.next(expires)
        finally:
            watch.close()

    async def aclose(self) -> None:
        """Lets workers that are in the middle of a step end it, for a moment, before the connections
        go. Who waits for a job that is not over is told that the client is closed."""
        if self._home.has_changed():
            return
        self._closing = True
        while (entry := self._schedule.take(inf)) is not None:
            job, watch = entry
            self._jobs -= 1
            watch.put(job, closed())
        self._changed.set()
        tasks = self._tasks - {asyncio.current_task()}
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_LOOK)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_the_jobs(error: BaseException) -> bool:
    """Whether a job was cancelled by what it does itself, and not the worker that steps it."""
    task = asyncio.current_task() if isinstance(error, asyncio.CancelledError) else None
    return task is not None and not task.cancelling()
