"""Promise 12: a call that is canceled or timed out affects only that call, at any point."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

import spaceknow_client as sk
from tests.conftest import Both, on_every_kind
from tests.faults.leaks import Watch
from tests.faults.proxy import API, FAR, Proxy
from tests.faults.tls import TLSServer
from tests.faults.wire import WireServer, answer, send
from tests.places import CAR_PARK

SLOTS = 8
STORM = 250  # calls that are canceled, in each of five ways
AT_ONCE = 25
CREDIT = answer(200, {"remainingCredit": 12.5})
AUTH = sk.TokenAuth("t")
CLIENTS = pytest.mark.parametrize("library", [None, "aiohttp"], ids=["httpx", "aiohttp"])


def some_time(connection: socket.socket) -> bool:
    """A valid response, with or without a delay."""
    time.sleep(random.choice((0, random.uniform(0, 0.02))))
    return send(connection, CREDIT)


@contextmanager
def straight(authority: trustme.CA) -> Iterator[sk.Environment]:
    with WireServer([some_time]) as server:
        yield server.environment


@contextmanager
def secured(authority: trustme.CA) -> Iterator[sk.Environment]:
    with TLSServer(authority, [some_time]) as server:
        yield server.environment


@contextmanager
def proxied(authority: trustme.CA, scheme: str = "http") -> Iterator[sk.Environment]:
    """TLS through a proxy, and through TLS to the proxy."""
    with (
        TLSServer(authority, [some_time], API) as server,
        Proxy(
            int(server.url.rpartition(":")[2]),
            scheme=scheme,
            authority=authority if scheme == "https" else None,
        ) as proxy,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("HTTPS_PROXY", proxy.url)
        yield sk.Environment(base_url=FAR, auth_domain=FAR, client_id="test")


def through_tls(authority: trustme.CA) -> Any:
    return proxied(authority, "https")


def through_socks(authority: trustme.CA) -> Any:
    return proxied(authority, "socks5")


async def ask_in_vain(client: sk.AsyncSpaceKnow) -> None:
    """One call that is canceled at some moment: in the next turns of the loop, or later."""
    task = asyncio.ensure_future(client.credits.remaining())
    if random.random() < 0.5:
        for _ in range(random.randrange(30)):
            await asyncio.sleep(0)
    else:
        await asyncio.sleep(random.uniform(0, 0.03))
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        assert task.result() == 12.5


async def check_every_slot(client: sk.AsyncSpaceKnow) -> None:
    """As many concurrent calls as there are slots, and again, over persistent connections."""
    for _ in range(2):
        calls = (client.credits.remaining() for _ in range(SLOTS))
        assert await asyncio.gather(*calls) == [12.5] * SLOTS


@CLIENTS
@pytest.mark.parametrize("way", [straight, secured, proxied, through_tls, through_socks])
async def test_a_storm_of_cancelled_calls(
    way: Callable[[trustme.CA], Any], library: Any, authority: trustme.CA
) -> None:
    if library == "aiohttp" and way is through_socks:
        pytest.skip("aiohttp does not speak SOCKS, and the client says so")
    random.seed(16)
    with way(authority) as environment:
        async with sk.AsyncSpaceKnow(
            environment,
            auth=AUTH,
            http_client=library,
            limits=sk.Limits(concurrency=SLOTS),
            retry=sk.RetryPolicy.none(),
        ) as client:
            for _ in range(STORM // AT_ONCE):
                await asyncio.gather(*(ask_in_vain(client) for _ in range(AT_ONCE)))
            await check_every_slot(client)
    await asyncio.sleep(0.05)


@CLIENTS
async def test_a_storm_leaves_nothing_open(library: Any) -> None:
    random.seed(17)
    async with Watch():
        with WireServer([some_time]) as server:
            async with sk.AsyncSpaceKnow(
                server.environment, auth=AUTH, http_client=library, retry=sk.RetryPolicy.none()
            ) as client:
                for _ in range(8):
                    await asyncio.gather(*(ask_in_vain(client) for _ in range(AT_ONCE)))


@on_every_kind
async def test_a_storm_of_timeouts(both: Both) -> None:
    """The time of each attempt is about that of a response, so that it ends at every possible moment."""

    def slowly(connection: socket.socket) -> bool:
        time.sleep(random.uniform(0.01, 0.05))
        return send(connection, CREDIT)

    random.seed(18)
    with WireServer([slowly]) as server:
        client = both.connect(
            server.environment,
            auth=AUTH,
            timeout=0.03,
            limits=sk.Limits(concurrency=SLOTS),
            retry=sk.RetryPolicy.none(),
        )
        patient = client.with_options(timeout=10)

        def ask_in_thread(_: int) -> float | None:
            try:
                return float(client.credits.remaining())
            except sk.TransportError:  # there may be no time to connect
                return None

        async def ask() -> float | None:
            try:
                return float(await client.credits.remaining())
            except sk.TransportError:  # there may be no time to connect
                return None

        if both.is_sync:
            with ThreadPoolExecutor(SLOTS) as pool:
                found = list(pool.map(ask_in_thread, range(400)))
                well = list(pool.map(lambda _: patient.credits.remaining(), range(2 * SLOTS)))
        else:
            found = []
            for _ in range(400 // SLOTS):
                found += await asyncio.gather(*(ask() for _ in range(SLOTS)))
            well = [await patient.credits.remaining() for _ in range(SLOTS)]
            well += await asyncio.gather(*(patient.credits.remaining() for _ in range(SLOTS)))
        await both.aclose()
    assert set(found) == {None, 12.5}
    assert well == [12.5] * 2 * SLOTS


async def test_a_cancelled_release_sends_nothing_more() -> None:
    """A request that was sent is sent once, and one that was not is not sent afterwards."""
    started = answer(200, {"pipelineId": "p", "status": "NEW", "nextTry": 5})

    def late(connection: socket.socket) -> bool:
        time.sleep(0.01)
        return send(connection, started)

    random.seed(19)
    with WireServer([late]) as server:
        async with sk.AsyncSpaceKnow(server.environment, auth=AUTH) as client:
            for _ in range(50):
                run = client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)
                task = asyncio.ensure_future(run)
                await asyncio.sleep(random.uniform(0, 0.02))
                task.cancel()
                await asyncio.wait([task])
        sent = len(server.requests)
        assert 0 < sent <= 50
        await asyncio.sleep(0.1)
        assert len(server.requests) == sent
