"""The clock that tests can move."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from spaceknow_client.emulator import EmulatorClock


def test_it_begins_at_the_real_present_and_runs() -> None:
    clock = EmulatorClock()
    assert abs(clock.time() - time.time()) < 0.1
    before = clock.monotonic()
    time.sleep(0.02)
    assert 0.01 < clock.monotonic() - before < 1


def test_advance_moves_both_times() -> None:
    clock = EmulatorClock()
    wall, monotonic = clock.time(), clock.monotonic()
    clock.advance(3600)
    assert clock.time() - wall == pytest.approx(3600, abs=1)
    assert clock.monotonic() - monotonic == pytest.approx(3600, abs=1)


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_it_never_runs_backwards(seconds: float) -> None:
    with pytest.raises(ValueError, match="forward"):
        EmulatorClock().advance(seconds)


def test_short_sleeps_are_real_and_negative_ones_none() -> None:
    clock = EmulatorClock()
    began = time.monotonic()
    clock.sleep(-5)
    clock.sleep(0)
    assert time.monotonic() - began < 0.05
    clock.sleep(0.05)
    assert time.monotonic() - began >= 0.05


def test_a_sleeping_thread_wakes_when_its_time_has_come() -> None:
    clock = EmulatorClock()
    woken: list[int] = []

    def sleeper(seconds: int) -> None:
        clock.sleep(seconds)
        woken.append(seconds)

    threads = [threading.Thread(target=sleeper, args=(seconds,)) for seconds in (10, 100)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    clock.advance(20)
    threads[0].join(2)
    assert woken == [10]
    clock.advance(100)
    threads[1].join(2)
    assert woken == [10, 100]


async def test_sleeping_tasks_wake_when_their_time_has_come() -> None:
    clock = EmulatorClock()
    short = asyncio.create_task(clock.async_sleep(10))
    long = asyncio.create_task(clock.async_sleep(100))
    cancelled = asyncio.create_task(clock.async_sleep(100))
    await clock.async_sleep(0)
    await asyncio.sleep(0.02)
    assert not short.done()
    cancelled.cancel()
    clock.advance(20)
    await asyncio.wait_for(short, 2)
    assert not long.done()
    await asyncio.to_thread(clock.advance, 100)  # from another thread
    await asyncio.wait_for(long, 2)
    assert cancelled.cancelled()
    assert not clock._waiters


async def test_a_task_sleeps_in_real_time_too() -> None:
    clock = EmulatorClock()
    began = time.monotonic()
    await clock.async_sleep(0.05)
    assert 0.05 <= time.monotonic() - began < 1


def test_loops_of_other_threads_are_woken() -> None:
    clock = EmulatorClock()
    done = threading.Event()

    def other() -> None:
        asyncio.run(clock.async_sleep(1000))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    while not clock._waiters:
        time.sleep(0.005)
    clock.advance(1000)
    thread.join(2)
    assert done.is_set()
