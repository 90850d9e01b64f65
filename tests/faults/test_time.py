"""Attempts and calls end in time, however slowly the server responds; complete responses are kept."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer, answer, late, slowly

pytestmark = on_every_kind

PLACE = sk.Extent.from_bounds(153.0, -27.4, 153.1, -27.3)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n"
BODY = b'{"remainingCredit": 1}'
STARTED = {"pipelineId": "p1", "status": "NEW", "nextTry": 0}


def options(**changes: Any) -> dict[str, Any]:
    return {"auth": sk.TokenAuth("t"), "retry": sk.RetryPolicy.none(), **changes}


@pytest.mark.parametrize("bound", ["timeout", "deadline"])
async def test_what_comes_late_does_not_begin_the_time_anew(both: Both, bound: str) -> None:
    stalled = slowly((0.8, HEAD + b"\r\n"), (5, BODY))
    with WireServer([stalled]) as server:
        bounds = {"timeout": 20, "deadline": 20, bound: 1}
        client = both.connect(server.environment, **options(**bounds))
        begun = time.monotonic()
        with pytest.raises((sk.RequestTimeoutError, sk.DeadlineExceededError)):
            await both.settle(client.credits.remaining())
        assert 0.95 <= time.monotonic() - begun < 1.5


@pytest.mark.parametrize("retry_after", ["60", "--5", "rubbish", "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_a_wait_beyond_the_deadline_is_not_begun(both: Both, retry_after: str) -> None:
    busy = Fault.status(503, code="X", retry_after=retry_after)
    with WireServer([busy]) as server:
        never = sk.RetryPolicy(backoff=100, max_attempts=2)
        client = both.connect(server.environment, **options(deadline=1, retry=never))
        started = time.monotonic()
        with pytest.raises(sk.APIError) as caught:
            await both.settle(client.credits.remaining())
        assert time.monotonic() - started < 1.1
    assert (caught.value.status, caught.value.code) == (503, "X")


async def test_429_is_waited_out_in_real_time(both: Both) -> None:
    busy = Fault.status(429, retry_after=1)
    with WireServer([busy, answer(200, STARTED)]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        started = time.monotonic()
        run = await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        assert run.id == "p1"
        assert time.monotonic() - started >= 1
        assert len(server.requests) == 2


async def test_too_large_a_request_is_not_sent(both: Both) -> None:
    with WireServer([answer(200, STARTED)]) as server:
        client = both.connect(server.environment, **options())
        with pytest.raises(sk.RequestTooLargeError, match="65536"):
            await both.settle(client.kraken.release("cars", scene_ids=["s" * 70_000], extent=PLACE))
        assert server.requests == []


async def test_what_came_whole_is_kept(both: Both) -> None:
    whole = slowly((0.2, HEAD + b"\r\n"), (0.2, BODY))
    with WireServer([whole]) as server:
        client = both.connect(server.environment, **options(timeout=0.5))
        assert await both.settle(client.credits.remaining()) == 1


SLOW_START = late(0.3, answer(200, STARTED))


async def test_waiting_for_a_slot_uses_up_no_attempt(both: Both) -> None:
    with WireServer([SLOW_START]) as server:
        client = both.connect(
            server.environment, **options(timeout=0.5, limits=sk.Limits(concurrency=1))
        )

        def start() -> Any:
            return client.kraken.release("cars", scene_ids=["s"], extent=PLACE)

        if both.is_sync:
            with ThreadPoolExecutor(5) as pool:
                runs = list(pool.map(lambda _: start(), range(5)))
        else:
            runs = await asyncio.gather(*(start() for _ in range(5)))
        assert [run.id for run in runs] == ["p1"] * 5
        assert len(server.requests) == 5


async def test_waiting_for_a_slot_uses_up_the_deadline(both: Both) -> None:
    slow = late(0.5, answer(200, {"remainingCredit": 1}))
    with WireServer([slow, Fault.silence(5)]) as server:
        client = both.connect(
            server.environment, **options(deadline=0.8, limits=sk.Limits(concurrency=1))
        )

        async def ask() -> float:
            begun = time.monotonic()
            with contextlib.suppress(sk.DeadlineExceededError, sk.RequestTimeoutError):
                if both.is_sync:
                    await asyncio.to_thread(client.credits.remaining)
                else:
                    await client.credits.remaining()
            return time.monotonic() - begun

        assert max(await asyncio.gather(ask(), ask())) < 1.1


async def test_addresses_that_do_not_answer_share_the_time(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host can have several addresses, all silent behind a firewall."""
    real = socket.getaddrinfo

    def thrice(host: Any, *arguments: Any, **options: Any) -> Any:
        return real(host, *arguments, **options) * (3 if host == "localhost" else 1)

    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = full.getsockname()
        for _ in range(4):  # new connections are neither accepted nor refused
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        monkeypatch.setattr(socket, "getaddrinfo", thrice)
        url = f"http://localhost:{address[1]}"
        environment = sk.Environment(base_url=url, auth_domain=url, client_id="test")
        client = both.connect(environment, **options(timeout=0.6))
        begun = time.monotonic()
        with pytest.raises(sk.ConnectError):
            await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        assert 0.55 <= time.monotonic() - begun < 0.9


async def test_a_release_that_found_no_slot_was_not_sent(both: Both) -> None:
    with WireServer([SLOW_START]) as server:
        client = both.connect(
            server.environment,
            **options(timeout=5, deadline=0.45, limits=sk.Limits(concurrency=1)),
        )

        async def start() -> str:
            try:
                run = await both.settle(
                    await asyncio.to_thread(release) if both.is_sync else release()
                )
            except sk.SpaceKnowError as error:
                return type(error).__name__
            return str(run.id)

        def release() -> Any:
            return client.kraken.release("cars", scene_ids=["s"], extent=PLACE)

        outcomes = await asyncio.gather(*(start() for _ in range(4)))
        unsent = outcomes.count("DeadlineExceededError")
        for _ in range(100):  # data written just before the deadline can reach the server later
            if (sent := len(server.requests)) + unsent == 4:
                break
            await asyncio.sleep(0.02)
        assert sent + unsent == 4
        assert outcomes.count("p1") + outcomes.count("AmbiguousRequestError") == sent
        assert "p1" in outcomes


async def test_the_deadline_of_a_result_bounds_its_retrieve(both: Both) -> None:
    done = answer(200, {"status": "RESOLVED"})
    with WireServer([answer(200, STARTED), done, answer(503, {"error": "X"})]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        run = await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        begun = time.monotonic()
        with pytest.raises(sk.PipelineTimeoutError) as caught:
            await both.settle(run.result(deadline=1))
        assert time.monotonic() - begun < 1.4
        assert caught.value.resume_token == run.token()


async def test_an_outage_at_the_retrieve_costs_only_time(both: Both) -> None:
    outage = [answer(503, {"error": "X"})] * 3
    result = answer(200, {"mapId": "m", "maxZoom": 19, "tiles": []})
    behaviors = [answer(200, STARTED), answer(200, {"status": "RESOLVED"}), *outage, result]
    with Emulator() as emulator, WireServer(behaviors) as server:
        client = both.connect(server.environment, **options(_clock=emulator.clock))
        run = await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        done = threading.Event()
        hurry = threading.Thread(target=hurried, args=(emulator, done))
        hurry.start()
        try:
            found = await both.settle(run.result())
        finally:
            done.set()
            hurry.join()
        assert found.map_id == "m"


def hurried(emulator: Emulator, done: threading.Event) -> None:
    while not done.wait(0.02):
        emulator.clock.advance(5)


async def test_waiting_for_anothers_login_keeps_the_deadline(both: Both) -> None:
    with WireServer([Fault.silence(3)]) as server:
        client = both.connect(
            server.environment,
            auth=sk.PasswordAuth("me@example.com", "word"),
            retry=sk.RetryPolicy.none(),
        )
        hasty = client.with_options(deadline=0.4)

        async def info(which: Any) -> None:
            if both.is_sync:
                await asyncio.to_thread(which.user.info)
            else:
                await which.user.info()

        async def ask(which: Any) -> str:
            begun = time.monotonic()
            with pytest.raises(sk.SpaceKnowError) as caught:
                await info(which)
            return f"{type(caught.value).__name__} {time.monotonic() - begun:.1f}"

        slow = asyncio.create_task(ask(client.with_options(deadline=1.5)))
        await asyncio.sleep(0.1)
        name, seconds = (await ask(hasty)).split()
        assert name == "DeadlineExceededError"
        assert 0.4 <= float(seconds) < 0.8
        await slow
