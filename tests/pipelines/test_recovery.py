"""A client with a journal: nothing paid is lost or paid twice, and nothing unsent is listed."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import spaceknow_client as sk
from spaceknow_client.auth.token import account_of
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.api.kraken import kraken_release_initiate
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.generated.models import ReleaseRequest
from spaceknow_client.pipelines.handle import Started
from spaceknow_client.pipelines.journal.entry import Entry, State
from tests.conftest import Both
from tests.faults.wire import Behavior, WireServer, answer
from tests.pipelines.journals import go, line, process
from tests.places import CAR_PARK, GBDX

STARTED = answer(200, {"pipelineId": "3g4PovfhGxmymQolpgvv", "status": "NEW", "nextTry": 5})
RELEASE = {"map_type": "cars", "scene_ids": ["s"], "extent": CAR_PARK}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def silence(seconds: float) -> Callable[[socket.socket], bool]:
    """No response; the connection ends after a while."""

    def wait(connection: socket.socket) -> bool:
        time.sleep(seconds)
        return False

    return wait


async def scene(both: Both, client: Any) -> str:
    found = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    return str(found.scene_id)


def releases(emulator: Emulator) -> int:
    return len(emulator.calls("kraken.release.initiate"))


def on_wire(both: Both, server: WireServer, path: Path, **options: Any) -> Any:
    retry = sk.RetryPolicy(max_attempts=2, backoff=0.01)
    settings = {"retry": retry, "timeout": 0.5, "deadline": 5, "journal": path, **options}
    return both.connect(server.environment, auth=sk.TokenAuth("a.b.c"), **settings)


async def test_every_pipeline_is_found_again(both: Both, emulator: Emulator, path: Path) -> None:
    client = both.of(emulator, journal=path)
    assert os.listdir(path.parent) == []
    scene_id = await scene(both, client)
    done = await both.settle(client.kraken.release("cars", scene_ids=[scene_id], extent=CAR_PARK))
    await both.settle(done.result())
    emulator.fail("kraken.release", code="VERSION-MISMATCH")
    failed = await both.settle(
        client.kraken.release("boats", scene_ids=[scene_id], extent=CAR_PARK)
    )
    assert await both.settle(failed.wait()) == sk.PipelineStatus.FAILED
    running = await both.settle(client.raw.kraken.release_initiate(body=_body(scene_id, "imagery")))
    before = len(emulator.calls())
    recovery: Any = await both.settle(client.pipelines.recover())
    assert len(emulator.calls()) == before
    assert type(recovery).__name__ == ("Recovery" if both.is_sync else "AsyncRecovery")
    assert [run.operation for run in recovery] == ["imagery.search"] + ["kraken.release"] * 3
    assert len(recovery) == 4
    assert recovery.unknown == []
    assert [run.id for run in recovery][1:] == [done.id, failed.id, running.parsed.pipeline_id]
    assert [run.token() for run in recovery][1:3] == [done.token(), failed.token()]
    found = await both.settle(recovery.pipelines[3].result())
    assert isinstance(found, sk.KrakenMap)
    assert found.map_type == "imagery"
    with pytest.raises(sk.errors.VersionMismatchError):
        await both.settle(recovery.pipelines[2].result())
    with sk.Journal(path)._write() as connection:
        told = dict(connection.execute("SELECT pipeline_id, state FROM requests").fetchall())
    assert [told[run.id] for run in recovery][1:] == ["resolved", "failed", "resolved"]
    await both.settle(recovery.forget(recovery.pipelines[0]))
    left = await both.settle(client.pipelines.recover())
    assert [run.id for run in left] == [run.id for run in recovery][1:]
    for strange in (recovery.pipelines[0], done.id, None):
        with pytest.raises(sk.InvalidArgumentError, match="listed"):
            await both.settle(left.forget(strange))
    await both.settle(left.forget())
    assert len(await both.settle(client.pipelines.recover())) == 0


def _body(scene_id: str, map_type: str) -> Any:
    return ReleaseRequest(map_type=map_type, scene_ids=[scene_id], extent=CAR_PARK.to_geojson())


async def test_without_a_journal(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.ConfigError, match="requires a journal"):
        await both.settle(client.pipelines.recover())
    with pytest.raises(sk.ConfigError, match="requires a journal"):
        await both.settle(client.kraken.release(**RELEASE, reuse=True))
    assert emulator.calls() == []
    with pytest.raises(sk.ConfigError, match="journal must be a file path"):
        both.of(emulator, journal=5)


async def test_reuse_pays_once(both: Both, emulator: Emulator, path: Path) -> None:
    shared = sk.Journal(path)
    client, other = both.of(emulator, journal=shared), both.of(emulator, journal=path)
    scene_id = await scene(both, client)

    async def release(client: Any, map_type: str = "cars", **options: Any) -> Any:
        call = client.kraken.release(
            map_type, scene_ids=[scene_id], extent=CAR_PARK, **{"reuse": True, **options}
        )
        return await both.settle(call)

    first = await release(client)
    assert (await release(other)).token() == first.token()
    kraken_map = await both.settle(first.result())
    again = await release(other)
    assert (await both.settle(again.result())) == kraken_map
    assert releases(emulator) == 1
    assert (await release(client, "boats")).id != first.id
    assert (await release(client, reuse=False)).id != first.id
    assert releases(emulator) == 3
    emulator.fail("kraken.release", code="VERSION-MISMATCH")
    failed = await release(client, "imagery")
    await both.settle(failed.wait())
    assert (await release(client, "imagery")).id != failed.id
    # Another user does not get it, even if the account is the same: that is not known here.
    emulator.add_user("you@example.com", "word", group=None)
    you = both.of(emulator, journal=path, auth=sk.PasswordAuth("you@example.com", "word"))
    with pytest.raises(sk.CreditsError):
        await release(you)
    shared.close()


async def test_a_pipeline_that_is_gone_is_told(both: Both, emulator: Emulator, path: Path) -> None:
    client = both.of(emulator, journal=path)
    run = await both.settle(client.kraken.release(**RELEASE, reuse=True))
    with sk.Journal(path)._write() as connection:
        connection.execute("UPDATE requests SET pipeline_id = 'AAAAAAAAAAAAAAAAAAAA'")
    gone = await both.settle(client.kraken.release(**RELEASE, reuse=True))
    assert gone.id != run.id
    for use in (gone.status, gone.result):
        with pytest.raises(sk.errors.NonExistentPipelineError):
            await both.settle(use())
    assert releases(emulator) == 1


async def test_many_at_once_pay_once(both: Both, emulator: Emulator, path: Path) -> None:
    client = both.of(emulator, journal=path)
    if both.is_sync:
        ids: set[str] = set()

        def release() -> None:
            ids.add(client.kraken.release(**RELEASE, reuse=True).id)

        threads = [threading.Thread(target=release) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        calls = (client.kraken.release(**RELEASE, reuse=True) for _ in range(20))
        ids = {run.id for run in await asyncio.gather(*calls)}
    assert len(ids) == 1
    assert releases(emulator) == 1


RELEASES = """
import spaceknow_client as sk
url, username, password, path = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
place = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
with sk.SpaceKnow(environment, auth=sk.PasswordAuth(username, password), journal=path) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    print(client.kraken.release("cars", scene_ids=["s"], extent=place, reuse=True).id)
"""


def test_many_processes_at_once_pay_once(emulator: Emulator, path: Path) -> None:
    arguments = (emulator.url, emulator.username, emulator.password, path)
    processes = [process(RELEASES, *arguments) for _ in range(4)]
    for running in processes:
        assert line(running) == "ready"
    for running in processes:
        go(running)
    told = {running.communicate(timeout=60) for running in processes}
    assert len(told) == 1
    assert releases(emulator) == 1


async def test_one_that_is_being_sent_is_waited_for(
    both: Both, emulator: Emulator, path: Path
) -> None:
    request = kraken_release_initiate.get_request(body=_body("s", "cars"))
    account = emulator.username
    entry = Entry.of(request, host=emulator.url, account=account, now=emulator.clock.time())
    other = sk.Journal(path)
    assert other.intend(entry) is None
    client = both.of(emulator, journal=path, deadline=0.5)
    begun = emulator.clock.monotonic()
    with pytest.raises(sk.DeadlineExceededError, match="another call was sending"):
        await both.settle(client.kraken.release(**RELEASE, reuse=True))
    assert emulator.clock.monotonic() - begun >= 0.4
    patient = both.of(emulator, journal=path)
    answered = entry.started(Started(pipeline_id="p1", sub_geometry_id=None), None)
    for end, its_id in ((other.started, "p1"), (other.not_started, None)):
        timer = threading.Timer(0.2, end, [answered])
        timer.start()
        run = await both.settle(patient.kraken.release(**RELEASE, reuse=True))
        timer.join()
        assert (run.id == "p1") == (its_id == "p1")
        other.not_started(entry)
        other.intend(entry)
    assert releases(emulator) == 1
    other.close()


async def test_what_was_refused_or_never_sent_leaves_nothing(
    both: Both, emulator: Emulator, path: Path
) -> None:
    client = both.of(emulator, journal=path)
    emulator.fail("kraken.release.initiate", code="NOT-ENOUGH-CREDITS")
    with pytest.raises(sk.errors.NotEnoughCreditsError):
        await both.settle(client.kraken.release(**RELEASE))
    wrong = both.of(emulator, journal=path, auth=sk.PasswordAuth(emulator.username, "wrong"))
    with pytest.raises(sk.LoginError):
        await both.settle(wrong.kraken.release(**RELEASE))
    with WireServer([STARTED]) as server:
        away = on_wire(both, server, path)
    with pytest.raises(sk.ConnectError):
        await both.settle(away.kraken.release(**RELEASE))
    with sk.Journal(path)._write() as connection:
        assert connection.execute("SELECT * FROM requests").fetchall() == []


LOST: dict[str, Behavior] = {
    "dropped": Fault.drop(),
    "a bad gateway": Fault.body(b"<html>", status=502),
    "status 408": answer(408, {}),
    "redirected": answer(302, {}),
    "no pipeline": answer(200, {"pipelineId": 5}),
    "too large": Fault.body(b" " * 5000),
    "too late": silence(1),
}


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_request_is_named_and_not_repeated(both: Both, path: Path, fault: str) -> None:
    with WireServer([LOST[fault], STARTED]) as server:
        client = on_wire(both, server, path, max_response_bytes=4096)
        with pytest.raises(sk.AmbiguousRequestError) as caught:
            await both.settle(client.kraken.release(**RELEASE))
        recovery = await both.settle(client.pipelines.recover())
        assert recovery.pipelines == []
        (unknown,) = recovery.unknown
        assert (unknown.operation, unknown.map_type) == ("kraken.release", "cars")
        assert unknown.request_id == caught.value.request_id
        assert unknown.reason in caught.value.message or "no pipeline" in unknown.reason
        assert abs(unknown.at.timestamp() - time.time()) < 60
        with pytest.raises(sk.AmbiguousRequestError, match=r"sent before.*recover") as again:
            await both.settle(client.kraken.release(**RELEASE, reuse=True))
        assert again.value.request_id == unknown.request_id
        assert len(server.requests) == 1
        await both.settle(recovery.forget(unknown))
        run = await both.settle(client.kraken.release(**RELEASE, reuse=True))
        assert run.id == "3g4PovfhGxmymQolpgvv"
        assert len(server.requests) == 2


async def test_a_lost_search_costs_nothing_and_is_not_named(both: Both, path: Path) -> None:
    with WireServer([Fault.drop()]) as server:
        client = on_wire(both, server, path)
        with pytest.raises(sk.TransportError):
            await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
        assert len(server.requests) == 2
        assert (await both.settle(client.pipelines.recover())).unknown == []


async def test_an_odd_answer_with_an_id_is_a_pipeline(both: Both, path: Path) -> None:
    odd = answer(200, {"pipelineId": "p1", "status": 5, "subGeometryId": "0123456789abcdef"})
    with WireServer([odd]) as server:
        client = on_wire(both, server, path)
        with pytest.raises(sk.InvalidResponseError) as caught:
            await both.settle(client.raw.kraken.release_initiate(body=_body("s", "cars")))
        assert caught.value.pipeline_id == "p1"
        attached = client.pipelines.attach(caught.value.resume_token)
        assert attached.sub_geometry_id == "0123456789abcdef"
        recovery = await both.settle(client.pipelines.recover())
        assert [run.token() for run in recovery] == [attached.token()]


async def test_429_leaves_no_request_while_it_waits(both: Both, path: Path) -> None:
    entries: list[int] = []

    def look(event: sk.RetryEvent) -> None:
        with sk.Journal(path)._write() as connection:
            entries.extend(connection.execute("SELECT count(*) FROM requests").fetchone())

    with WireServer([answer(429, {"error": "X"}), STARTED]) as server:
        client = on_wire(both, server, path, hooks=sk.Hooks(on_retry=look))
        run = await both.settle(client.kraken.release(**RELEASE))
        assert entries == [0]
        assert [one.id for one in await both.settle(client.pipelines.recover())] == [run.id]


async def test_what_cannot_be_written_is_not_sent(
    both: Both, emulator: Emulator, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = path.parent / "no folder" / path.name
    _block(folder.parent)
    client = both.of(emulator, journal=folder)
    for _ in range(2 * client.options.limits.concurrency):  # slots are released
        with pytest.raises(sk.ConfigError, match="cannot be used"):
            await both.settle(client.kraken.release(**RELEASE))
    assert releases(emulator) == 0
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    os.remove(folder.parent)
    await both.settle(client.kraken.release(**RELEASE))
    assert releases(emulator) == 1


async def test_an_id_that_cannot_be_written_is_not_lost(
    both: Both,
    emulator: Emulator,
    path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = both.of(emulator, journal=path)
    scene_id = await scene(both, client)

    def full(self: sk.Journal, *_: object, **options: object) -> None:
        raise sk.ConfigError("the journal cannot be used (database or disk is full).")

    monkeypatch.setattr(sk.Journal, "started", full)
    monkeypatch.setattr(sk.Journal, "ended", full)
    run = await both.settle(client.kraken.release("cars", scene_ids=[scene_id], extent=CAR_PARK))
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert run.token() in record.getMessage()
    assert "is full" in record.getMessage()
    assert isinstance(await both.settle(run.result()), sk.KrakenMap)


@pytest.mark.parametrize("when", ["while it is sent", "while the intent is written"])
async def test_a_cancelled_request(path: Path, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()
    intend = sk.Journal.intend

    def slow(self: sk.Journal, entry: Entry, **options: Any) -> Entry | None:
        begun.set()
        time.sleep(0.2)
        return intend(self, entry, **options)

    def silent(connection: socket.socket) -> bool:
        begun.set()
        return silence(0.5)(connection)

    with WireServer([silent]) as server:
        if when != "while it is sent":
            monkeypatch.setattr(sk.Journal, "intend", slow)
        both = Both("async")
        client = on_wire(both, server, path, timeout=5)
        task = asyncio.create_task(client.kraken.release(**RELEASE))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        recovery = await client.pipelines.recover()
        if when == "while it is sent":
            assert ["interrupted" in unknown.reason for unknown in recovery.unknown] == [True]
        else:
            assert (recovery.unknown, server.requests) == ([], [])
            with sk.Journal(path)._write() as connection:
                assert connection.execute("SELECT * FROM requests").fetchall() == []
        await both.aclose()


async def test_an_answer_is_written_though_its_caller_was_cancelled(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = threading.Event()
    begun = sk.Journal.started

    def slow(self: sk.Journal, entry: Entry, **options: Any) -> None:
        writing.set()
        time.sleep(0.2)
        begun(self, entry, **options)

    monkeypatch.setattr(sk.Journal, "started", slow)
    both = Both("async")
    with WireServer([STARTED]) as server:
        client = on_wire(both, server, path)
        task = asyncio.create_task(client.kraken.release(**RELEASE))
        await asyncio.to_thread(writing.wait, 10)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await task
        recovery = await client.pipelines.recover()
        assert [run.id for run in recovery] == ["3g4PovfhGxmymQolpgvv"]
        await both.aclose()


INTERRUPTED = """
import asyncio
import spaceknow_client as sk
kind, url, path = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="test")
place = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
options = {"auth": sk.TokenAuth("a.b.c"), "journal": path}
arguments = {"map_type": "cars", "scene_ids": ["s"], "extent": place}
async def release():
    async with sk.AsyncSpaceKnow(environment, **options) as client:
        await client.kraken.release(**arguments)
try:
    if kind == "async":
        asyncio.run(release())
    else:
        with sk.SpaceKnow(environment, **options) as client:
            client.kraken.release(**arguments)
except KeyboardInterrupt:
    with sk.SpaceKnow(environment, **options) as client:
        print(client.pipelines.recover().unknown[0].reason)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_ctrl_c_while_a_request_is_sent(path: Path, kind: str) -> None:
    with (
        WireServer([silence(2)]) as server,
        process(INTERRUPTED, kind, server.environment.base_url, path) as running,
    ):
        until = time.monotonic() + 30
        while not server.requests and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGINT)
        assert running.communicate(timeout=30) == ("interrupted while it was being sent\n", "")


async def test_nothing_secret_is_written(both: Both, emulator: Emulator, path: Path) -> None:
    client = both.of(emulator, journal=path)
    token = await both.settle(
        client._transport.login.token(
            client._transport, _operation("user.info"), time.monotonic() + 60, needed=True
        )
    )
    bearer = both.of(emulator, journal=path, auth=sk.TokenAuth(token))
    for one in (client, bearer):
        await both.settle(one.kraken.release(**RELEASE))
    files = [file for file in path.parent.rglob("*") if file.is_file()]
    assert len(files) >= 4
    content = b"".join(file.read_bytes() for file in files)
    assert b"kraken.release" in content
    for secret in (emulator.password, token, token.split(".")[2]):
        assert secret.encode() not in content


def _block(folder: Path) -> None:
    """Puts a file in the place of a folder."""
    folder.write_text("")


def _operation(name: str) -> Any:
    return OPERATIONS[name]


def test_whose_a_token_is() -> None:
    assert account_of("e30.eyJlbWFpbCI6Im1lQGV4YW1wbGUuY29tIiwic3ViIjoiYSJ9.x") == "me@example.com"
    assert account_of("e30.eyJlbWFpbCI6IDUsInN1YiI6ImF1dGgwfDEifQ.x") == "auth0|1"
    assert re.fullmatch("token [0-9a-f]{16}", account_of("opaque"))
    assert account_of("opaque") != account_of("opaque2")


async def test_a_stored_login_is_the_same_user(
    both: Both, emulator: Emulator, path: Path, tmp_path: Path
) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    run = await both.settle(both.of(emulator, journal=path, auth=auth).kraken.release(**RELEASE))
    stored = both.of(emulator, journal=path, auth=sk.StoredAuth(store, emulator.username))
    again = await both.settle(stored.kraken.release(**RELEASE, reuse=True))
    assert again.id == run.id


async def test_states_of_what_this_release_does_not_know(
    both: Both, emulator: Emulator, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = both.of(emulator, journal=path)
    run = await both.settle(client.kraken.release(**RELEASE))
    with sk.Journal(path)._write() as connection:
        connection.execute("UPDATE requests SET operation = 'kraken.paint'")
    assert len(await both.settle(client.pipelines.recover())) == 0
    assert run.id in caplog.text
    with sk.Journal(path)._write() as connection:
        (state,) = connection.execute("SELECT state FROM requests").fetchone()
    assert state == State.STARTED


async def test_a_session_that_was_closed_leaves_no_unknown_request(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    environment = sk.Environment(base_url=nowhere, auth_domain=nowhere, client_id="test")
    session = aiohttp.ClientSession()
    await session.close()
    async with sk.AsyncSpaceKnow(
        environment,
        auth=sk.TokenAuth("t"),
        http_client=session,
        journal=tmp_path / "runs.sqlite",
    ) as client:
        with pytest.raises(sk.ConfigError, match="closed"):
            await client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)
        assert (await client.pipelines.recover()).unknown == []
