# Compiled by `python -m generator` from workers_async.py. Never edit by hand.
# ruff: noqa
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
from ..runtime.concurrency import Lock, LoopBinding, Promise
from ..runtime.fork import on_fork
from ..runtime.worker_pool import Signal, WorkerPool, ends_worker
from ..transport.http_messages import closed
from .due_queue import LAST_LOOK, DueQueue
from .single_job import do


class Job(Protocol):
    """A job with steps. `due` is a time of the clock."""

    @property
    def due(self) -> float:
        """When the next step is due."""
        ...

    def step(self, expires: float | None) -> Promise[bool]:
        """Runs the due step, up to the time `expires`; True when the job has ended."""
        ...


class Watch:
    """The jobs of one waiting caller."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._news = Signal()
        self._ended: deque[tuple[Job, BaseException | None]] = deque()
        self.closed = False
        self.left = 0

    def add(self, job: Job) -> None:
        """Passes a job to the workers."""
        self._workers.add(job, self)
        self.left += 1

    def put(self, job: Job, error: BaseException | None) -> None:
        """Records the end of a job."""
        with self._news:
            self._ended.append((job, error))
            self._news.notify()

    def next(self, expires: float) -> Any:
        """The next ended job. Raises its error; TimeoutError at the time `expires`."""
        clock = self._workers.clock
        if (now := clock.monotonic()) >= expires and self._workers.is_busy():
            expires = now + LAST_LOOK
        with self._news:
            while not self._ended:
                if clock.monotonic() >= expires:
                    raise TimeoutError
                self._news.wait_until(clock, expires)
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


class Workers:
    """The workers of one client, at most `most`. They end with the calls that added their jobs."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.clock = clock
        self._most = most
        self._home = LoopBinding()
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self._schedule: DueQueue[tuple[Job, Watch]] = DueQueue()
        self._pool = WorkerPool()
        self._lead = Lock()
        self._changed = Signal()  # guards all attributes below
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

    def watch(self) -> Watch:
        """A new group of jobs for one caller."""
        if self._home.has_changed():
            self._begin()
        return Watch(self)

    def add(self, job: Job, watch: Watch) -> None:
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

    def forget(self, watch: Watch) -> None:
        """Drops the jobs of a closed watch; running steps finish."""
        with self._changed:
            self._jobs -= self._schedule.keep(lambda entry: entry[1] is not watch)
            self._changed.notify()

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            self._step(*entry)

    def _step(self, job: Job, watch: Watch) -> None:
        error: BaseException | None = None
        over = True
        try:
            over = job.step(None)
        except BaseException as caught:  # raised where the job is awaited
            error = closed() if self._closing else caught
            if ends_worker(caught):
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

    def _put(self, entry: tuple[Job, Watch]) -> None:
        """Schedules a job; wakes the worker that waits for a later due time."""
        due = entry[0].due
        self._schedule.add(entry, due)
        if due < self._looks_at:
            self._changed.notify()

    def _next(self) -> tuple[Job, Watch] | None:
        """Waits for the next due job; None, and one worker fewer, if no jobs are left."""
        # Under load a job is always due, and no worker has to wait.
        with self._changed:
            entry = self._schedule.take(self.clock.monotonic())
        if entry is not None:
            return entry
        with self._lead:
            with self._changed:
                while self._jobs:
                    entry = self._schedule.take(self.clock.monotonic())
                    if entry is not None:
                        return entry
                    due = self._schedule.next_due()
                    self._looks_at = inf if due is None else due
                    try:
                        self._changed.wait_until(self.clock, due)
                    finally:
                        self._looks_at = -inf
                self._pool.leave()
                return None

    def one(self, job: Job, expires: float) -> None:
        """Runs one job. Raises its error; TimeoutError at the time `expires`."""
        do(job, self, expires)

    def close(self) -> None:
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
        self._pool.end(LAST_LOOK)
