"""One login for any number of threads, tasks, clients and processes that need it at the same time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both

PROCESS = """
import sys
import spaceknow_client as sk
url, username, path = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
auth = sk.PasswordAuth(username, "kookaburra", sk.FileTokenStore(path))
with sk.SpaceKnow(environment, auth=auth) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    print(client.user.info().email)
"""


def logins(emulator: Emulator) -> int:
    return len(emulator.calls("auth0.login"))


def test_eight_processes_log_in_once(emulator: Emulator, tmp_path: Path) -> None:
    assert emulator.password == "kookaburra"
    arguments = [emulator.url, emulator.username, str(tmp_path / "tokens.json")]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60) for process in processes]
    assert told == [(f"{emulator.username}\n", "")] * 8
    assert logins(emulator) == 1
    assert len(emulator.calls("user.info")) == 8


def test_a_process_that_died_in_its_turn_blocks_nobody(emulator: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    code = "import os, sys, spaceknow_client as sk; sk.FileTokenStore(sys.argv[1]).try_lock(); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    auth = sk.PasswordAuth(emulator.username, emulator.password, sk.FileTokenStore(path))
    with emulator.client(auth=auth, deadline=5) as client:
        assert client.user.info().email == emulator.username


async def test_a_turn_that_does_not_end_costs_no_more_than_the_deadline(
    both: Both, emulator: Emulator
) -> None:
    store = sk.MemoryTokenStore()
    give_back = store.try_lock()
    assert give_back is not None
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    client = both.of(emulator, auth=auth, deadline=0.3)
    with pytest.raises(sk.DeadlineExceededError, match="logging in"):
        await both.settle(client.user.info())
    give_back()
    assert (await both.settle(client.user.info())).email == emulator.username


@pytest.mark.parametrize("share", ["auth", "file"])
def test_clients_of_both_kinds_log_in_once(emulator: Emulator, tmp_path: Path, share: str) -> None:
    one = sk.PasswordAuth(emulator.username, emulator.password)

    def auth() -> sk.PasswordAuth:
        if share == "auth":
            return one
        store = sk.FileTokenStore(tmp_path / "tokens.json")
        return sk.PasswordAuth(emulator.username, emulator.password, store)

    def in_thread(_: int) -> str:
        with emulator.client(auth=auth()) as client:
            return client.user.info().email

    async def in_loop() -> list[str]:
        async def in_task() -> str:
            async with emulator.async_client(auth=auth()) as client:
                return (await client.user.info()).email

        return await asyncio.gather(*(in_task() for _ in range(6)))

    with ThreadPoolExecutor(8) as pool:
        threads = pool.map(in_thread, range(6))
        emails = asyncio.run(in_loop()) + list(threads)
    assert emails == [emulator.username] * 12
    assert logins(emulator) == 1


def test_another_process_renewed_the_token(emulator: Emulator, tmp_path: Path) -> None:
    """If the server refuses a token, the client first checks the store, then logs in."""

    def client() -> sk.SpaceKnow:
        store = sk.FileTokenStore(tmp_path / "tokens.json")
        return emulator.client(auth=sk.PasswordAuth(emulator.username, emulator.password, store))

    with client() as one, client() as other:
        one.user.info()
        other.user.info()
        emulator.clock.advance(11 * 3600)
        one.user.info()
        other.user.info()
    assert logins(emulator) == 2


async def test_a_stored_login(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    stored = both.of(emulator, auth=sk.StoredAuth(store))
    with pytest.raises(sk.AuthError, match="not logged in"):
        await both.settle(stored.user.info())
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    client = both.of(emulator, auth=auth)
    await both.settle(client.user.info())
    assert (await both.settle(stored.user.info())).email == emulator.username
    named = both.of(emulator, auth=sk.StoredAuth(store, emulator.username))
    assert (await both.settle(named.user.info())).email == emulator.username
    nobody = both.of(emulator, auth=sk.StoredAuth(store, "nobody@example.com"))
    with pytest.raises(sk.AuthError, match="not logged in"):
        await both.settle(nobody.user.info())
    # The token expires; a new login by another process is used.
    emulator.clock.advance(11 * 3600)
    with pytest.raises(sk.TokenExpiredError, match="the same store"):
        await both.settle(stored.user.info())
    await both.settle(client.user.info())
    assert (await both.settle(stored.user.info())).email == emulator.username
    assert logins(emulator) == 2


async def test_a_stored_login_that_the_server_refuses(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    client = both.of(emulator, auth=sk.PasswordAuth(emulator.username, emulator.password, store))
    await both.settle(client.user.info())
    stored = both.of(emulator, auth=sk.StoredAuth(store))
    await both.settle(stored.user.info())
    emulator.fail("user.info", code="INVALID-JWT")
    with pytest.raises(sk.TokenExpiredError) as caught:
        await both.settle(stored.user.info())
    assert caught.value.request_id
    assert isinstance(caught.value.__cause__, sk.errors.InvalidJwtError)


async def test_the_stored_login_is_the_last_resort(
    both: Both, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected() -> Any:
        return both.connect(emulator.environment)

    with pytest.raises(sk.AuthError, match="SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD"):
        await both.settle(connected().user.info())
    auth = sk.PasswordAuth(emulator.username, emulator.password, sk.FileTokenStore())
    await both.settle(both.of(emulator, auth=auth).user.info())
    assert (await both.settle(connected().user.info())).email == emulator.username
    monkeypatch.setenv("SPACEKNOW_TOKEN", "bad.bad.bad")
    with pytest.raises(sk.TokenExpiredError, match="TokenAuth"):
        await both.settle(connected().user.info())


async def test_a_token_whose_time_is_over_is_renewed_on_any_401(
    both: Both, emulator: Emulator
) -> None:
    client = both.of(emulator)
    await both.settle(client.user.info())
    emulator.fail("user.info", code="NOT-AUTHORIZED")
    with pytest.raises(sk.errors.NotAuthorizedError):
        await both.settle(client.user.info())
    assert logins(emulator) == 1
    # It expires during the call: the response can call that a lack of permissions.
    ended = client._transport.login
    client._transport.login._token = type(ended._token)(ended._token.value, 1.0, -1e12)
    emulator.fail("user.info", code="NOT-AUTHORIZED")
    assert (await both.settle(client.user.info())).email == emulator.username
    assert logins(emulator) == 2
