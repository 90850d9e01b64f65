"""Clients that are closed, used in several event loops, watched by hooks, and interrupted."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
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
from tests.faults.wire import WireServer, answer
from tests.places import CAR_PARK

STARTED = answer(200, {"pipelineId": "p1", "status": "NEW", "nextTry": 10**400})


@on_every_kind
async def test_a_closed_client_says_so(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    await both.settle(client.user.info())
    await both.settle(client.close() if both.is_sync else client.aclose())
    with pytest.raises(sk.ConfigError, match="closed"):
        await both.settle(client.user.info())


# The connections of the first loop end with it, unclosed: Python says so when they are collected.
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
    # There it goes on as before.
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
    child = os.fork()
    if not child:
        asyncio.run(ask())
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
    """Both would send over one connection, and be given each other's answers."""
    arguments = [emulator.url, emulator.username, emulator.password]
    done = subprocess.run(
        [sys.executable, "-c", FORKS, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr
    assert len(emulator.calls("auth0.login")) == 2
