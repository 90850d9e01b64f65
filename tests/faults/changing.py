"""Rows of the fault matrix with more than one response: tokens expire, clocks jump, many callers.

Each is a function of the kind of client and of the call (`safe` or `initiate`). It tells how the
call ended, and how often the server was asked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, EmulatorClock, Fault
from tests.conftest import Both
from tests.faults.printer import short
from tests.faults.wire import ID_TOKEN, WELL, WireServer
from tests.places import CAR_PARK, GBDX

HOURS = 3600.0
LONG = 1500.0  # real seconds; a request takes some of them, and Retry-After 2 times 120
MANY = 200
INITIATE = "kraken.release.initiate"


class SkewedClock(EmulatorClock):
    """A client's clock, a hundred times as fast as real time, whose wall time can be set.

    The server's clock goes as fast, and is never set.
    """

    def __init__(self, server: EmulatorClock) -> None:
        super().__init__()
        self._server = server
        self._over = threading.Event()
        self._hurry = threading.Thread(target=self._go)
        self.skew = 0.0

    def time(self) -> float:
        return super().time() + self.skew

    def _go(self) -> None:
        while not self._over.wait(0.01):
            self.advance(1)
            self._server.advance(1)

    def __enter__(self) -> Self:
        self._hurry.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._hurry.join()


def _call(client: Any, kind: str) -> Any:
    if kind == "safe":
        return client.credits.remaining()
    return client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)


async def _release(both: Both, client: Any) -> Any:
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    return await both.settle(
        client.kraken.release("cars", scene_ids=[scene.scene_id], extent=CAR_PARK)
    )


def _statuses(emulator: Emulator, operation: str) -> list[int]:
    return [call.status for call in emulator.calls(operation)]


async def _token_ends(both: Both, kind: str) -> str:
    """The server rejects a token that the client, whose clock is slow, considers valid."""
    with Emulator(seconds_per_pipeline=60) as emulator, SkewedClock(emulator.clock) as clock:
        polls: list[sk.PollEvent] = []

        def polled(event: sk.PollEvent) -> None:
            if event.operation == "kraken.release":
                polls.append(event)
                if len(polls) == 3:
                    emulator.clock.advance(11 * HOURS)

        client = both.of(emulator, _clock=clock, deadline=LONG, retry=sk.RetryPolicy.none())
        if kind == "safe":
            client = client.with_options(hooks=sk.Hooks(on_poll=polled))
            run = await _release(both, client)
            assert (await both.settle(run.result())).map_id
            assert _statuses(emulator, "tasking.get_status").count(401) == 1
            assert _statuses(emulator, INITIATE) == [200]
        else:
            await both.settle(client.user.info())
            emulator.clock.advance(11 * HOURS)
            await both.settle(_call(client, kind))
            assert _statuses(emulator, INITIATE) == [401, 200]
        assert _statuses(emulator, "auth0.login") == [200, 200]
        await both.aclose()
    return "ok"


def _clock_jumps(hours: float) -> Callable[[Both, str], Awaitable[str]]:
    """The machine's wall clock is set while a pipeline is running, or during its start."""

    async def jump(both: Both, kind: str) -> str:
        with Emulator(seconds_per_pipeline=60) as emulator, SkewedClock(emulator.clock) as clock:

            def told(event: object) -> None:
                clock.skew = hours * HOURS

            hooks = sk.Hooks(on_poll=told) if kind == "safe" else sk.Hooks(on_retry=told)
            client = both.of(emulator, _clock=clock, deadline=LONG).with_options(hooks=hooks)
            await both.settle(client.user.info())
            later = datetime.now(UTC) + timedelta(seconds=30)
            busy = Fault.status(429, retry_after=later, times=2)
            if kind == "initiate":
                emulator.fault(INITIATE, busy)
            run = await _release(both, client)
            assert clock.skew == hours * HOURS
            if kind == "safe":
                clock.skew = 0
                emulator.fault("tasking.get_status", WELL, busy)
            began = clock.monotonic()
            assert (await both.settle(run.result())).map_id
            assert clock.skew == hours * HOURS
            # A date from the server is not a reason to wait for hours.
            assert clock.monotonic() - began < LONG
            done = [call for call in emulator.calls(INITIATE) if call.status == 200]
            assert len(done) == 1
            # Forward: the token seems to have expired, which costs a login. Not one for each call.
            assert len(_statuses(emulator, "auth0.login")) <= (2 if hours > 0 else 1)
            await both.aclose()
        return "ok"

    return jump


async def _many_at_once(both: Both, kind: str) -> str:
    """Two hundred callers, none of which has a token."""
    slow_login = Fault.drip(0.003, of="body")
    with WireServer([slow_login, WELL]) as server:
        client = both.connect(
            server.environment, auth=sk.PasswordAuth("me@example.com", "kookaburra-7")
        )
        if both.is_sync:
            gate = threading.Barrier(MANY)

            def wait_and_call(_: int) -> Any:
                gate.wait()
                return _call(client, kind)

            with ThreadPoolExecutor(MANY) as pool:
                found = list(pool.map(wait_and_call, range(MANY)))
        else:
            found = await asyncio.gather(*(_call(client, kind) for _ in range(MANY)))
        assert len(found) == MANY
        paths = server.paths()
        assert paths.count("/oauth/ro") == 1
        assert len(paths) == MANY + 1
        bearers = {request.headers.get("authorization") for request in server.requests[1:]}
        assert bearers == {f"Bearer {ID_TOKEN}"}
        await both.aclose()
    return f"ok {MANY}"


async def _redirected(both: Both, kind: str) -> str:
    """Another host is named, to which neither the token nor a password may be sent."""
    # The effect of a POST before its redirect is unknown.
    ends: dict[Any, type[sk.SpaceKnowError]] = {
        sk.PasswordAuth("me", "kookaburra-7"): sk.InvalidResponseError,
        sk.TokenAuth("a-token-of-ours"): sk.InvalidResponseError
        if kind == "safe"
        else sk.AmbiguousRequestError,
    }
    with WireServer([WELL]) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        for status in (301, 302, 303, 307, 308):
            with WireServer([Fault.redirect(f"{elsewhere}/x", status=status)]) as server:
                for auth, error in ends.items():
                    client = both.connect(server.environment, auth=auth)
                    with pytest.raises(error, match="redirect") as caught:
                        await both.settle(_call(client, kind))
                    assert elsewhere not in str(caught.value)
                await both.aclose()
                assert len(server.requests) == len(ends)
        assert other.connections == 0
    return f"{short(error)} 1"


ROWS: dict[str, Callable[[Both, str], Awaitable[str]]] = {
    "redirect to another host": _redirected,
    "token ends while polling": _token_ends,
    "clock jumps 20 h forward": _clock_jumps(20),
    "clock jumps 20 h back": _clock_jumps(-20),
    "200 at once, one login": _many_at_once,
}
