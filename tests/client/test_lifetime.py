"""Clients that are closed, used in several event loops, watched by hooks, and interrupted."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.runtime.concurrency import async_fan_out, fan_out
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer, answer, late
from tests.places import CAR_PARK

STARTED = answer(200, {"pipelineId": "p1", "status": "NEW", "nextTry": 10**400})


@on_every_kind
async def test_a_closed_client_says_so(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    await both.settle(client.user.info())
    await both.settle(client.close() if both.is_sync else client.aclose())
    with pytest.raises(sk.ConfigError, match="closed"):
        await both.settle(client.user.info())


# The connections of the first loop end with it, unclosed: Python warns when they are collected.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("library", [None, "aiohttp"])
def test_an_async_client_works_in_one_event_loop_after_another(
    emulator: Emulator, library: Any
) -> None:
    client = emulator.async_client(http_client=library)

    async def ask(*, last: bool) -> str:
        emulator.clock.advance(11 * 3600)
        await asyncio.gather(*(client.user.info() for _ in range(20)))
        info = await client.user.info()
        if last:
            await client.aclose()
        return info.email

    assert asyncio.run(ask(last=False)) == emulator.username
    assert asyncio.run(ask(last=True)) == emulator.username
    assert len(emulator.calls("auth0.login")) == 2
    gc.collect()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("library", [None, "aiohttp"])
def test_two_event_loops_at_once_are_refused(emulator: Emulator, library: Any) -> None:
    client = emulator.async_client(http_client=library)

    async def email(*, last: bool = False) -> str:
        found = (await client.user.info()).email
        if last:
            await client.aclose()
        return found

    first = asyncio.new_event_loop()
    running = threading.Thread(target=first.run_forever)
    running.start()
    asyncio.run_coroutine_threadsafe(client.user.info(), first).result(10)
    asked = len(emulator.calls())
    with pytest.raises(sk.ConfigError, match="in use in another event loop"):
        asyncio.run(email())
    assert len(emulator.calls()) == asked
    # There it continues as before.
    asyncio.run_coroutine_threadsafe(client.user.info(), first).result(10)
    first.call_soon_threadsafe(first.stop)
    running.join()
    assert asyncio.run(email(last=True)) == emulator.username
    first.close()
    gc.collect()


FORKS_IN_A_LOOP = """
import asyncio, os, sys
import spaceknow_client as sk
url, username, password = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
client = sk.AsyncSpaceKnow(environment, auth=sk.PasswordAuth(username, password))
async def ask():
    assert (await client.user.info()).email == username
async def main():
    await ask()
    for task in (ask, client.aclose):  # the copy of this loop looks as if it were running
        child = os.fork()
        if not child:
            asyncio.run(task())
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    await ask()
    print("ok")
asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_in_an_event_loop_has_its_own(emulator: Emulator) -> None:
    arguments = [emulator.url, emulator.username, emulator.password]
    done = subprocess.run(
        [sys.executable, "-c", FORKS_IN_A_LOOP, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr


async def test_a_hook_that_fails_loses_nothing(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: Any) -> None:
        raise KeyError("in the hook")

    with WireServer([STARTED]) as server:
        hooks = sk.Hooks(on_request=broken, on_retry=broken, on_poll=broken)
        client = both.connect(server.environment, auth=sk.TokenAuth("t"), hooks=hooks)
        run = await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))
        assert run.id == "p1"
    assert "a hook failed on RequestEvent" in caplog.text
    assert caplog.records[-1].levelno == logging.ERROR


def test_the_first_error_ends_a_fan_out() -> None:
    def one(number: int) -> int:
        if number == 1:
            raise ValueError("first")
        time.sleep(2 if number == 0 else 0.01)
        return number

    begun = time.monotonic()
    with pytest.raises(ValueError, match="first"):
        fan_out(one, range(50), 4)
    assert time.monotonic() - begun < 1
    assert fan_out(lambda number: number * 2, range(50), 4) == [n * 2 for n in range(50)]
    assert fan_out(one, [], 4) == []


async def test_the_first_error_ends_an_async_fan_out() -> None:
    cancelled: list[int] = []

    async def one(number: int) -> int:
        if number == 1:
            raise ValueError("first")
        try:
            await asyncio.sleep(2 if number == 0 else 0.01)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    begun = time.monotonic()
    with pytest.raises(ValueError, match="first"):
        await async_fan_out(one, range(50), 4)
    assert time.monotonic() - begun < 1
    assert 0 in cancelled
    assert await async_fan_out(one, [], 4) == []


def test_a_refused_login_is_not_tried_for_each_waiter(emulator: Emulator) -> None:
    async def ask() -> list[Any]:
        auth = sk.PasswordAuth(emulator.username, "wrong")
        async with emulator.async_client(auth=auth) as client:
            return await asyncio.gather(
                *(client.user.info() for _ in range(20)), return_exceptions=True
            )

    assert {type(outcome) for outcome in asyncio.run(ask())} == {sk.LoginError}
    assert len(emulator.calls("auth0.login")) == 1


FORKS = """
import os, sys, threading, time
import spaceknow_client as sk
url, username, password = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
auth = sk.PasswordAuth(username, password)
client = sk.SpaceKnow(environment, auth=auth, deadline=3, limits=sk.Limits(concurrency=1))
client.user.info()
# What another thread holds while the process forks, none in the child gives back.
held = [client._transport.network._slots, client._transport.login._lock]
assert held[0].acquire(1) and held[1].acquire(1) and auth.store.try_lock()
child = os.fork()
if child:
    held[0].release(None, 0)
    held[1].release()
else:
    client._transport.login._token = None
    auth.store._tokens.clear()
for _ in range(30):
    if child:
        assert client.user.info().email == username
    else:
        assert client.credits.remaining() > 0
if not child:
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print("ok")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_shares_no_connections_and_no_locks(emulator: Emulator) -> None:
    """Both would send on one connection, and receive each other's responses."""
    arguments = [emulator.url, emulator.username, emulator.password]
    done = subprocess.run(
        [sys.executable, "-c", FORKS, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr
    assert len(emulator.calls("auth0.login")) == 2


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("library", [None, "aiohttp"])
@pytest.mark.parametrize("runs", [True, False], ids=["the loop runs", "the loop has ended"])
def test_a_client_is_closed_from_another_event_loop(
    emulator: Emulator, library: Any, runs: bool
) -> None:
    client = emulator.async_client(http_client=library)
    first = asyncio.new_event_loop()
    first.set_debug(True)  # asyncio then reports what is not thread-safe
    running = threading.Thread(target=first.run_forever)
    running.start()

    async def use() -> None:
        await asyncio.gather(*(client.user.info() for _ in range(5)))
        with pytest.raises(sk.APIError):
            await client.pipelines.wait_all(
                [client.pipelines.attach("p", operation="kraken.release")]
            )

    def end() -> None:
        first.call_soon_threadsafe(first.stop)
        running.join()
        first.close()

    asyncio.run_coroutine_threadsafe(use(), first).result(10)
    if not runs:
        end()
    asyncio.run(client.aclose())
    with pytest.raises(sk.ConfigError):
        asyncio.run(client.user.info())
    if runs:
        end()
    gc.collect()


INTERRUPTED = """
import asyncio, gc, sys
import spaceknow_client as sk
url, library, what = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="test")
auth = sk.TokenAuth("t")
def runs(client):
    return [client.pipelines.attach(f"p{n}", operation="kraken.release") for n in range(4)]
def sync():
    with sk.SpaceKnow(environment, auth=auth) as client:
        print("go", flush=True)
        client.pipelines.wait_all(runs(client)) if what == "wait" else client.credits.remaining()
async def main():
    async with sk.AsyncSpaceKnow(environment, auth=auth, http_client=library) as client:
        print("go", flush=True)
        if what == "wait":
            await client.pipelines.wait_all(runs(client))
        await client.credits.remaining()
library = None if library == "httpx" else library
try:
    sync() if library == "sync" else asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
gc.collect()
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
@pytest.mark.parametrize("what", ["call", "wait"])
@pytest.mark.parametrize("library", ["sync", "httpx", "aiohttp"])
def test_ctrl_c_leaves_no_socket_open(library: str, what: str) -> None:
    slow = late(0.7, answer(200, {"status": "PROCESSING", "nextTry": 1}))
    with (
        WireServer([slow]) as server,
        subprocess.Popen(
            [sys.executable, "-W", "always", "-c", INTERRUPTED, server.url, library, what],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as script,
    ):
        assert script.stdout is not None
        assert script.stdout.readline() == "go\n"
        while not server.requests:
            time.sleep(0.01)
        script.send_signal(signal.SIGINT)
        told, errors = script.communicate(timeout=20)
    assert told == "interrupted\n"
    assert "unclosed" not in errors
    assert "Traceback" not in errors
