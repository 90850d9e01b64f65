"""Persistent connections: each has one user at a time, and discarded ones are closed."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import spaceknow_client as sk
from spaceknow_client.transport.connections.idle import IdleConnections
from spaceknow_client.transport.connections.origin import Origin
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer, answer, send
from tests.places import CAR_PARK

MOST = 3
ORIGINS = [Origin("https", "api", 443), Origin("https", "login", 443), Origin("http", "api", 80)]
CREDIT = answer(200, {"remainingCredit": 12.5})


class Connection:
    """One that a test can end."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.is_open = True  # on the server's side
        self.closed = 0
        self.ends = 0.0

    def is_usable(self) -> bool:
        assert not self.closed
        return self.is_open

    def close(self) -> None:
        self.closed += 1


class Slots(RuleBasedStateMachine):
    """Operations of slots on connections, in any order: create, use, keep, discard; time and servers."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.idle: IdleConnections[Connection] = IdleConnections(MOST, lambda: self.now)
        self.all: list[Connection] = []
        self.in_use: list[Connection] = []
        self.kept: list[Connection] = []
        self.is_closed = False

    @rule(origin=st.sampled_from(ORIGINS))
    def begin(self, origin: Origin) -> None:
        usable = [
            one for one in self.kept if one.origin == origin and one.is_open and one.ends > self.now
        ]
        taken = self.idle.take(origin)
        assert taken is (usable[-1] if usable else None)
        if taken is None:
            taken = Connection(origin)
            self.all.append(taken)
        self.in_use.append(taken)
        self.kept = [one for one in self.kept if not one.closed and one is not taken]

    @rule(which=st.integers(0, 50), seconds=st.floats(0.1, 10))
    def end_well(self, which: int, seconds: float) -> None:
        if self.in_use:
            one = self.in_use.pop(which % len(self.in_use))
            one.ends = self.now + seconds
            self.idle.give_back(one.origin, one, seconds)
            self.kept = [kept for kept in (*self.kept, one) if not kept.closed]

    @rule(which=st.integers(0, 50))
    def give_up(self, which: int) -> None:
        if self.in_use:
            self.in_use.pop(which % len(self.in_use)).close()

    @rule(seconds=st.floats(0, 6))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(which=st.integers(0, 50))
    def the_server_closes(self, which: int) -> None:
        if self.all:
            self.all[which % len(self.all)].is_open = False

    @rule()
    def close(self) -> None:
        self.idle.close()
        self.is_closed = True
        self.kept = [one for one in self.kept if not one.closed]

    @invariant()
    def nothing_is_lost(self) -> None:
        for one in self.all:
            assert one.closed <= 1
            assert (one in self.in_use) + (one in self.kept) + one.closed == 1
        assert len(self.kept) <= (0 if self.is_closed else MOST)


Slots.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestSlots = Slots.TestCase


@on_every_kind
async def test_a_connection_is_used_again(both: Both) -> None:
    with WireServer([CREDIT]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        for _ in range(5):
            await both.settle(client.credits.remaining())
        assert (len(server.requests), server.connections) == (5, 1)
        await both.aclose()


@on_every_kind
@pytest.mark.parametrize("header", ["connection: close", "keep-alive: timeout=1"])
async def test_a_server_that_wants_no_more_gets_no_more(both: Both, header: str) -> None:
    """By `Connection: close`, and by a keep-alive time that ends before another request can arrive."""
    if both.kind == "aiohttp" and "keep-alive" in header:
        pytest.skip("aiohttp does not read it")
    name, _, value = header.partition(": ")
    closing = answer(200, {"remainingCredit": 12.5}, headers={name: value})
    with WireServer([closing]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        for _ in range(2):
            await both.settle(client.credits.remaining())
        assert (len(server.requests), server.connections) == (2, 2)
        await both.aclose()


@on_every_kind
async def test_what_the_server_closed_meanwhile_is_not_used(both: Both) -> None:
    """The event loop was busy and has not noticed; the release uses another connection."""
    started = answer(200, {"pipelineId": "p", "status": "NEW", "nextTry": 5})

    def and_close(connection: socket.socket) -> bool:
        send(connection, started)
        return False

    with WireServer([and_close]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        for _ in range(20):
            run = client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)
            assert (await both.settle(run)).id == "p"
            server.wait_until_closed()
        assert len(server.requests) == 20
        await both.aclose()


@on_every_kind
async def test_what_nobody_asked_for_ends_a_kept_connection(both: Both) -> None:
    """A response on an idle connection would be taken for the response to the next request."""

    def and_more(connection: socket.socket) -> bool:
        send(connection, CREDIT)
        time.sleep(0.05)
        return send(connection, answer(200, {"remainingCredit": 99}))

    with WireServer([and_more]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        for _ in range(3):
            assert await both.settle(client.credits.remaining()) == 12.5
            time.sleep(0.1)  # noqa: ASYNC251
        assert server.connections == 3
        await both.aclose()


async def test_an_answer_before_the_end_of_the_request_is_taken(both: Both) -> None:
    """A server may refuse a large body without reading it, and close."""

    def refuse(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(
                        b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=refuse, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = sk.Environment(base_url=url, auth_domain=url, client_id="test")
        client = both.connect(environment, auth=sk.TokenAuth("t"), max_request_bytes=2**24)
        with pytest.raises(sk.APIError) as caught:
            await both.settle(
                client.kraken.release("cars", scene_ids=["s" * 2**23], extent=CAR_PARK)
            )
        assert caught.value.status == 413
        await both.aclose()
        listener.shutdown(socket.SHUT_RDWR)
