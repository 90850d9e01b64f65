# Compiled by `python -m generator` from workers_async.py. Never edit by hand.
# ruff: noqa
"""What carries out many jobs at their times: tasks of the event loop, or threads.

A job is stepped when it is due, until it is over. There are never more workers than `most`, however
many jobs: one of them looks at the clock, the others stand in line behind it or step jobs. Workers
come when there are jobs and go when there are none left, so nothing runs while nobody waits.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Any, Protocol

from ..runtime.clock import Clock
from ..runtime.concurrency import Lock, LoopBinding, Promise
from ..runtime.crew import Crew, Signal, ends_worker
from ..runtime.fork import on_fork
from ..transport.http_messages import closed
from .due_queue import LAST_LOOK, DueQueue
from .single_job import do


class Job(Protocol):
    """Something to be done in steps. `due` is a moment of the clock."""

    @property
    def due(self) -> float:
        """When there is something to do."""
        ...

    def step(self, expires: float | None) -> Promise[bool]:
        """Does what is due, until the moment `expires`; True when the job is over."""
        ...


class Watch:
    """Jobs that one caller waits for."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._news = Signal()
        self._ended: deque[tuple[Job, BaseException | None]] = deque()
        self.closed = False
        self.left = 0

    def add(self, job: Job) -> None:
        """Lets the workers do a job."""
        self._workers.add(job, self)
        self.left += 1

    def put(self, job: Job, error: BaseException | None) -> None:
        """Notes a job that is over."""
        with self._news:
            self._ended.append((job, error))
            self._news.notify()

    def next(self, expires: float) -> Any:
        """The next job that is over. Raises its error; TimeoutError at the moment `expires`."""
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
        """Lets go of the jobs that are not over."""
        self.closed = True
        if self.left:
            self._workers.forget(self)


class Workers:
    """The workers of one client, at most `most`. They end with the calls that brought them jobs."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.clock = clock
        self._most = most
        self._home = LoopBinding()
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self._schedule: DueQueue[tuple[Job, Watch]] = DueQueue()
        self._crew = Crew()
        self._lead = Lock()
        self._changed = Signal()  # guards all of these
        self._looks_at = -inf  # when the worker that looks at the clock will do so again
        self._jobs = 0  # in the schedule, or being stepped
        self._closing = False

    def is_busy(self) -> bool:
        """Whether something is being done, or due."""
        with self._changed:
            due = self._schedule.next_due()
            return self._jobs > len(self._schedule) or (
                due is not None and due <= self.clock.monotonic()
            )

    def watch(self) -> Watch:
        """A group of jobs for one caller."""
        if self._home.has_changed():
            self._begin()
        return Watch(self)

    def add(self, job: Job, watch: Watch) -> None:
        """Takes a job in, and hires a worker if there is need and room.

        Raises ConfigError if no worker is there and none can be hired; the job is not taken in then.
        """
        with self._changed:
            if self._closing:
                watch.put(job, closed())
                return
            if len(self._crew) < min(self._most, self._jobs + 1):
                self._crew.hire(self._work)
            self._jobs += 1
            self._put((job, watch))

    def forget(self, watch: Watch) -> None:
        """Drops the jobs of a watch that was closed; what is under way ends by itself."""
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
        except BaseException as caught:  # it is raised where the job is waited for
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
        """Puts a job where its time is waited for; who looks too late at the clock is woken."""
        due = entry[0].due
        self._schedule.add(entry, due)
        if due < self._looks_at:
            self._changed.notify()

    def _next(self) -> tuple[Job, Watch] | None:
        """Waits for what is due next; None, and one worker less, when there are no jobs left."""
        # Under load something is always due: then nobody has to stand in line.
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
                self._crew.leave()
                return None

    def one(self, job: Job, expires: float) -> None:
        """Does one job. Raises its error; TimeoutError at the moment `expires`."""
        do(job, self, expires)

    def close(self) -> None:
        """Lets workers that are in the middle of a step end it, for a moment, before the connections
        go. Who waits for a job that is not over is told that the client is closed."""
        if self._home.has_changed():
            return
        with self._changed:
            self._closing = True
            while (entry := self._schedule.take(inf)) is not None:
                job, watch = entry
                self._jobs -= 1
                watch.put(job, closed())
            self._changed.notify()
        self._crew.end(LAST_LOOK)
