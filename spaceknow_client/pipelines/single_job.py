"""A single job that a caller waits for: in asyncio the workers run it, in threads the caller does."""

from __future__ import annotations

from typing import Any

# Jobs and workers are those of `workers`, which uses this as its method `one`.


async def async_do(job: Any, workers: Any, expires: float) -> None:
    """Runs a job. Raises its error; TimeoutError at the time `expires`."""
    if workers.clock.monotonic() >= expires:
        raise TimeoutError
    watch = workers.watch()
    try:
        watch.add(job)
        await watch.next(expires)
    finally:
        watch.close()


def do(job: Any, workers: Any, expires: float) -> None:
    """Like `async_do`, in the thread of the caller."""
    clock = workers.clock
    while True:
        now = clock.monotonic()
        if now >= expires:
            raise TimeoutError
        if job.due > now:
            clock.sleep(min(job.due, expires) - now)
        elif job.step(expires):
            return
