"""The number of concurrent requests adapts to the server's 429 responses, for all calls of a client."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.transport.networks.adaptive_concurrency import AdaptiveConcurrency
from tests.conftest import Both
from tests.faults.wire import WireServer, answer, late, send

OK = answer(200, {"remainingCredit": 7})
BUSY = answer(429, {"error": "X", "errorMessage": "slow down"})


@given(
    st.integers(1, 40), st.lists(st.tuples(st.booleans(), st.sampled_from([None, 200, 429, 503])))
)
def test_slots_are_neither_lost_nor_made(most: int, moves: list[tuple[bool, int | None]]) -> None:
    """For any order of starts and ends, free and busy slots together are the window's size."""
    window = AdaptiveConcurrency(most)
    free, busy = most, list[int]()
    for begin, status in moves:
        if begin and free:
            free -= 1
            if not window.withdraws():
                busy.append(window.round)
        elif busy:
            free += window.given_back(status, busy.pop(0))
        assert 1 <= window.size <= most
        assert free >= 0
        assert free + len(busy) - window._owed == window.size
    while busy:
        free += window.given_back(None, busy.pop())
    while window.withdraws():
        free -= 1
    assert free == window.size


def test_a_burst_of_refusals_halves_once() -> None:
    window = AdaptiveConcurrency(8)
    assert [window.given_back(429, 0) for _ in range(8)].count(0) == 4
    assert window.size == 4
    window.given_back(429, window.round)
    assert window.size == 2
    for _ in range(2 + 3 + 4 + 5 + 6 + 7):
        window.given_back(200, window.round)
    assert window.size == 8


async def test_at_most_so_many_at_once(both: Both) -> None:
    count = Count()
    with WireServer([count]) as server:
        client = both.connect(
            server.environment, auth=sk.TokenAuth("t"), limits=sk.Limits(concurrency=2)
        )
        await at_once(both, client, 6)
    assert count.most == 2


async def test_a_429_makes_room_for_fewer(both: Both) -> None:
    with WireServer([late(0.05, BUSY)] * 4 + [late(0.02, OK)]) as server:
        client = both.connect(
            server.environment,
            auth=sk.TokenAuth("t"),
            limits=sk.Limits(concurrency=4),
            retry=sk.RetryPolicy(backoff=0.05),
        )
        await at_once(both, client, 4)
        assert client._transport.network.window.size == 2 + 1
        assert len(server.requests) == 8


async def test_a_retry_after_holds_for_all_calls(both: Both) -> None:
    busy = answer(429, {}, headers={"retry-after": "1"})
    with WireServer([busy, OK]) as server:
        client = both.connect(
            server.environment, auth=sk.TokenAuth("t"), limits=sk.Limits(concurrency=1)
        )
        begun = time.monotonic()
        await at_once(both, client, 10)
        assert time.monotonic() - begun >= 1
        # Without it each of the ten would have received a refusal.
        assert len(server.requests) == 11
        # A call without time to wait tries immediately.
        server.behaviors[:] = [busy, OK]
        await both.settle(client.with_options(retry=sk.RetryPolicy()).credits.remaining())
        client._transport.network.window.pause(client._transport.clock.monotonic() + 60)
        hasty = client.with_options(deadline=0.5)
        assert await both.settle(hasty.credits.remaining()) == 7


async def test_who_stands_in_line_heeds_a_retry_after_too(both: Both) -> None:
    times: list[float] = []

    def timed(connection: Any) -> bool:
        times.append(time.monotonic())
        time.sleep(0.2)  # so that the others are waiting by then
        busy = answer(429, {}, headers={"retry-after": "1"})
        return send(connection, busy if len(times) == 1 else OK)

    with WireServer([timed]) as server:
        client = both.connect(
            server.environment, auth=sk.TokenAuth("t"), limits=sk.Limits(concurrency=1)
        )
        await at_once(both, client, 3)
    assert len(times) == 4
    assert times[1] - times[0] >= 1.2


class Count:
    """Responds slowly, and counts its concurrent requests."""

    def __init__(self) -> None:
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, connection: Any) -> bool:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.1)
        with self._lock:
            self._now -= 1
        return send(connection, OK)


async def at_once(both: Both, client: Any, number: int) -> None:
    if not both.is_sync:
        assert (
            await asyncio.gather(*(client.credits.remaining() for _ in range(number)))
            == [7] * number
        )
        return
    with ThreadPoolExecutor(number) as pool:
        work = [pool.submit(client.credits.remaining) for _ in range(number)]
        assert [future.result() for future in work] == [7] * number


@pytest.mark.parametrize("number", [0, -1, True, "8"])
def test_odd_limits_are_refused(number: Any) -> None:
    with pytest.raises(sk.ConfigError, match="concurrency"):
        sk.Limits(concurrency=number)
