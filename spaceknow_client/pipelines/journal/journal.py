"""The journal: a file that records each pipeline-starting request before it is sent.

SQLite in WAL mode; each entry is on the disk (synchronous=FULL) before the call that wrote it returns,
so that neither a killed process nor a power failure loses paid work. It contains no secrets.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from attrs import evolve

from ...errors.base import ConfigError, InvalidArgumentError, SpaceKnowError
from ...runtime.paths import expanded_path
from ...transport.responses import storable
from .entry import COLUMNS, Entry, State, entry_of, row_of
from .file_format import PATIENCE, damaged, locked, open_journal, wait_until, wrong
from .owner import Owners

if TYPE_CHECKING:
    from sqlite3 import Connection

NAMES = ", ".join(COLUMNS)
# Whether the process that owns an entry has ended.
DEAD = "coalesce(owner, 0) NOT IN (SELECT owner FROM owners)"


class Journal:
    """Records each pipeline-starting request before it is sent, and its outcome.

    `SpaceKnow(journal=...)` writes it; `client.pipelines.recover()` reads it. Several clients,
    threads and processes of one machine can share a file, also from several containers. It must be
    on a local disk, because SQLite's WAL mode does not work over a network.

    Args:
        path: the file. It and its folder are created on first use, accessible only to their owner
            (mode 0600). Next to it is a folder (`-owners`) of lock files, by which processes detect
            each other.

    Each method raises ConfigError if the file cannot be used: others can access it, it is not a
    journal (it is never overwritten), it is damaged, a newer release wrote it, the disk is full, the
    file system has no locks, or another process keeps it locked. `until` is the time of
    `time.monotonic()` up to which a method waits for a lock, at most 10 seconds.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, (str, os.PathLike)) or not str(path):
            raise ConfigError(f"journal must be a file path or a Journal, not {path!r}.")
        self.path = expanded_path(path).absolute()
        try:
            if b"\0" in os.fsencode(self.path):
                raise ValueError("embedded null byte")
        except ValueError as error:
            raise ConfigError(f"invalid journal path {path!r} ({error}).") from error
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._owners: Owners  # set while the file is open
        self._late: list[Callable[[Connection], object]] = []
        with _forking:
            _journals.add(self)

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def look(
        self, entry: Entry, *, until: float | None = None
    ) -> tuple[Entry | None, frozenset[str]]:
        """An earlier request that can replace this one, and IDs of equal resolved requests."""
        with self._write(until) as connection:
            known = self._known(connection, entry, None)
            resolved = connection.execute(
                "SELECT id FROM requests WHERE key = ? AND state = ?", (entry.key, State.RESOLVED)
            ).fetchall()
        return known, frozenset(id for (id,) in resolved)

    def intend(
        self,
        entry: Entry,
        *,
        reuse: bool = False,
        resolved: frozenset[str] | None = None,
        until: float | None = None,
    ) -> Entry | None:
        """Records that a request is about to be sent; None means that it may be.

        With `reuse`, an earlier request is returned instead and nothing is written: one that has started
        a pipeline or has a result, else one that a running process is sending, else one whose outcome
        is unknown. An allocation that was made is not returned, unless it was made after `look`
        returned `resolved`. All is one transaction: of two concurrent callers, in any processes, only
        one gets None.
        """
        with self._write(until) as connection:
            if reuse:
                known = self._known(connection, entry, resolved)
                if known is not None:
                    return known
            self._put(connection, entry)
        return None

    def not_started(self, entry: Entry, *, until: float | None = None) -> None:
        """The request was refused, or certainly never sent: deletes the entry."""
        self._note("DELETE FROM requests WHERE id = ?", (entry.id,), until)

    def started(self, entry: Entry, *, until: float | None = None) -> None:
        """The server started a pipeline, or allocated. Recorded even if the intent was deleted."""
        self._note(entry, (), until)

    def unknown(
        self,
        entry: Entry,
        reason: str,
        request_id: str | None = None,
        *,
        until: float | None = None,
    ) -> None:
        """The request was sent, and its outcome is unknown."""
        lost = evolve(entry, state=State.UNKNOWN, reason=reason, request_id=request_id)
        self._note(lost, (), until)

    def ended(
        self, host: str, pipeline_id: str, state: State, *, until: float | None = None
    ) -> None:
        """The result was fetched (RESOLVED), or the pipeline has failed (FAILED).

        Does nothing for a pipeline that is not in the journal.
        """
        self._note(
            "UPDATE requests SET state = ? WHERE host = ? AND pipeline_id = ? AND state <> ?",
            (state, host, storable(pipeline_id), state),
            until,
        )

    def recover(
        self, host: str, account: str | None = None, *, until: float | None = None
    ) -> list[Entry]:
        """Entries of this process and of ended processes, oldest first; this process takes them over.

        One transaction, so that of two processes that recover concurrently only one gets an entry.
        A request that an ended process was sending has an unknown outcome. Omitted are requests that
        this process is sending, entries of running processes, and hidden entries.

        Args:
            host: the API host.
            account: only entries of this user; by default those of all users.
        """
        mine = "host = ? AND (? IS NULL OR account = ?)"
        where = (host, account, account)
        with self._write(until) as connection:
            owner = self._owner_id(connection)
            self._delete_ended_owners(connection)
            # A request that costs nothing is simply sent again when needed.
            connection.execute(
                f"DELETE FROM requests WHERE {DEAD} AND {mine} AND state = ? AND repeatable",  # noqa: S608
                (*where, State.INTENDED),
            )
            connection.execute(
                f"UPDATE requests SET state = ?, reason = ? WHERE {DEAD} AND {mine} AND state = ?",  # noqa: S608
                (
                    State.UNKNOWN,
                    "its process ended while it was being sent",
                    *where,
                    State.INTENDED,
                ),
            )
            connection.execute(
                f"UPDATE requests SET owner = ? WHERE {DEAD} AND {mine}",  # noqa: S608
                (owner, *where),
            )
            rows = connection.execute(
                f"SELECT {NAMES} FROM requests WHERE owner = ? AND {mine} "  # noqa: S608
                "AND state IS NOT ? AND hidden IS NOT 1 ORDER BY created, rowid",
                (owner, *where, State.INTENDED),
            ).fetchall()
            return [entry_of(row) for row in rows]

    def entries(self, host: str) -> list[Entry]:
        """All entries for the API at `host`, oldest first, of any owner, which they keep."""
        with self._write(reads=True) as connection:
            rows = connection.execute(
                f"SELECT {NAMES} FROM requests WHERE host = ? ORDER BY created, rowid",  # noqa: S608
                (host,),
            ).fetchall()
            return [entry_of(row) for row in rows]

    def forget(self, ids: Iterable[str], *, until: float | None = None) -> None:
        """Hides entries from `recover`, by their IDs; those of unknown outcome are deleted.

        `reuse` still finds hidden entries. The request of a deleted entry can be sent again.
        """
        chosen = [(id,) for id in ids]
        with self._write(until) as connection:
            connection.executemany("UPDATE requests SET hidden = 1 WHERE id = ?", chosen)
            connection.executemany(
                "DELETE FROM requests WHERE id = ? AND state = 'unknown'", chosen
            )

    def delete(self, host: str, ids: Iterable[str], *, until: float | None = None) -> None:
        """Deletes entries by their IDs, or by those of their pipelines: each request can be sent again.

        Raises InvalidArgumentError, and deletes nothing, for an ID that the journal does not have at
        this `host`, and while a running process is sending the request.
        """
        problem = None
        with self._write(until) as connection:
            found: list[tuple[str]] = []
            for id in ids:
                rows = connection.execute(
                    "SELECT id, state, name FROM requests LEFT JOIN owners USING (owner) "
                    "WHERE host = ? AND ? IN (id, pipeline_id)",
                    (host, storable(id)),
                ).fetchall()
                if not rows:
                    problem = problem or f"the journal has no entry {id!r} for {host}."
                for entry, state, owner in rows:
                    if state == State.INTENDED and self._lives(owner):
                        problem = problem or f"the request {id!r} is being sent."
                    found.append((entry,))
            if problem is None:
                connection.executemany("DELETE FROM requests WHERE id = ?", found)
        if problem is not None:
            raise InvalidArgumentError(f"{problem} Nothing was deleted.")

    def close(self) -> None:
        """Closes the file. The next call opens it again."""
        if self._late:
            with suppress(ConfigError), self._write(time.monotonic()):
                pass
        with self._lock:
            self._shut()

    def _shut(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _note(self, what: Entry | str, parameters: tuple[Any, ...], until: float | None) -> None:
        """Records an outcome: an entry, or a statement.

        If it cannot be written now, it is stored and written before anything else.
        """

        def write(connection: Connection) -> None:
            if isinstance(what, Entry):
                self._put(connection, what)
            else:
                connection.execute(what, parameters)

        try:
            with self._write(until) as connection:
                write(connection)
        except ConfigError:
            self._late.append(write)
            raise

    @contextmanager
    def _write(self, until: float | None = None, *, reads: bool = False) -> Iterator[Connection]:
        """A transaction, which is on the disk when its block ends. One that only `reads` does not wait
        for writers."""
        import sqlite3

        now = time.monotonic()
        until = min(now + PATIENCE, now + PATIENCE if until is None else until)
        if not self._lock.acquire(timeout=max(0.0, until - now)):
            raise locked(self.path)
        try:
            connection = self._opened(until)
            try:
                wait_until(connection, until)
                connection.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
                late = 0 if reads else len(self._late)
                for write in self._late[:late]:
                    write(connection)
                yield connection
                connection.execute("COMMIT")
                del self._late[:late]
            finally:  # after an error, or Ctrl-C at any point
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except SpaceKnowError:
            raise
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise locked(self.path) from error
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise damaged(self.path, error) from error
            raise wrong(self.path, f"cannot be used ({error})") from error
        except OSError as error:
            raise wrong(
                self.path,
                f"cannot be used ({error.strerror or error})",
                hint="Use another path, on a local disk that supports locks.",
            ) from error
        except (ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
            raise damaged(self.path, error) from error  # its content is not what was written
        finally:
            self._lock.release()

    def _opened(self, until: float) -> Connection:
        if self._connection is None:
            self._connection = open_journal(self.path, until)
            self._owners = Owners(self.path)
        return self._connection

    def _owner_id(self, connection: Connection) -> int:
        """This process as an owner. Another process may have removed it as ended."""
        name = self._owners.own_name()
        row = connection.execute("SELECT owner FROM owners WHERE name = ?", (name,)).fetchone()
        if row is None:
            self._delete_ended_owners(connection)
            connection.execute("INSERT INTO owners (name) VALUES (?)", (name,))
            row = connection.execute("SELECT last_insert_rowid()").fetchone()
        return int(row[0])

    def _delete_ended_owners(self, connection: Connection) -> None:
        """Deletes ended owners, so that their entries can be taken over."""
        names = [name for (name,) in connection.execute("SELECT name FROM owners")]
        dead = [(name,) for name in self._owners.dead(names)]
        connection.executemany("DELETE FROM owners WHERE name = ?", dead)

    def _lives(self, owner: str | None) -> bool:
        return owner is not None and not self._owners.is_dead(owner)

    def _put(self, connection: Connection, entry: Entry) -> None:
        owner = self._owner_id(connection)
        places = ", ".join("?" for _ in COLUMNS)
        connection.execute(
            f"INSERT OR REPLACE INTO requests (owner, {NAMES}) VALUES (?, {places})",  # noqa: S608
            (owner, *row_of(entry)),
        )

    def _known(
        self, connection: Connection, wanted: Entry, resolved: frozenset[str] | None
    ) -> Entry | None:
        """Earlier requests that can replace this one, the best first."""
        rows = connection.execute(
            f"SELECT {NAMES}, name FROM requests LEFT JOIN owners USING (owner) "  # noqa: S608
            "WHERE key = ? ORDER BY created DESC, requests.rowid DESC",
            (wanted.key,),
        ).fetchall()
        sending: Entry | None = None
        unknown: Entry | None = None
        for *row, owner in rows:
            entry = entry_of(row)
            if entry.state in (State.STARTED, State.RESOLVED):
                is_new = resolved is not None and entry.id not in resolved
                if entry.pipeline_id is not None or is_new:
                    return entry
            if entry.state == State.INTENDED and self._lives(owner):
                sending = sending or entry
            elif entry.state in (State.INTENDED, State.UNKNOWN) and not entry.repeatable:
                unknown = unknown or evolve(entry, state=State.UNKNOWN)
        return sending or unknown


# A connection must not be used after a fork (sqlite.org/howtocorrupt.html section 2.6), nor may a
# child inherit a lock held by another thread. So all journals are closed during a fork; parent and
# child open them again, the child as a new owner.
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


def _in_child() -> None:
    for journal in _closed:
        journal._late.clear()  # the parent writes these
    _after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)
