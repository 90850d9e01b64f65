"""The clock that tests can advance."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import date, datetime, timedelta, timezone
from typing import Any

import jwt
import pytest

from spaceknow_client.emulator import Emulator, EmulatorClock
from tests.conftest import Both
from tests.places import PARK

from .conftest import Api, code


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
    with pytest.raises(ValueError, match="at least 0"):
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


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (date(1970, 1, 2), 86_400),
        (datetime(1970, 1, 2, 12), 129_600),
        (datetime(1970, 1, 2, 12, tzinfo=timezone(timedelta(hours=10))), 93_600),
        ("1970-01-02", 86_400),
        ("1970-01-02T12:00+10:00", 93_600),
    ],
)
def test_the_present_can_be_chosen(now: date | str, seconds: float) -> None:
    clock = Emulator(now=now).clock
    assert 0 <= clock.time() - seconds < 5
    clock.advance(3600)
    assert 3600 <= clock.time() - seconds < 3605


@pytest.mark.parametrize("now", ["yesterday", "2018-13-01", "", 5, True])
def test_a_present_that_is_none_is_refused(now: Any) -> None:
    with pytest.raises(ValueError, match="now must be a date, a datetime or a string"):
        Emulator(now=now)


@pytest.mark.parametrize("now", [date(1969, 5, 5), datetime.max, datetime.min, date(2200, 1, 1)])
def test_a_present_without_scenes_is_refused(now: Any) -> None:
    with pytest.raises(ValueError, match="now must be between"):
        Emulator(now=now)


def test_tokens_are_of_the_machines_time() -> None:
    # Other programs compare them with their own clocks.
    with Emulator(seconds_per_pipeline=0, now=date(2012, 1, 1)) as emu, Api(emu) as api:
        claims = jwt.decode(api.token, options={"verify_signature": False})
        assert claims["iat"] == pytest.approx(time.time(), abs=60)
        emu.clock.advance(claims["exp"] - claims["iat"] + 1)
        assert code(api.post("/user/info"))[1] == "INVALID-JWT"


def ahead(clock: EmulatorClock) -> float:
    """How far a clock was advanced, in seconds."""
    return clock.monotonic() - time.monotonic()


def test_a_hurried_clock_ends_short_sleeps_alone() -> None:
    clock = EmulatorClock(hurries=True)
    began = time.monotonic()
    for _ in range(20):
        clock.sleep(1)
    assert ahead(clock) > 10
    assert clock.monotonic() - began >= 20
    with clock.serving():  # a request is running, and its outcome is unknown
        began = time.monotonic()
        clock.sleep(0.3)
        assert time.monotonic() - began >= 0.3
    began, before = time.monotonic(), ahead(clock)
    clock.sleep(1.3)
    assert time.monotonic() - began >= 0.3
    assert ahead(clock) > before


async def test_a_hurried_clock_ends_short_waits_of_tasks() -> None:
    clock = EmulatorClock(hurries=True)
    for _ in range(10):
        await clock.async_sleep(1)
        until = clock.monotonic() + 1
        while clock.monotonic() < until:
            await clock.async_wait(asyncio.Event(), until)
    assert ahead(clock) > 10


async def test_clients_of_the_emulator_do_not_wait_for_next_try(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        client = both.of(emu)
        search = {"provider": "gbdx", "dataset": "idaho-pansharpened", "extent": PARK}
        scenes = await both.items_of(client.imagery.search(**search).limit(60))
        assert len(scenes) == 60
        for scene in scenes[:9]:
            run = await both.settle(
                client.kraken.release("cars", scene_ids=[scene.scene_id], extent=PARK)
            )
            await both.settle(run.result())
        # Each of twelve pipelines would take a second.
        states = emu.calls("tasking.get_status")
        assert len(states) == 12
        assert ahead(emu.clock) > 5  # it was advanced instead for most of them
