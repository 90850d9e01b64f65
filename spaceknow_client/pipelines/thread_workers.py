"""What carries out many jobs at their times: threads.

As `async_workers`, which see; this form and that one differ in how they wait.
"""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from typing import Any, Protocol

from ..runtime.clock import Clock
from ..runtime.concurrency import no_thread, on_fork
from .due_queue import LAST_LOOK, DueQueue


class Job(Protocol):
    """Something to be done in steps. `due` is a moment of the clock."""

    @property
    def due(self) -> float:
        """When there is something to do."""
        ...

    def step(self, expires: float | None) -> bool:
        """Does what is due, until the moment `expires`; True when the job is over."""
        ...


class Watch:
    """Jobs that one caller waits for."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._news = threading.Condition()
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
                clock.wait(self._news, expires)
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
    """The workers of one client, `most` threads at most. They end with the calls that brought them jobs.

    A thread that is in the middle of a step does not keep the interpreter from ending: a status
    that nobody waits for is worth nothing.
    """

    def __init__(self, clock: Clock, most: int) -> None:
        self.clock = clock
        self._most = most
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self._schedule: DueQueue[tuple[Job, Watch]] = DueQueue()
        self._team: set[threading.Thread] = set()
        self._lead = threading.Lock()
        self._changed = threading.Condition()  # guards all of these
        self._jobs = 0

    def is_busy(self) -> bool:
        """Whether something is being done, or due."""
        with self._changed:
            due = self._schedule.next_due()
            return self._jobs > len(self._schedule) or (
                due is not None and due <= self.clock.monotonic()
            )

    def watch(self) -> Watch:
        """A group of jobs for one caller."""
        return Watch(self)

    def add(self, job: Job, watch: Watch) -> None:
        """Adds a job, and starts a worker thread if one is needed and allowed.

        Raises ConfigError if no worker is running and none can be started; the job is not added.
        """
        with self._changed:
            if len(self._team) < min(self._most, self._jobs + 1):
                self._hire()
            self._jobs += 1
            self._schedule.add((job, watch), job.due)
            self._changed.notify()

    def _hire(self) -> None:
        # With the caller's context, so that spans have their parents.
        run, work = contextvars.copy_context().run, self._work
        worker = threading.Thread(target=run, args=(work,), name="spaceknow", daemon=True)
        self._team.add(worker)  # before it starts: it removes itself when it ends
        try:
            worker.start()
        except RuntimeError as error:
            self._team.discard(worker)
            if not self._team:  # otherwise fewer workers do the jobs
                raise no_thread() from error

    def forget(self, watch: Watch) -> None:
        """Drops the jobs of a watch that was closed; what is under way ends by itself."""
        with self._changed:
            self._jobs -= self._schedule.keep(lambda entry: entry[1] is not watch)
            self._changed.notify()

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            job, watch = entry
            error: BaseException | None = None
            over = True
            try:
                over = job.step(None)
            except BaseException as caught:  # it is raised where it is waited for
                error = caught
            over = over or watch.closed
            with self._changed:
                if over:
                    self._jobs -= 1
                else:
                    self._schedule.add(entry, job.due)
                self._changed.notify()
            if over:
                watch.put(job, error)

    def _next(self) -> tuple[Job, Watch] | None:
        """Waits for what is due next; None, and one worker less, when there are no jobs left."""
        with self._lead, self._changed:
            while self._jobs:
                entry = self._schedule.take(self.clock.monotonic())
                if entry is not None:
                    return entry
                self.clock.wait(self._changed, self._schedule.next_due())
            self._team.discard(threading.current_thread())
            return None

    def one(self, job: Job, expires: float) -> None:
        """Does one job, in the caller's own thread. Raises its error; TimeoutError as above."""
        while True:
            now = self.clock.monotonic()
            if now >= expires:
                raise TimeoutError
            if job.due > now:
                self.clock.sleep(min(job.due, expires) - now)
            elif job.step(expires):
                return

    def close(self) -> None:
        """Lets threads that are in the middle of a step end it, before the connections go."""
        with self._changed:
            team = list(self._team)
        for worker in team:
            if worker is not threading.current_thread():
                worker.join(LAST_LOOK)
