"""The owner of an entry: processes detect each other by locks only."""

from __future__ import annotations

import errno
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.pipelines.journal.entry import State
from tests.conftest import Both
from tests.faults.wire import WireServer, answer
from tests.pipelines.journals import HOST, apart, begun, entry, go, line, process, ran
from tests.places import CAR_PARK

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and locks of POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[sk.Journal]:
    made = sk.Journal(path)
    yield made
    made.close()


def ids(journal: sk.Journal) -> list[str | None]:
    return [one.pipeline_id for one in journal.recover(HOST)]


def locks(path: Path) -> set[str]:
    return set(os.listdir(path.with_name(path.name + "-owners")))


LIVES = """
journal = Journal(sys.argv[1])
begun(journal, entry(1), "p1")
journal.intend(entry(2))
print("ready", flush=True)
sys.stdin.readline()
"""


def being_sent(journal: sk.Journal) -> bool:
    found = journal.intend(entry(2), reuse=True)
    assert found is not None
    return found.state == State.INTENDED


# Processes.


@posix
def test_containers_that_share_a_journal_and_no_pids(path: Path, journal: sk.Journal) -> None:
    """Both have the same host name, and each is process 1 in its namespace."""
    alone = apart("--pid", "--mount", "--mount-proc")
    with process(LIVES, path, within=alone) as container:
        assert line(container) == "ready"
        assert ids(journal) == []
        assert being_sent(journal)
        there = (
            "print([one.pipeline_id for one in Journal(sys.argv[1]).recover(HOST)], os.getpid())"
        )
        assert ran(there, path, within=alone) == "[] 1\n"
        go(container)
    assert ids(journal) == ["p1", None]


@forks
@pytest.mark.parametrize("child", ["waits", "uses it", "closes it", "closes all files"])
def test_a_forked_child_does_not_keep_what_its_parent_had(
    path: Path, journal: sk.Journal, child: str
) -> None:
    code = f"""
journal = Journal(sys.argv[1])
begun(journal, entry(1), "p1")
pid = os.fork()
if pid == 0:
    if {child!r} == "uses it":
        begun(journal, entry(3), "p3")
    elif {child!r} == "closes it":
        journal.close()
    elif {child!r} == "closes all files":
        os.closerange(3, 1000)
    time.sleep(600)
print(pid, flush=True)
sys.stdin.readline()
"""
    with process(code, path) as parent:
        child_pid = int(line(parent))
        try:
            time.sleep(0.3)  # the child is working
            assert ids(journal) == []
            parent.kill()
            parent.wait(timeout=60)
            assert ids(journal) == ["p1"]  # and p3 belongs to the child, which is alive
        finally:
            os.kill(child_pid, signal.SIGKILL)


@forks
def test_a_forked_child_does_not_free_what_its_parent_has(path: Path, journal: sk.Journal) -> None:
    code = """
import gc
journal = Journal(sys.argv[1])
begun(journal, entry(1), "p1")
for way in range(4):
    pid = os.fork()
    if pid == 0:
        if way == 0:
            os._exit(0)
        if way == 1:
            os.closerange(3, 1000)
        if way == 2:
            begun(journal, entry(10), "c")
            journal.close()
        del journal
        gc.collect()
        sys.exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
print("ready", flush=True)
sys.stdin.readline()
"""
    with process(code, path) as parent:
        assert line(parent) == "ready"
        assert ids(journal) == ["c"]
        parent.kill()
    assert ids(journal) == ["p1", "c"]


@posix
@pytest.mark.parametrize("close_files", [True, False])
def test_a_program_that_was_started_keeps_nothing(
    path: Path, journal: sk.Journal, close_files: bool
) -> None:
    code = f"""
import subprocess
journal = Journal(sys.argv[1])
begun(journal, entry(1), "p1")
print(subprocess.Popen(["sleep", "600"], close_fds={close_files}, stdout=-3, stderr=-3).pid, flush=True)
sys.stdin.readline()
"""
    with process(code, path) as parent:
        pid = int(line(parent))
        try:
            assert ids(journal) == []
            parent.kill()
            parent.wait(timeout=60)
            assert ids(journal) == ["p1"]
        finally:
            os.kill(pid, signal.SIGKILL)


@posix
def test_a_stopped_process_lives(path: Path, journal: sk.Journal) -> None:
    with process(LIVES, path) as stopped:
        assert line(stopped) == "ready"
        stopped.send_signal(signal.SIGSTOP)
        assert ids(journal) == []
        assert being_sent(journal)
        stopped.kill()
    assert ids(journal) == ["p1", None]


# One process.


@posix
def test_clients_of_one_process_are_one_owner(path: Path, journal: sk.Journal) -> None:
    begun(journal, entry(1), "p1")
    (path.parent / "other").symlink_to(path.parent)
    (path.parent / "link.sqlite").symlink_to(path)
    names = locks(path)
    assert len(names) == 1
    up = f"../{path.parent.name}/runs.sqlite"
    for number, name in enumerate(("other/runs.sqlite", "link.sqlite", up, "other/link.sqlite")):
        again = sk.Journal(path.parent / name)
        assert ids(again) == ids(journal)
        begun(again, entry(2 + number), f"p{2 + number}")
        again.close()
    assert locks(path) == names
    mine = ids(journal)
    assert mine == ["p1", "p2", "p3", "p4", "p5"]
    with process(LIVES, path.parent / "other" / "link.sqlite") as living:
        assert line(living) == "ready"
        assert len(locks(path)) == 2
        assert ids(journal) == mine
        go(living)
    assert len(ids(journal)) == 7


@posix
def test_a_process_that_lost_its_lock_takes_another(path: Path, journal: sk.Journal) -> None:
    """Daemons close all files, and people delete unknown files."""
    code = """
import shutil
journal = Journal(sys.argv[1])
begun(journal, entry(1), "p1")
journal.close()
if sys.argv[2] == "files":
    os.closerange(3, 1000)
elif sys.argv[2] == "replaced files":
    os.closerange(3, 1000)
    others = [os.open(os.devnull, os.O_RDWR) for _ in range(20)]
elif sys.argv[2] == "folder":
    shutil.rmtree(sys.argv[1] + "-owners")
else:
    for name in os.listdir(sys.argv[1] + "-owners"):
        os.remove(sys.argv[1] + "-owners/" + name)
begun(journal, entry(2), "p2")
pid = os.fork()
if pid == 0:
    if sys.argv[2] == "replaced files":
        [os.fstat(file) for file in others]
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
print("ready", flush=True)
sys.stdin.readline()
"""
    for way in ("files", "replaced files", "folder", "lock files"):
        with process(code, path, way) as living:
            assert line(living) == "ready"
            assert ids(journal) == ["p1"]  # which it lost with its lock
            go(living)
        assert ids(journal) == ["p1", "p2"]
        journal.delete(HOST, ["p1", "p2"])


# Lock files.


@posix
def test_lock_files_of_dead_processes_are_removed(path: Path, journal: sk.Journal) -> None:
    with process(LIVES, path) as living:
        assert line(living) == "ready"
        (name,) = locks(path)
        for number in range(5):
            ran("begun(Journal(sys.argv[1]), entry(int(sys.argv[2])))", path, number + 10)
            assert len(locks(path)) == 2
        folder = path.with_name(path.name + "-owners")
        (folder / ("0" * 32)).touch(mode=0o600)  # of one that ended before it was an owner
        (folder / "notes").touch()
        assert len(ids(journal)) == 5
        assert len(locks(path)) == 3
        assert {name, "notes"} < locks(path)
        go(living)
    assert len(ids(journal)) == 7
    assert len(locks(path)) == 2


CHURNS = """
import random
chance = random.Random(int(sys.argv[2]))
for turn in range(12):
    pid = os.fork()
    if pid == 0:
        journal = Journal(sys.argv[1])
        number = int(sys.argv[2]) * 1000 + turn
        journal.intend(entry(number))
        for _ in range(chance.randrange(3)):
            journal.recover(HOST)
        # While it lives, nobody has taken its request for lost.
        rows = journal._connection.execute(
            "SELECT state FROM requests WHERE created = ?", (1.7e9 + number,)
        ).fetchall()
        os._exit(0 if rows == [("intended",)] else 1)
    if chance.random() < 0.3:
        os.kill(pid, 9)
    assert os.waitpid(pid, 0)[1] in (0, 9)
"""


@forks
def test_owners_come_and_go(path: Path, journal: sk.Journal) -> None:
    """Of processes that start, search for ended ones and end immediately, none is considered ended."""
    running = [process(CHURNS, path, number) for number in range(4)]
    for one in running:
        _, err = one.communicate(timeout=100)
        assert (one.returncode, err) == (0, "")
    found = journal.recover(HOST)
    assert {one.state for one in found} == {State.UNKNOWN}
    assert len(locks(path)) == 1


@posix
@pytest.mark.parametrize("name", ["../runs.sqlite", "..", "", "a\0b", "0" * 31, "/etc/passwd"])
def test_no_other_file_is_taken_for_a_lock(path: Path, journal: sk.Journal, name: str) -> None:
    begun(journal, entry(1))
    with journal._write() as connection:
        connection.execute("INSERT INTO owners (name) VALUES (?)", (name,))
    with pytest.raises(sk.ConfigError, match="is damaged"):
        journal.recover(HOST)
    assert path.stat().st_size > 0


# File systems.


def no_locks(file: int, operation: int) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def not_supported(file: int, operation: int) -> None:
    raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))


def not_allowed(file: int, operation: int) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def without_effect(file: int, operation: int) -> None:
    """A file system that grants every lock and holds none."""


FILE_SYSTEMS = [no_locks, not_supported, not_allowed, without_effect]


@posix
@pytest.mark.parametrize("flock", FILE_SYSTEMS)
async def test_a_file_system_without_locks(
    both: Both, path: Path, flock: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcntl.flock", flock)
    started = answer(200, {"pipelineId": "p1", "status": "NEW", "nextTry": 5})
    with WireServer([started]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("a.b.c"), journal=path)
        with pytest.raises(sk.ConfigError, match="nothing was sent"):
            await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))
        with pytest.raises(sk.ConfigError, match="cannot be used"):
            await both.settle(client.pipelines.recover())
        assert server.requests == []
    assert locks(path) == set()


@posix
@pytest.mark.parametrize("flock", FILE_SYSTEMS[:3])
def test_a_lock_that_cannot_be_seen_is_no_sign_of_death(
    path: Path,
    journal: sk.Journal,
    flock: Callable[[int, int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun(journal, entry(5), "p5")  # this process has its lock
    with process(LIVES, path) as living:
        assert line(living) == "ready"
        with monkeypatch.context() as patch:
            patch.setattr("fcntl.flock", flock)
            for use in (lambda: journal.recover(HOST), lambda: being_sent(journal)):
                with pytest.raises(sk.ConfigError, match="cannot be used"):
                    use()
        assert ids(journal) == ["p5"]
        assert being_sent(journal)
        go(living)


@posix
def test_a_folder_of_locks_that_others_can_open(path: Path, journal: sk.Journal) -> None:
    begun(journal, entry(1))
    path.with_name("runs.sqlite-owners").chmod(0o777)
    with pytest.raises(sk.ConfigError, match=r"-owners is accessible .*0777.*chmod 700"):
        journal.recover(HOST)


@forks
def test_a_fork_at_any_moment(path: Path, journal: sk.Journal) -> None:
    """Children of a process whose threads search for ended owners keep none of the locks."""
    code = """
import threading, warnings
warnings.simplefilter("ignore")
stop = threading.Event()
def work(number):
    while not stop.is_set():
        one = Journal(sys.argv[1])
        one.recover(HOST)
        begun(one, entry(number), "mine")
        one.close()
threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
children = []
for number in range(30):
    pid = os.fork()
    if pid == 0:
        time.sleep(600)
    children.append(pid)
    time.sleep(0.01)
stop.set()
for thread in threads: thread.join()
print(*children, flush=True)
sys.stdin.readline()
"""
    chance = random.Random(1)
    with process(code, path) as parent:
        children = [int(pid) for pid in line(parent).split()]
        try:
            for number in chance.sample(range(100), 5):
                ran("begun(Journal(sys.argv[1]), entry(int(sys.argv[2])))", path, number + 100)
            assert set(ids(journal)) == {"p1"}
            parent.kill()
            parent.wait(timeout=60)
            assert "mine" in ids(journal)
        finally:
            for pid in children:
                os.kill(pid, signal.SIGKILL)
