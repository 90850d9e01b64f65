"""Locks, slots, time limits and fan-out, each under one name for asyncio and one for threads.

The synchronous modules are compiled from the asynchronous ones by renaming only, so code that differs
in more than names is written here in both forms. Each form imports what it needs on first use: asyncio
would account for a tenth of the start-up time of a synchronous client.
"""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from ..errors.base import ConfigError
from .fork import on_fork

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Executor, Future

T = TypeVar("T")
R = TypeVar("R")

# The result of a function: awaited in the asynchronous form, returned directly in the other.
AsyncPromise = Awaitable[T]
Promise = Annotated[T, "returned directly"]

# An iterator that must be closed by a caller that does not exhaust it.
AsyncStream = AsyncGenerator[T, None]
Stream = Generator[T, None, None]

# A callable without arguments or a result.
AsyncStep = Callable[[], Awaitable[None]]
Step = Callable[[], None]


class AsyncLoopBinding:
    """The event loop to which objects such as connections and locks belong."""

    def __init__(self) -> None:
        from asyncio import get_running_loop

        self._running_loop = get_running_loop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0

    def has_changed(self) -> bool:
        """Whether the running loop differs from that of the last call; objects of that loop are unusable.

        Raises ConfigError while that loop is still running in another thread, because calls there would
        lose their locks and connections.
        """
        loop, before = self._running_loop(), self._loop
        if before is loop:
            return False
        # A forked child has a copy of the loop, which still seems to be running.
        process = os.getpid()
        if before is not None and before.is_running() and process == self._process:
            raise ConfigError(
                "this client is in use in another event loop, which is still running.",
                hint="Create one AsyncSpaceKnow per event loop, or use SpaceKnow, which all threads "
                "can share.",
            )
        self._loop, self._process = loop, process
        return before is not None

    async def at_home(self, step: AsyncStep) -> None:
        """Runs a step in that loop if it is running, in any thread; otherwise in the current loop."""
        import asyncio

        home = self._loop
        # A forked child has a copy of the loop, which still seems to be running.
        is_running = home is not None and home.is_running() and self._process == os.getpid()
        if home is None or not is_running or home is asyncio.get_running_loop():
            return await step()

        async def take() -> None:
            await step()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(take(), home))


class LoopBinding:
    """As AsyncLoopBinding, for threads, which share all objects."""

    def has_changed(self) -> bool:
        """Never."""
        return False

    def at_home(self, step: Step) -> None:
        """Runs a step."""
        step()


class AsyncLock:
    """asyncio's lock, which belongs to one event loop, recreated for each loop that uses it."""

    def __init__(self) -> None:
        import asyncio

        self._lock = asyncio.Lock()
        self._home = AsyncLoopBinding()

    async def acquire(self) -> bool:
        """Acquires the lock; waits until it is free."""
        import asyncio

        if self._home.has_changed():
            self._lock = asyncio.Lock()
        return await self._lock.acquire()

    def release(self) -> None:
        """Releases the lock."""
        self._lock.release()

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(self, *_: object) -> None:
        self.release()


class Lock:
    """A lock for threads. In a forked child it is free."""

    def __init__(self) -> None:
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()

    def acquire(self, timeout: float = -1) -> bool:
        """Acquires the lock; returns False if that takes more than `timeout` seconds."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        """Releases the lock."""
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


async def async_acquire(lock: AsyncLock, seconds: float) -> bool:
    """Acquires the lock; returns False if that takes more than `seconds`."""
    import asyncio

    try:
        async with asyncio.timeout(seconds):
            return await lock.acquire()
    except TimeoutError:
        return False


def acquire(lock: Lock, seconds: float) -> bool:
    """Like `async_acquire`, for threads."""
    return lock.acquire(timeout=max(0.0, min(seconds, threading.TIMEOUT_MAX)))


def async_time_limit(seconds: float) -> asyncio.Timeout:
    """Raises TimeoutError in its block after `seconds`."""
    import asyncio

    return asyncio.timeout(seconds)


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Does nothing: a thread cannot be interrupted, so network timeouts must suffice."""
    return nullcontext()


async def async_turn() -> None:
    """Waits for one iteration of the event loop."""
    import asyncio

    await asyncio.sleep(0)


def turn() -> None:
    """Does nothing: threads have no event loop."""


def no_thread() -> ConfigError:
    """The error if a thread cannot be started."""
    return ConfigError(
        "cannot start a thread: the process has reached its limit, or memory is exhausted.",
        hint="Raise the limit (`ulimit -u`, or the container's), or lower `concurrency`.",
    )


async def async_off_loop(function: Callable[..., T], *arguments: Any) -> T:
    """Calls a blocking function in a thread. Waits for its end even if canceled."""
    import asyncio

    # Not a task: the end of a loop cancels all tasks, and the thread would continue unnoticed.
    try:
        work = asyncio.get_running_loop().run_in_executor(None, partial(function, *arguments))
    except RuntimeError as error:
        raise no_thread() from error
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        work.exception()  # retrieved, so that asyncio does not warn about it
        raise cancelled
    return work.result()


def off_loop(function: Callable[..., T], *arguments: Any) -> T:
    """Like `async_off_loop`, for threads, which can block."""
    return function(*arguments)


async def async_blocking(
    function: Callable[..., T],
    *arguments: Any,
    seconds: float,
    undo: Callable[[T], object] = lambda _: None,
) -> T:
    """Calls a foreign function that can block for any time, in a separate thread.

    Raises TimeoutError after `seconds`, and the errors of the function. A thread cannot be stopped:
    a result that arrives after the caller has stopped waiting is passed to `undo`.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    given: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if error is None:
            undo(result) if given.done() else given.set_result(result)
        elif not given.done():
            given.set_exception(error)

    def work() -> None:
        result, error = None, None
        try:
            result = function(*arguments)
        except BaseException as caught:  # raised where the result is awaited
            error = caught
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:  # the loop is closed
            given.cancel()
            settle(result, error)

    run = contextvars.copy_context().run
    try:
        threading.Thread(target=run, args=(work,), daemon=True).start()
    except RuntimeError as error:
        raise no_thread() from error
    try:
        async with asyncio.timeout(seconds):
            return await given
    except BaseException:
        if given.done() and not given.cancelled() and given.exception() is None:
            undo(given.result())  # it arrived at the moment of the cancellation
        raise


def blocking(
    function: Callable[..., T],
    *arguments: Any,
    seconds: float,
    undo: Callable[[T], object] = lambda _: None,
) -> T:
    """Like `async_blocking`, for threads: blocks for as long as the function does."""
    return function(*arguments)


class AsyncPrefetch(Generic[R]):
    """A call that was started before its result is needed."""

    def __init__(self, function: Callable[[T], Awaitable[R]], item: T) -> None:
        import asyncio

        self._task = asyncio.ensure_future(function(item))

    async def result(self) -> R:
        """Waits for the result; raises the error of the call."""
        return await self._task

    def drop(self) -> None:
        """Discards the result if it is not needed."""
        # An error is retrieved, because asyncio would otherwise warn about it.
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        self._task.cancel()


class Prefetch(Generic[R]):
    """As AsyncPrefetch, with a thread; a discarded thread runs to its end."""

    def __init__(self, function: Callable[[T], R], item: T) -> None:
        from concurrent import futures

        self._future: Future[R] = futures.Future()
        run = contextvars.copy_context().run
        try:
            threading.Thread(target=run, args=(self._run, function, item), daemon=True).start()
        except RuntimeError:  # no thread is available: run the call in `result`
            self._run(function, item)

    def _run(self, function: Callable[[T], R], item: T) -> None:
        try:
            self._future.set_result(function(item))
        except BaseException as error:  # raised in `result`
            self._future.set_exception(error)

    def result(self) -> R:
        """Waits for the result; raises the error of the call."""
        return self._future.result()

    def drop(self) -> None:
        """Discards the result if it is not needed."""


async def async_fan_out(
    function: Callable[[T], Awaitable[R]], items: Iterable[T], limit: int
) -> list[R]:
    """Calls `function` with each item, at most `limit` concurrently; results in order. The first error
    stops it."""
    import asyncio

    slots = asyncio.Semaphore(limit)

    async def one(item: T) -> R:
        async with slots:
            return await function(item)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        if tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def fan_out(function: Callable[[T], R], items: Iterable[T], limit: int) -> list[R]:
    """Like `async_fan_out`, with threads that exist only during this call.

    After an error or Ctrl-C, running calls finish, and no others start.
    """
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    pool = ThreadPoolExecutor(limit, thread_name_prefix="spaceknow")
    try:
        futures = _submitted(pool, function, items)
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        results = [future.result() for future in futures]
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return results


def _submitted(pool: Executor, function: Callable[[T], R], items: Iterable[T]) -> list[Future[R]]:
    futures = []
    for item in items:
        try:
            futures.append(pool.submit(function, item))
        except RuntimeError as error:
            raise no_thread() from error
    return futures
