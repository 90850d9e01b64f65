"""One job that a caller waits for: a task leaves it to the workers, a thread does it itself."""

from __future__ import annotations

from typing import Any

# Jobs and workers are those of `workers`, which has this as the method `one`.


async def async_do(job: Any, workers: Any, expires: float) -> None:
    """Does a job. Raises its error; TimeoutError at the moment `expires`."""
    if workers.clock.monotonic() >= expires:
        raise TimeoutError
    watch = workers.watch()
    try:
        watch.add(job)
        await watch.next(expires)
    finally:
        watch.close()


def do(job: Any, workers: Any, expires: float) -> None:
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
