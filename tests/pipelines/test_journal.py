"""The journal's file: access, content, and use by several processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.pipelines.handle import Started
from spaceknow_client.pipelines.journal.entry import State
from tests.pipelines.journals import HOST, apart, begun, entry, go, line, process, ran, request

posix = pytest.mark.skipif(os.name != "posix", reason="modes and signals of POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[sk.Journal]:
    made = sk.Journal(path)
    yield made
    made.close()


def opened(journal: sk.Journal) -> sqlite3.Connection:
    assert journal._connection is not None
    return journal._connection


def states(journal: sk.Journal, **options: Any) -> list[tuple[str, State]]:
    return [(found.operation, found.state) for found in journal.recover(HOST, **options)]


# The file.


def test_nothing_is_opened_before_the_first_use(path: Path) -> None:
    journal = sk.Journal(path)
    assert not path.exists()
    assert str(path) in repr(journal)
    journal.close()
    assert not path.exists()


@posix
def test_the_files_are_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        journal = sk.Journal(tmp_path / "deep" / "runs.sqlite")
        journal.intend(entry())
        names = {file.name: file.stat().st_mode for file in journal.path.parent.iterdir()}
        journal.close()
    finally:
        os.umask(before)
    folder = tmp_path / "deep" / "runs.sqlite-owners"
    assert stat.S_IMODE(names.pop(folder.name)) == 0o700
    assert set(names) == {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm"}
    assert {stat.S_IMODE(mode) for mode in names.values()} == {0o600}
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_file_that_others_can_open_is_refused(journal: sk.Journal, mode: int) -> None:
    begun(journal, entry())
    journal.close()
    journal.path.chmod(mode)
    with pytest.raises(sk.ConfigError, match=f"{mode:04o}.*chmod 600"):
        journal.recover(HOST)


def database(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.write_text("my notes, " * 100), "is not a journal"),
        (lambda path: path.write_bytes(b"x"), "is not a journal"),
        (lambda path: database(path, "CREATE TABLE mine (a)"), "database of another program"),
        (lambda path: database(path, "PRAGMA application_id = 7"), "database of another program"),
        (lambda path: database(path, "PRAGMA user_version = 7"), "database of another program"),
        (lambda path: path.mkdir(), "is not a file"),
    ],
)
def test_what_is_no_journal_is_never_touched(path: Path, make: Any, problem: str) -> None:
    make(path)
    path.chmod(0o700 if path.is_dir() else 0o600)
    content = path.is_file() and path.read_bytes()
    journal = sk.Journal(path)
    for use in (lambda: journal.intend(entry()), lambda: journal.recover(HOST)):
        with pytest.raises(sk.ConfigError, match=rf"runs\.sqlite.*{problem}"):
            use()
    assert content == (path.is_file() and path.read_bytes())
    assert os.listdir(path.parent) == [path.name]


OWNERS_BEFORE = """
CREATE TABLE owners (
    owner INTEGER PRIMARY KEY AUTOINCREMENT,
    machine TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    UNIQUE (machine, pid, started)
)
"""


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_journal_is_renewed(journal: sk.Journal, path: Path, version: int) -> None:
    known, sent, blank = begun(journal, entry(0)), entry(1), begun(journal, entry(2), "p2")
    journal.intend(sent)
    journal.close()
    missing = {1: ("path", "cost", "hidden", "handed"), 2: ("cost", "hidden", "handed")}[version]
    database(
        path,
        "DROP TABLE owners",
        OWNERS_BEFORE,
        f"INSERT INTO owners VALUES (1, 'here', {os.getpid()}, 'then')",
        "UPDATE requests SET owner = 1",
        "UPDATE requests SET pipeline_id = ' ' WHERE pipeline_id = 'p2'",
        *(f"ALTER TABLE requests DROP COLUMN {name}" for name in missing),
        f"PRAGMA user_version = {version}",
    )
    begun(journal, entry(3), "p3")  # whose owner is another, though it is the first again
    lost = journal.intend(entry(1), reuse=True)
    assert lost is not None
    assert (lost.id, lost.state) == (sent.id, State.UNKNOWN)
    found = journal.recover(HOST)
    assert [(one.pipeline_id, one.state) for one in found] == [
        ("p1", State.STARTED),
        (None, State.UNKNOWN),
        (None, State.UNKNOWN),
        ("p3", State.STARTED),
    ]
    assert found[0] == known
    assert (found[2].id, found[2].reason) == (blank.id, "the response contains no pipeline ID")
    (now,) = opened(journal).execute("PRAGMA user_version").fetchone()
    columns = {row[1] for row in opened(journal).execute("PRAGMA table_info(requests)")}
    assert now == 4
    assert {"path", "cost", "hidden", "handed"} <= columns
    journal.forget([known.id])
    assert len(journal.recover(HOST)) == 3


def test_the_last_form_of_a_journal_is_renewed_and_keeps_its_owners(
    journal: sk.Journal, path: Path
) -> None:
    known = begun(journal, entry(0))
    other = sk.Journal(path)  # of another client, which continues it
    journal.close()
    database(path, "ALTER TABLE requests DROP COLUMN handed", "PRAGMA user_version = 3")
    made = entry(1)
    assert other.intend(made) is None
    after = made.started(
        Started(pipeline_id="p2", sub_geometry_id=None), "r2", '{"body": {"k": 1}}'
    )
    other.started(after)
    assert other.recover(HOST) == [known, after]
    assert after.token().handed == '{"body": {"k": 1}}'
    assert sk.Journal(path).intend(entry(0), reuse=True) == known


def test_what_an_allocation_cost_is_kept(journal: sk.Journal) -> None:
    """Requests that start no pipeline are completed without one."""
    spent = evolve(entry(), operation="credits.allocate-area", state=State.RESOLVED, cost=12.5)
    journal.started(spent)
    assert journal.recover(HOST) == [spent]
    assert journal.entries(HOST) == [spent]


def test_a_newer_journal_is_refused(journal: sk.Journal, path: Path) -> None:
    begun(journal, entry())
    journal.close()
    database(path, "PRAGMA user_version = 99")
    with pytest.raises(sk.ConfigError, match="newer release"):
        journal.recover(HOST)


@pytest.mark.parametrize("path", [None, 5, "", b"runs"])
def test_what_is_no_path(path: Any) -> None:
    with pytest.raises(sk.ConfigError, match="journal must be a file path"):
        sk.Journal(path)


@posix
def test_a_hard_link_is_refused(journal: sk.Journal, path: Path) -> None:
    """SQLite would write another log beside the other name."""
    begun(journal, entry())
    journal.close()
    os.link(path, path.with_name("other"))
    with pytest.raises(sk.ConfigError, match="hard link"):
        journal.recover(HOST)
    path.with_name("other").unlink()
    assert len(journal.recover(HOST)) == 1


@posix
def test_a_file_that_is_mounted_alone_is_refused(journal: sk.Journal, path: Path) -> None:
    """As in containers: files written beside it stay in the container."""
    begun(journal, entry())
    journal.close()
    there = """
import subprocess
folder = sys.argv[1] + ".mounted"
os.mkdir(folder)
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
inside = os.path.join(folder, "runs.sqlite")
open(inside, "w").close()
subprocess.run(["mount", "--bind", sys.argv[1], inside], check=True)
try:
    Journal(inside).recover(HOST)
except Exception as error:
    print(error)
"""
    told = ran(there, path, within=apart("--mount"))
    assert "mounted without its folder" in told


def test_an_empty_file_becomes_a_journal(journal: sk.Journal, path: Path) -> None:
    path.touch(mode=0o600)
    begun(journal, entry())
    assert states(journal) == [("kraken.release", State.STARTED)]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(sk.ConfigError, match="cannot be used"):
        sk.Journal(tmp_path / "file" / "runs.sqlite").intend(entry())


# Entries.


def test_the_life_of_an_entry(journal: sk.Journal) -> None:
    made = entry(request=request(subGeometry=None))
    assert journal.intend(made) is None
    assert states(journal) == []  # it is being sent: its caller still knows it
    after = begun(journal, made, "p1")
    assert journal.recover(HOST) == [after]
    assert after.token().map_type == "cars"
    journal.ended(HOST, "p1", State.RESOLVED)
    assert journal.recover(HOST) == [evolve(after, state=State.RESOLVED)]
    journal.ended(HOST, "other", State.FAILED)
    journal.ended("https://elsewhere.example.com", "p1", State.FAILED)
    assert journal.recover(HOST) == [evolve(after, state=State.RESOLVED)]
    assert journal.recover(HOST, "other@example.com") == []
    assert journal.recover("https://elsewhere.example.com") == []
    journal.forget([made.id])
    assert journal.recover(HOST) == []


def test_a_refused_request_leaves_nothing_and_a_lost_one_its_reason(journal: sk.Journal) -> None:
    refused, lost = entry(1), entry(2)
    for made in (refused, lost):
        journal.intend(made)
    journal.not_started(refused)
    journal.unknown(lost, "no answer came", "r7")
    (found,) = journal.recover(HOST)
    unknown = sk.UnknownRequest.of(found)
    assert (unknown.reason, unknown.request_id, unknown.id) == ("no answer came", "r7", lost.id)
    assert unknown.body == {"mapType": "cars", "sceneIds": ["scene-2"]}
    assert (unknown.operation, unknown.map_type) == ("kraken.release", "cars")
    assert unknown.at.timestamp() == lost.created


def test_it_is_on_the_disk_at_once(journal: sk.Journal) -> None:
    begun(journal, entry())
    (mode,) = opened(journal).execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = opened(journal).execute("PRAGMA synchronous").fetchone()
    assert (mode, synchronous) == ("wal", 2)


def test_a_full_disk_is_told_and_harms_nothing(journal: sk.Journal) -> None:
    begun(journal, entry())
    connection = opened(journal)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    large = entry(1, request=request(1, extent="x" * 50_000))
    with pytest.raises(sk.ConfigError, match="full"):
        journal.intend(large)
    connection.execute(f"PRAGMA max_page_count = {pages + 100}")
    assert journal.intend(large) is None
    assert states(journal) == [("kraken.release", State.STARTED)]


BODIES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(BODIES, BODIES)
def test_equal_requests_and_only_those_have_equal_keys(one: Any, other: Any) -> None:
    def key(body: Any) -> str:
        return entry(request=evolve(request(), json=body)).key

    def shuffled(body: Any) -> Any:
        if isinstance(body, dict):
            return {name: shuffled(body[name]) for name in reversed(body)}
        return [shuffled(item) for item in body] if isinstance(body, list) else body

    assert key(one) == key(shuffled(one))
    assert json.loads(entry(request=evolve(request(), json=one)).body) == one
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (key(one) == key(other)) == same


def test_whatever_makes_a_request_another_one_is_in_its_key() -> None:
    older = evolve(
        request(operation="kraken.release_tiles.initiate"),
        path="/kraken/release/cars/tiles/initiate",
    )
    made = [
        entry(),
        entry(host="https://other.example.com"),
        entry(account="you@example.com"),
        entry(request=request(mapType="trucks")),
        entry(request=request(operation="imagery.get_image.initiate")),
        entry(request=older),
        entry(request=evolve(older, path="/kraken/release/trucks/tiles/initiate")),
    ]
    assert len({one.key for one in made}) == len(made)
    without = evolve(older, path="/kraken/release/a%20b/tiles/initiate", json={})
    assert entry(request=without).map_type == "a b"
    assert entry(now=5.0).key == entry(now=6.0).key


# Taking over entries.


def test_reuse(journal: sk.Journal) -> None:
    assert journal.intend(entry(), reuse=True) is None
    being_sent = journal.intend(entry(), reuse=True)
    assert being_sent is not None
    assert being_sent.state == State.INTENDED
    lost = entry()
    journal.intend(lost)
    journal.unknown(lost, "no answer")
    journal.not_started(being_sent)
    found = journal.intend(entry(), reuse=True)
    assert found is not None
    assert (found.id, found.state) == (lost.id, State.UNKNOWN)
    for state in (State.STARTED, State.RESOLVED):
        after = begun(journal, entry(), "p1")
        if state == State.RESOLVED:
            journal.ended(HOST, "p1", state)
        found = journal.intend(entry(), reuse=True)
        assert found is not None
        assert (found.id, found.state) == (after.id, state)
    assert journal.intend(entry(1), reuse=True) is None


def test_a_failed_pipeline_is_no_pipeline_to_reuse(journal: sk.Journal) -> None:
    begun(journal, entry(), "p1")
    journal.ended(HOST, "p1", State.FAILED)
    assert journal.intend(entry(), reuse=True) is None


def test_of_many_threads_one_may_send(journal: sk.Journal) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: journal.intend(entry(), reuse=True), range(40)))
    assert found.count(None) == 1


# Processes.

DIES = """
journal = Journal(sys.argv[1])
for number in range(int(sys.argv[2])):
    begun(journal, entry(number), f"p{number}")
journal.intend(entry(100, request=request(100, "kraken.dry_run.initiate")))
journal.intend(entry(101))
os._exit(0)
"""


def test_what_a_dead_process_leaves(journal: sk.Journal) -> None:
    ran(DIES, journal.path, 2)
    known = journal.intend(entry(101), reuse=True)
    assert known is not None
    assert known.state == State.UNKNOWN
    found = journal.recover(HOST)
    assert [one.pipeline_id for one in found] == ["p0", "p1", None]
    assert found[2].state == State.UNKNOWN
    assert "its process ended" in (found[2].reason or "")
    assert journal.recover(HOST) == found
    # The dry run costs nothing: it can be sent again.
    again = entry(100, request=request(100, "kraken.dry_run.initiate"))
    assert journal.intend(again, reuse=True) is None


def test_what_a_living_process_has_is_left_to_it(journal: sk.Journal) -> None:
    code = DIES.replace("os._exit(0)", "print('ready', flush=True); sys.stdin.readline()")
    with process(code, journal.path, 2) as living:
        assert line(living) == "ready"
        assert journal.recover(HOST) == []
        being_sent = journal.intend(entry(101), reuse=True)
        assert being_sent is not None
        assert being_sent.state == State.INTENDED
        other = journal.intend(entry(1), reuse=True)
        assert other is not None
        assert other.pipeline_id == "p1"
        go(living)
    assert len(journal.recover(HOST)) == 3


@posix
def test_a_killed_process_that_nobody_has_waited_for_is_dead(journal: sk.Journal) -> None:
    code = DIES.replace("os._exit(0)", "print('ready', flush=True); sys.stdin.readline()")
    with process(code, journal.path, 1) as living:
        assert line(living) == "ready"
        os.kill(living.pid, signal.SIGKILL)
        os.waitid(os.P_PID, living.pid, os.WEXITED | os.WNOWAIT)  # its remainder stays
        assert len(journal.recover(HOST)) == 2


RECOVERS = """
journal = Journal(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(" ".join(found.id for found in journal.recover(HOST)), flush=True)
sys.stdin.readline()
"""


def test_of_processes_that_recover_at_once_one_gets_each_entry(path: Path) -> None:
    for _ in range(3):
        ran(DIES, path, 10)
    processes = [process(RECOVERS, path) for _ in range(4)]
    for running in processes:
        assert line(running) == "ready"
    for running in processes:
        go(running)
    got = [line_of.split() for line_of in _lines(processes)]
    together = [id for ids in got for id in ids]
    assert len(together) == len(set(together)) == 33


def _lines(processes: list[subprocess.Popen[str]]) -> list[str]:
    told = [running.stdout.readline() if running.stdout else "" for running in processes]
    for running in processes:
        _, err = running.communicate("\n", timeout=60)
        assert err == ""
    return told


OPENS = """
journal = Journal(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    begun(journal, entry(int(sys.argv[2]) * 100 + number), f"p{number}")
print("done", flush=True)
sys.stdin.readline()
"""


def test_processes_that_make_the_file_at_once(path: Path, journal: sk.Journal) -> None:
    processes = [process(OPENS, path, number) for number in range(4)]
    for running in processes:
        assert line(running) == "ready"
    for running in processes:
        go(running)
    assert _lines(processes) == ["done\n"] * 4
    assert len(journal.recover(HOST)) == 80


FORKS = """
import threading
journal = Journal(sys.argv[1])
stop = threading.Event()
def write():
    number = 1000
    while not stop.is_set():
        begun(journal, entry(number), f"p{number}")
        number += 1
thread = threading.Thread(target=write)
thread.start()
for child in range(10):
    begun(journal, entry(child), f"p{child}")
    pid = os.fork()
    if pid == 0:
        assert journal.recover(HOST) == []  # all is the parent's, who lives
        begun(journal, entry(100 + child), f"c{child}")
        os._exit(len(journal.recover(HOST)))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert f"c{child}" in {one.pipeline_id for one in journal.recover(HOST)}
stop.set()
thread.join()
print(journal._connection.execute("PRAGMA integrity_check").fetchone()[0])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_is_another_owner(path: Path) -> None:
    # Newer Pythons warn about any fork beside threads; this test shows that it works here.
    assert ran("import warnings; warnings.simplefilter('ignore')\n" + FORKS, path) == "ok\n"
