"""A journal that another process keeps locked delays no call beyond its deadline."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.pipelines.journal.entry import State
from tests.conftest import Both
from tests.faults.wire import WireServer, answer, send
from tests.pipelines.journals import HOST, begun, entry, line, process
from tests.places import CAR_PARK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="stops processes")

STARTED = answer(200, {"pipelineId": "p1", "status": "NEW", "nextTry": 0})
DEADLINE = 0.5
# Seconds; without a bound it would be 10 and more.
AT_MOST = 5.0

HOLDS = """
import sqlite3
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN " + sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


@contextmanager
def stopped(path: Path, kind: str = "IMMEDIATE") -> Iterator[subprocess.Popen[str]]:
    """A process that was stopped during a write."""
    with process(HOLDS, path, kind) as running:
        assert line(running) == "ready"
        running.send_signal(signal.SIGSTOP)
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def soon() -> Iterator[None]:
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < AT_MOST


def on_wire(both: Both, server: WireServer, path: Path, deadline: float = DEADLINE) -> Any:
    auth = sk.TokenAuth("a.b.c")
    return both.connect(server.environment, auth=auth, deadline=deadline, journal=path)


def release(client: Any, scene: str = "s") -> Any:
    return client.kraken.release("cars", scene_ids=[scene], extent=CAR_PARK)


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
async def test_a_call_waits_no_longer_than_its_deadline(
    both: Both, path: Path, opened: bool, kind: str
) -> None:
    begun(journal := sk.Journal(path), entry())
    journal.close()
    with WireServer([STARTED]) as server:
        client = on_wire(both, server, path)
        if opened:
            await both.settle(release(client, "before"))
        before = len(server.requests)
        with stopped(path, kind), soon():
            with pytest.raises(sk.ConfigError, match=r"locked by another.*nothing was sent"):
                await both.settle(release(client))
            with pytest.raises(sk.ConfigError, match="locked by another"):
                await both.settle(client.pipelines.recover())
            with pytest.raises(sk.ConfigError, match="locked by another"):
                await both.settle(client.pipelines.delete_recorded("p1"))
            assert len(journal.entries(HOST)) == 1  # reading waits for no other process
            journal.close()
        assert len(server.requests) == before
        await both.settle(release(client))
        assert len(server.requests) == before + 1


async def test_a_journal_that_is_being_made(both: Both, path: Path) -> None:
    os.close(os.open(path, os.O_CREAT, 0o600))
    with WireServer([STARTED]) as server:
        client = on_wire(both, server, path)
        refused = pytest.raises(sk.ConfigError, match=r"locked by another.*nothing was sent")
        with stopped(path, "EXCLUSIVE"), soon(), refused:
            await both.settle(release(client))
        assert server.requests == []


async def test_many_calls_do_not_wait_for_each_other(path: Path) -> None:
    """Threads of one client take turns with its journal; each has its own deadline."""
    begun(journal := sk.Journal(path), entry())
    errors: list[str] = []
    with WireServer([STARTED]) as server, stopped(path):
        both = Both("sync")
        client = on_wire(both, server, path)

        def work(scene: str) -> None:
            try:
                release(client, scene)
            except sk.SpaceKnowError as error:  # some have no slot before their deadline
                errors.append(error.message)

        threads = [threading.Thread(target=work, args=(str(number),)) for number in range(20)]
        with soon():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        await both.aclose()
        assert server.requests == []
    assert len(errors) == 20
    assert any("nothing was sent" in error for error in errors)
    journal.close()


async def test_what_came_while_it_was_locked_is_written_later(both: Both, path: Path) -> None:
    begun(journal := sk.Journal(path), entry())
    journal.close()
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def locked(connection: Any) -> bool:
        holder.execute("BEGIN IMMEDIATE")
        return send(connection, STARTED)

    done = answer(200, {"status": "RESOLVED"})
    result = answer(200, {"mapId": "m", "maxZoom": 1, "tiles": []})
    with WireServer([locked, done, result, STARTED]) as server:
        client = on_wire(both, server, path)
        with soon():
            run = await both.settle(release(client))
            assert run.id == "p1"
            assert (await both.settle(run.result())).map_id == "m"
        with pytest.raises(sk.ConfigError, match="locked by another"):
            await both.settle(client.pipelines.recover())
        holder.execute("ROLLBACK")
        recovery = await both.settle(client.pipelines.recover())
        assert [one.token() for one in recovery] == [run.token()]
        (state,) = holder.execute("SELECT state FROM requests WHERE host <> ?", (HOST,)).fetchone()
        assert state == State.RESOLVED
        holder.close()


@pytest.mark.parametrize(
    ("write", "left"),
    [
        (lambda journal, made: journal.not_started(made), []),
        (lambda journal, made: journal.unknown(made, "no answer"), [State.UNKNOWN]),
    ],
)
def test_what_is_late_is_written_when_the_journal_is_closed(
    path: Path, write: Callable[[sk.Journal, Any], None], left: list[State]
) -> None:
    journal, made = sk.Journal(path), entry()
    journal.intend(made)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(sk.ConfigError, match="locked"):
        write(_impatient(journal), made)
    holder.execute("ROLLBACK")
    holder.close()
    journal.close()
    assert [one.state for one in sk.Journal(path).entries(HOST)] == left


def _impatient(journal: sk.Journal) -> Any:
    """A journal that never waits."""

    class Impatient:
        def __getattr__(self, name: str) -> Any:
            method = getattr(journal, name)
            return lambda *arguments: method(*arguments, until=time.monotonic())

    return Impatient()
