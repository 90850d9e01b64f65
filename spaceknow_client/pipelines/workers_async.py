"""Workers that run many jobs at their due times: tasks of the event loop, or threads.

A job is stepped when it is due, until it ends. The number of workers is limited, however many jobs there
are: one worker waits for the next due time, the others wait behind it or step jobs. Workers start when
there are jobs and end when none are left.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Any, Protocol

from ..runtime.clock import Clock
from ..runtime.concurrency import AsyncLock, AsyncLoopBinding, AsyncPromise
from ..runtime.fork import async_on_fork
from ..runtime.worker_pool import AsyncSignal, AsyncWorkerPool, async_ends_worker
from ..transport.http_messages import closed
from .due_queue import LAST_LOOK, DueQueue
from .single_job import async_do


class AsyncJob(Protocol):
    """A job with steps. `due` is a time of the clock."""

    @property
    def due(self) -> float:
        """When the next step is due."""
        ...

    def step(self, expires: float | None) -> AsyncPromise[bool]:
        """Runs the due step, up to the time `expires`; True when the job has ended."""
        ...


class AsyncWatch:
    """The jobs of one waiting caller."""

    def __init__(self, workers: AsyncWorkers) -> None:
        self._workers = workers
        self._news = AsyncSignal()
        self._ended: deque[tuple[AsyncJob, BaseException | None]] = deque()
        self.closed = False
        self.left = 0

    def add(self, job: AsyncJob) -> None:
        """Passes a job to the workers."""
        self._workers.add(job, self)
        self.left += 1

    def put(self, job: AsyncJob, error: BaseException | None) -> None:
        """Records the end of a job."""
        with self._news:
            self._ended.append((job, error))
            self._news.notify()

    async def next(self, expires: float) -> Any:
        """The next ended job. Raises its error; TimeoutError at the time `expires`."""
        clock = self._workers.clock
        if (now := clock.monotonic()) >= expires and self._workers.is_busy():
            expires = now + LAST_LOOK
        with self._news:
            while not self._ended:
                if clock.monotonic() >= expires:
                    raise TimeoutError
                await self._news.wait_until(clock, expires)
            self.left -= 1
            job, error = self._ended.popleft()
        if error is not None:
            raise error
        return job

    def close(self) -> None:
        """Drops the jobs that have not ended."""
        self.closed = True
        if self.left:
            self._workers.forget(self)


class AsyncWorkers:
    """The workers of one client, at most `most`. They end with the calls that added their jobs."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.clock = clock
        self._most = most
        self._home = AsyncLoopBinding()
        self._begin()
        async_on_fork(self._begin)

    def _begin(self) -> None:
        self._schedule: DueQueue[tuple[AsyncJob, AsyncWatch]] = DueQueue()
        self._pool = AsyncWorkerPool()
        self._lead = AsyncLock()
        self._changed = AsyncSignal()  # guards all attributes below
        self._looks_at = -inf  # when the worker that waits for due times will wake
        self._jobs = 0  # scheduled, or being stepped
        self._closing = False

    def is_busy(self) -> bool:
        """Whether a step is running or due."""
        with self._changed:
            due = self._schedule.next_due()
            return self._jobs > len(self._schedule) or (
                due is not None and due <= self.clock.monotonic()
            )

    def watch(self) -> AsyncWatch:
        """A new group of jobs for one caller."""
        if self._home.has_changed():
            self._begin()
        return AsyncWatch(self)

    def add(self, job: AsyncJob, watch: AsyncWatch) -> None:
        """Adds a job, and starts a worker if needed and allowed.

        Raises ConfigError if there is no worker and none can be started; then the job is not added.
        """
        with self._changed:
            if self._closing:
                watch.put(job, closed())
                return
            if len(self._pool) < min(self._most, self._jobs + 1):
                self._pool.start_worker(self._work)
            self._jobs += 1
            self._put((job, watch))

    def forget(self, watch: AsyncWatch) -> None:
        """Drops the jobs of a closed watch; running steps finish."""
        with self._changed:
            self._jobs -= self._schedule.keep(lambda entry: entry[1] is not watch)
            self._changed.notify()

    async def _work(self) -> None:
        while (entry := await self._next()) is not None:
            await self._step(*entry)

    async def _step(self, job: AsyncJob, watch: AsyncWatch) -> None:
        error: BaseException | None = None
        over = True
        try:
            over = await job.step(None)
        except BaseException as caught:  # raised where the job is awaited
            error = closed() if self._closing else caught
            if async_ends_worker(caught):
                raise
        finally:
            with self._changed:
                is_left = over or watch.closed or self._closing
                if not is_left:
                    self._put((job, watch))
                else:
                    self._jobs -= 1
                    if not self._jobs:
                        self._changed.notify()
            if is_left:
                watch.put(job, error if over else closed())

    def _put(self, entry: tuple[AsyncJob, AsyncWatch]) -> None:
        """Schedules a job; wakes the worker that waits for a later due time."""
        due = entry[0].due
        self._schedule.add(entry, due)
        if due < self._looks_at:
            self._changed.notify()

    async def _next(self) -> tuple[AsyncJob, AsyncWatch] | None:
        """Waits for the next due job; None, and one worker fewer, if no jobs are left."""
        # Under load a job is always due, and no worker has to wait.
        with self._changed:
            entry = self._schedule.take(self.clock.monotonic())
        if entry is not None:
            return entry
        async with self._lead:
            with self._changed:
                while self._jobs:
                    entry = self._schedule.take(self.clock.monotonic())
                    if entry is not None:
                        return entry
                    due = self._schedule.next_due()
                    self._looks_at = inf if due is None else due
                    try:
                        await self._changed.wait_until(self.clock, due)
                    finally:
                        self._looks_at = -inf
                self._pool.leave()
                return None

    async def one(self, job: AsyncJob, expires: float) -> None:
        """Runs one job. Raises its error; TimeoutError at the time `expires`."""
        await async_do(job, self, expires)

    async def aclose(self) -> None:
        """Lets running steps finish for a moment before the connections close. Callers that wait for
        other jobs get the error of a closed client."""
        if self._home.has_changed():
            return
        with self._changed:
            self._closing = True
            while (entry := self._schedule.take(inf)) is not None:
                job, watch = entry
                self._jobs -= 1
                watch.put(job, closed())
            self._changed.notify()
        await self._pool.end(LAST_LOOK)
