"""The asynchronous client on aiohttp. What it has in common with httpx is tested with `both`."""

from __future__ import annotations

import asyncio
import gc
import socket
import subprocess
import sys
import threading
import time
import warnings
from typing import Any

import aiohttp
import pytest
import trustme

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.faults.tls import TLSServer
from tests.faults.wire import WireServer, answer
from tests.places import CAR_PARK

AUTH = sk.TokenAuth("t")
NEVER = sk.RetryPolicy.none()
RELEASE: dict[str, Any] = {"map_type": "cars", "scene_ids": ["s"], "extent": CAR_PARK}
CREDIT = answer(200, {"remainingCredit": 1})
STARTED = answer(200, {"pipelineId": "p1", "status": "NEW", "nextTry": 5})


def on_aiohttp(environment: sk.Environment, **options: Any) -> sk.AsyncSpaceKnow:
    return sk.AsyncSpaceKnow(environment, **{"auth": AUTH, "http_client": "aiohttp", **options})


def printed(script: str) -> str:
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_it_is_imported_only_when_it_is_asked_for() -> None:
    script = (
        "import sys, spaceknow_client as sk; sk.AsyncSpaceKnow(auth=sk.TokenAuth('t'))\n"
        "print('aiohttp' in sys.modules)"
    )
    assert printed(script) == "False"


def test_a_missing_package_names_the_extra() -> None:
    script = (
        "import sys; sys.modules['aiohttp'] = None\n"
        "import spaceknow_client as sk\n"
        "try:\n    sk.AsyncSpaceKnow(auth=sk.TokenAuth('t'), http_client='aiohttp')\n"
        "except sk.ConfigError as error:\n    print(error)\n"
    )
    assert "spaceknow-client[aiohttp]" in printed(script)


def test_one_that_is_too_old_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp, "__version__", "3.9.5")
    with pytest.raises(sk.ConfigError, match="spaceknow-client\\[aiohttp\\]"):
        on_aiohttp(sk.Environment.EMULATOR)


async def test_what_carries_no_requests_is_refused() -> None:
    unknown: Any = "requests"
    with pytest.raises(sk.ConfigError, match="ClientSession"):
        sk.AsyncSpaceKnow(auth=AUTH, http_client=unknown)
    async with aiohttp.ClientSession() as session:
        wrong: Any
        for wrong in ("aiohttp", session):
            with pytest.raises(sk.ConfigError, match="AsyncSpaceKnow"):
                sk.SpaceKnow(auth=AUTH, http_client=wrong)


async def test_a_session_of_ones_own_is_used_and_left_open(emulator: Emulator) -> None:
    seen: list[str] = []

    async def note(session: Any, context: Any, params: Any) -> None:
        seen.append(params.headers["x-mine"])

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note)
    session = aiohttp.ClientSession(headers={"x-mine": "yes"}, trace_configs=[trace])
    async with emulator.async_client(http_client=session) as client:
        assert (await client.user.info()).email == emulator.username
    assert seen == ["yes", "yes"]
    assert not session.closed
    await session.close()
    async with emulator.async_client(http_client=session) as client:
        with pytest.raises(sk.ConfigError, match="closed"):
            await client.user.info()


async def test_a_session_with_a_login_of_its_own_is_refused() -> None:
    with warnings.catch_warnings(action="ignore"):  # newer releases warn about `auth`
        session = aiohttp.ClientSession(auth=aiohttp.BasicAuth("me", "hunter2"))
    with pytest.raises(sk.ConfigError, match="replace the client's token"):
        sk.AsyncSpaceKnow(auth=AUTH, http_client=session)
    await session.close()


async def test_what_never_left_a_session_is_sent_again_and_what_may_have_is_not() -> None:
    session = aiohttp.ClientSession()
    policy = sk.RetryPolicy(max_attempts=2, backoff=0.01)
    retries: list[sk.RetryEvent] = []
    options: dict[str, Any] = {
        "http_client": session,
        "retry": policy,
        "hooks": sk.Hooks(on_retry=retries.append),
    }
    with WireServer([Fault.drop()]) as server:
        client = on_aiohttp(server.environment, **options)
        with pytest.raises(sk.AmbiguousRequestError):
            await client.kraken.release(**RELEASE)
        assert (len(server.requests), retries) == (1, [])
    with pytest.raises(sk.ConnectError):
        await client.kraken.release(**RELEASE)
    assert len(retries) == 1
    await session.close()


async def test_nothing_is_repeated_but_by_the_policy() -> None:
    """aiohttp sends a GET again, without being asked, if a persistent connection turns out to be closed."""
    user = answer(200, {"id": "7", "name": "Me", "email": "me@example.com", "permissions": []})
    with WireServer([user, Fault.drop(), user]) as server:
        async with on_aiohttp(server.environment, retry=NEVER) as client:
            await client.user.info()
            with pytest.raises(sk.TransportError):
                await client.user.info()
        assert len(server.requests) == 2


async def test_a_redirect_and_a_cookie_go_no_further_with_a_session_of_ones_own() -> None:
    with WireServer([CREDIT]) as other:
        away = answer(307, {}, headers={"location": f"{other.environment.base_url}/"})
        async with aiohttp.ClientSession() as session:
            with WireServer([away]) as server:
                client = on_aiohttp(server.environment, http_client=session)
                with pytest.raises(sk.InvalidResponseError, match="redirects"):
                    await client.credits.remaining()
        assert other.requests == []


async def test_a_call_that_is_cancelled_leaves_room_for_the_next() -> None:
    begun = threading.Event()

    def wait(connection: socket.socket) -> bool:
        begun.set()
        time.sleep(1)
        return False

    with WireServer([wait, CREDIT]) as server:
        async with on_aiohttp(server.environment, limits=sk.Limits(concurrency=1)) as client:
            task = asyncio.create_task(client.credits.remaining())
            await asyncio.to_thread(begun.wait, 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await client.credits.remaining() == 1


async def test_large_bodies_are_sent_without_a_warning() -> None:
    with WireServer([STARTED]) as server:
        async with on_aiohttp(server.environment, max_request_bytes=2**22) as client:
            await client.kraken.release("cars", scene_ids=["s" * 2**21], extent=CAR_PARK)
        assert len(server.requests[0][2]) > 2**21


def say_nothing(connection: socket.socket) -> bool:
    time.sleep(1.5)
    return False


def test_closing_leaves_nothing_behind_tls(authority: trustme.CA) -> None:
    """Unclosed sockets and transports are warnings, and those are errors here."""

    async def calls(environment: sk.Environment) -> None:
        async with on_aiohttp(environment, timeout=0.5, retry=NEVER) as client:
            await asyncio.gather(*(client.credits.remaining() for _ in range(8)))
            with pytest.raises(sk.RequestTimeoutError):
                await client.credits.remaining()

    with TLSServer(authority, [*[CREDIT] * 8, say_nothing]) as server:
        asyncio.run(calls(server.environment), debug=True)
        gc.collect()
        assert len(server.requests) == 9


async def test_a_server_that_is_not_trusted_sees_nothing(authority: trustme.CA) -> None:
    retries: list[sk.RetryEvent] = []
    with TLSServer(trustme.CA(), [STARTED]) as server:
        async with on_aiohttp(
            server.environment,
            retry=sk.RetryPolicy(max_attempts=2, backoff=0.01),
            hooks=sk.Hooks(on_retry=retries.append),
        ) as client:
            with pytest.raises(sk.ConnectError, match="not trusted"):
                await client.kraken.release(**RELEASE)
        assert server.requests == []
    assert len(retries) == 1


async def test_a_release_is_repeated_when_the_handshake_failed(authority: trustme.CA) -> None:
    """The first connection supports no TLS; nothing of the request was written."""
    with TLSServer(authority, [STARTED]) as server:
        serve = server._serve
        connections: list[socket.socket] = []

        def first_badly(connection: socket.socket) -> None:
            connections.append(connection)
            if len(connections) > 1:
                return serve(connection)
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0\r\n")
            return None

        server._serve = first_badly  # type: ignore[method-assign]
        policy = sk.RetryPolicy(backoff=0.01)
        async with on_aiohttp(server.environment, retry=policy) as client:
            assert (await client.kraken.release(**RELEASE)).id == "p1"
        assert (len(connections), len(server.requests)) == (2, 1)


async def test_a_hook_of_a_session_that_raises_for_a_status_keeps_it() -> None:
    async def check(session: Any, context: Any, params: Any) -> None:
        params.response.raise_for_status()

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(check)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        with WireServer([answer(402, {"error": "NOT-ENOUGH-CREDITS"})]) as server:
            client = on_aiohttp(server.environment, http_client=session)
            with pytest.raises(sk.APIError) as caught:
                await client.kraken.release(**RELEASE)
            assert (caught.value.status, len(server.requests)) == (402, 1)
