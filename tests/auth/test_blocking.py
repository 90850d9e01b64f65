"""Token stores and functions of the user may block: the event loop continues, and the deadline holds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.auth.token import Token
from spaceknow_client.emulator import Emulator
from tests.conftest import Both

LONG = 30.0  # seconds after which a test fails instead of hanging
PARTS = ("load", "save", "try_lock", "password")


class Slow:
    """A shared store, with a password; one of its methods blocks until it is released."""

    def __init__(self, part: str, password: str) -> None:
        self._part = part
        self._password = password
        self._store = sk.MemoryTokenStore()
        self.entered = threading.Event()
        self.go = threading.Event()
        self.turns = 0
        self.given_back = 0

    def _block(self, part: str) -> None:
        if part == self._part and not self.go.is_set():
            self.entered.set()
            assert self.go.wait(LONG), "nobody let it go: the event loop stood still"

    def load(self, key: str) -> Token | None:
        self._block("load")
        return self._store.load(key)

    def save(self, key: str, token: Token) -> None:
        self._block("save")
        self._store.save(key, token)

    def try_lock(self) -> Callable[[], None] | None:
        self._block("try_lock")
        release = self._store.try_lock()
        if release is None:
            return None
        self.turns += 1

        def give_back() -> None:
            self.given_back += 1
            release()

        return give_back

    def password(self) -> str:
        self._block("password")
        return self._password

    async def was_entered(self) -> None:
        while not self.entered.is_set():  # noqa: ASYNC110  # it is set in a thread
            await asyncio.sleep(0.001)


def client_of(both: Both, emulator: Emulator, slow: Slow, **options: Any) -> Any:
    auth = sk.PasswordAuth(emulator.username, slow.password, slow)
    return both.of(emulator, auth=auth, **options)


@pytest.mark.kinds("async", "aiohttp")
@pytest.mark.parametrize("part", PARTS)
async def test_the_event_loop_goes_on(both: Both, emulator: Emulator, part: str) -> None:
    slow = Slow(part, emulator.password)
    client = client_of(both, emulator, slow)
    call = asyncio.create_task(client.user.info())
    await slow.was_entered()  # the event loop runs while the method blocks
    slow.go.set()
    assert (await call).email == emulator.username
    assert slow.turns == slow.given_back == 1


@pytest.mark.kinds("async", "aiohttp")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("end", ["deadline", "cancellation"])
async def test_the_deadline_is_kept_and_nothing_stays_locked(
    both: Both, emulator: Emulator, part: str, end: str
) -> None:
    slow = Slow(part, emulator.password)
    client = client_of(both, emulator, slow, deadline=0.3 if end == "deadline" else LONG)
    call = asyncio.create_task(client.user.info())
    await slow.was_entered()
    if end == "cancellation":
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    elif part == "save":  # the token is valid, but no time is left for the call itself
        with pytest.raises(sk.DeadlineExceededError):
            await call
    else:
        with pytest.raises(sk.DeadlineExceededError, match="did not return before the deadline"):
            await call
    slow.go.set()
    calm = client.with_options(deadline=LONG)
    assert (await calm.user.info()).email == emulator.username
    for _ in range(1000):
        if slow.turns == slow.given_back:
            break
        await asyncio.sleep(0.001)
    assert slow.turns == slow.given_back


@pytest.mark.kinds("async", "aiohttp")
async def test_what_a_store_raises_is_raised(both: Both, emulator: Emulator) -> None:
    class Broken(sk.MemoryTokenStore):
        pass

    class Odd:
        def load(self, key: str) -> Token | None:
            raise sk.ConfigError("the vault is closed")

        def save(self, key: str, token: Token) -> None:
            raise sk.ConfigError("the vault is closed")

    auth = sk.PasswordAuth(emulator.username, emulator.password, Odd())
    with pytest.raises(sk.ConfigError, match="the vault is closed"):
        await both.of(emulator, auth=auth).user.info()
    auth = sk.PasswordAuth(emulator.username, emulator.password, Broken())
    assert (await both.of(emulator, auth=auth).user.info()).email == emulator.username
