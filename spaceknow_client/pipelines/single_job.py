"""One job that a caller waits for: a task leaves it to the workers, a thread does it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .workers import Job, Workers
    from .workers_async import AsyncJob, AsyncWorkers


async def async_do(job: AsyncJob, workers: AsyncWorkers, expires: float) -> None:
    """Does a job. Raises its error; TimeoutError at the moment `expires`."""
    if workers.clock.monotonic() >= expires:
        raise TimeoutError
    watch = workers.watch()
    try:
        watch.add(job)
        await watch.next(expires)
    finally:
        watch.close()


def do(job: Job, workers: Workers, expires: float) -> None:
    """As `async_do`, in the caller's own thread."""
    clock = workers.clock
    while True:
        now = clock.monotonic()
        if now >= expires:
            raise TimeoutError
        if job.due > now:
            clock.sleep(min(job.due, expires) - now)
        elif job.step(expires):
            return
