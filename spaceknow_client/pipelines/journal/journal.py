"""The journal: a file that remembers every request that begins a pipeline, from before it is sent.

SQLite in WAL mode, each entry on the disk (synchronous=FULL) before the call that wrote it returns,
so that neither a killed process nor a power cut loses paid work. Nothing in it is secret.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import evolve, fields

from ...errors.base import ConfigError
from ...runtime.paths import expanded_path
from .entry import Entry, State
from .file_format import open_journal, wrong
from .owner import Owner

if TYPE_CHECKING:
    from sqlite3 import Connection

COLUMNS = tuple(attribute.name for attribute in fields(Entry))
NAMES = ", ".join(COLUMNS)


class Journal:
    """Remembers each request that begins a pipeline, and what became of it.

    `SpaceKnow(journal=...)` writes it; `client.pipelines.recover()` reads it. Several clients,
    threads and processes of one machine may share a file. It belongs on a local disk: SQLite's WAL
    mode does not work over a network.

    Args:
        path: the file. It, and its folder, are made at first use. The file is its owner's alone
            (mode 0600).

    Every method raises ConfigError when the file cannot be used: others can read it, it is no
    journal (it is never overwritten), a newer release wrote it, the disk is full.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, (str, os.PathLike)) or not str(path):
            raise ConfigError(f"journal is the path of a file, or a Journal, not {path!r}.")
        self.path = expanded_path(path).absolute()
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._me: Owner | None = None
        self._owner = 0
        with _forking:
            _journals.add(self)

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def look(self, entry: Entry) -> tuple[Entry | None, frozenset[str]]:
        """What may take the place of a request, and the ids of equal requests that are resolved."""
        with self._write() as connection:
            known = self._known(connection, entry, None)
            resolved = connection.execute(
                "SELECT id FROM requests WHERE key = ? AND state = ?", (entry.key, State.RESOLVED)
            ).fetchall()
        return known, frozenset(id for (id,) in resolved)

    def intend(
        self, entry: Entry, *, reuse: bool = False, resolved: frozenset[str] | None = None
    ) -> Entry | None:
        """Writes that a request will be sent; None says that it may be.

        With `reuse`, a request that was written before may take its place, and then nothing is
        written: one that has begun or has its result, else one that a living process is sending,
        else one whose fate is unknown. An allocation that was made takes no place, unless it was
        made after `look` gave `resolved`. Looking and writing are one transaction: of two callers,
        in whatever processes, one gets None.
        """
        with self._write() as connection:
            if reuse:
                known = self._known(connection, entry, resolved)
                if known is not None:
                    return known
            self._put(connection, entry)
        return None

    def not_begun(self, entry: Entry) -> None:
        """The request was refused, or provably never sent: the entry goes."""
        with self._write() as connection:
            connection.execute("DELETE FROM requests WHERE id = ?", (entry.id,))

    def begun(self, entry: Entry) -> None:
        """The server has begun a pipeline, or allocated. Written even if the intent was deleted."""
        with self._write() as connection:
            self._put(connection, entry)

    def unknown(self, entry: Entry, reason: str, request_id: str | None = None) -> None:
        """The request was sent, and no answer tells whether it began a pipeline."""
        lost = evolve(entry, state=State.UNKNOWN, reason=reason, request_id=request_id)
        with self._write() as connection:
            self._put(connection, lost)

    def ended(self, host: str, pipeline_id: str, state: State) -> None:
        """The pipeline's result was had (RESOLVED), or it is known to have failed (FAILED).

        Nothing happens where the journal does not know the pipeline.
        """
        with self._write() as connection:
            connection.execute(
                "UPDATE requests SET state = ? WHERE host = ? AND pipeline_id = ? AND state <> ?",
                (state, host, pipeline_id, state),
            )

    def recover(
        self, host: str, account: str | None = None, *, elsewhere: bool = False
    ) -> list[Entry]:
        """Entries of this process and of dead ones, oldest first; those become this process's.

        In one transaction, so that of two processes that recover at once only one gets an entry.
        What a dead process was sending has an unknown fate. What this process is sending is left
        out, and so is whatever belongs to a living process.

        Args:
            host: the API's address.
            account: only the entries of this user; by default those of all.
            elsewhere: take what belongs to processes on other machines too. Whether they live
                cannot be known from here.
        """
        with self._write() as connection:
            for owner in self._dead(connection, elsewhere):
                self._claim(connection, owner, host, account)
            rows = connection.execute(
                f"SELECT {NAMES} FROM requests WHERE owner = ? AND host = ? "  # noqa: S608
                "AND (? IS NULL OR account = ?) AND state <> ? ORDER BY created, rowid",
                (self._owner, host, account, account, State.INTENDED),
            ).fetchall()
        return [_entry(row) for row in rows]

    def entries(self, host: str) -> list[Entry]:
        """All entries about the API at `host`, oldest first, whoever's they are. None changes hands."""
        with self._write() as connection:
            rows = connection.execute(
                f"SELECT {NAMES} FROM requests WHERE host = ? ORDER BY created, rowid",  # noqa: S608
                (host,),
            ).fetchall()
        return [_entry(row) for row in rows]

    def forget(self, ids: Iterable[str]) -> None:
        """Deletes entries by their ids."""
        with self._write() as connection:
            connection.executemany("DELETE FROM requests WHERE id = ?", [(id,) for id in ids])

    def close(self) -> None:
        """Closes the file. A later call opens it again."""
        with self._lock:
            self._shut()

    def _shut(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A transaction. What it wrote is on the disk when its block ends."""
        import sqlite3

        with self._lock:
            try:
                connection = self._opened()
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    self._sign(connection)
                    yield connection
                    connection.execute("COMMIT")
                finally:  # after an error, and after Ctrl-C wherever it came
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise wrong(self.path, f"cannot be used ({error})") from error
            except OSError as error:
                raise wrong(self.path, f"cannot be used ({error.strerror})") from error

    def _opened(self) -> Connection:
        if self._connection is None:
            self._me = Owner.current()
            self._connection = open_journal(self.path)
        return self._connection

    def _sign(self, connection: Connection) -> None:
        """Makes sure that this process is an owner. Others may have taken it for dead meanwhile."""
        me = self._me or Owner.current()
        names = (me.machine, me.pid, me.started)
        row = connection.execute(
            "SELECT owner FROM owners WHERE machine = ? AND pid = ? AND started = ?", names
        ).fetchone()
        if row is None:
            cursor = connection.execute(
                "INSERT INTO owners (machine, pid, started) VALUES (?, ?, ?)", names
            )
            row = (cursor.lastrowid,)
        (self._owner,) = row

    def _put(self, connection: Connection, entry: Entry) -> None:
        places = ", ".join("?" for _ in (*COLUMNS, "owner"))
        connection.execute(
            f"INSERT OR REPLACE INTO requests ({NAMES}, owner) VALUES ({places})",  # noqa: S608
            (*_row(entry), self._owner),
        )

    def _known(
        self, connection: Connection, wanted: Entry, resolved: frozenset[str] | None
    ) -> Entry | None:
        """What may take the place of a request, the best first."""
        rows = connection.execute(
            f"SELECT {NAMES}, machine, pid, started FROM requests "  # noqa: S608
            "JOIN owners USING (owner) WHERE key = ? ORDER BY created DESC, requests.rowid DESC",
            (wanted.key,),
        ).fetchall()
        sending: Entry | None = None
        unknown: Entry | None = None
        for *row, machine, pid, started in rows:
            entry = _entry(row)
            if entry.state in (State.BEGUN, State.RESOLVED):
                is_new = resolved is not None and entry.id not in resolved
                if entry.pipeline_id is not None or is_new:
                    return entry
            if entry.state == State.INTENDED and not Owner(machine, pid, started).is_dead():
                sending = sending or entry
            elif entry.state in (State.INTENDED, State.UNKNOWN) and not entry.repeatable:
                unknown = unknown or evolve(entry, state=State.UNKNOWN)
        return sending or unknown

    def _dead(self, connection: Connection, elsewhere: bool) -> list[int]:
        """Owners whose entries may be taken."""
        rows = connection.execute("SELECT owner, machine, pid, started FROM owners").fetchall()
        owners = {id: Owner(machine, pid, started) for id, machine, pid, started in rows}
        here = owners.pop(self._owner).machine
        return [
            id
            for id, owner in owners.items()
            if owner.is_dead() or (elsewhere and owner.machine != here)
        ]

    def _claim(self, connection: Connection, owner: int, host: str, account: str | None) -> None:
        mine = "owner = ? AND host = ? AND (? IS NULL OR account = ?)"
        where = (owner, host, account, account)
        # What costs nothing is simply sent again by whoever needs it.
        connection.execute(
            f"DELETE FROM requests WHERE {mine} AND state = ? AND repeatable",  # noqa: S608
            (*where, State.INTENDED),
        )
        connection.execute(
            f"UPDATE requests SET state = ?, reason = ? WHERE {mine} AND state = ?",  # noqa: S608
            (State.UNKNOWN, "its process ended while it was sent", *where, State.INTENDED),
        )
        connection.execute(
            f"UPDATE requests SET owner = ? WHERE {mine}",  # noqa: S608
            (self._owner, *where),
        )
        connection.execute(
            "DELETE FROM owners WHERE owner = ? AND owner NOT IN (SELECT owner FROM requests)",
            (owner,),
        )


def _row(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in COLUMNS)


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(**dict(zip(COLUMNS, row, strict=True)))


# A connection must not be used after a fork (sqlite.org/howtocorrupt.html section 2.6), nor may a
# child inherit a lock that another thread holds. So all journals are closed while a process forks;
# each of the two opens them again, the child as another owner.
_journals: weakref.WeakSet[Journal] = weakref.WeakSet()
_forking = threading.Lock()
_closed: list[Journal] = []


def _before_fork() -> None:
    _forking.acquire()
    for journal in list(_journals):
        journal._lock.acquire()
        _closed.append(journal)
        journal._shut()


def _after_fork() -> None:
    while _closed:
        _closed.pop()._lock.release()
    _forking.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
