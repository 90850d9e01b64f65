"""The file format of the journal: access rights, validity and version."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors.base import ConfigError

if TYPE_CHECKING:
    from sqlite3 import Connection

# "SpKJ" in the header marks the file as a journal (PRAGMA application_id); its version follows.
APPLICATION_ID = 0x53704B4A
VERSION = 4

# Bytes. SQLite takes a file of one byte for an empty one, and would overwrite it.
SMALLEST = 512

# Seconds to wait while another process writes. A write takes milliseconds.
PATIENCE = 10.0

OWNERS = """
CREATE TABLE IF NOT EXISTS owners (
    owner INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    name TEXT NOT NULL UNIQUE -- of its lock file
);
"""
# Columns missing in journals of earlier releases.
ADDED = {
    "path": "TEXT",
    "cost": "REAL",  # credits that it spent, where that is known
    "hidden": "INTEGER NOT NULL DEFAULT 0",  # it was forgotten: for `reuse`, and not for `recover`
    "handed": "TEXT",  # what the result needs beside the pipeline's id
}
COLUMNS = ",\n".join(f"    {name} {kind}" for name, kind in ADDED.items())
SCHEMA = f"""
BEGIN IMMEDIATE;
{OWNERS}
CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY,
    owner INTEGER NOT NULL, -- one that is not in the table of owners has ended
    key TEXT NOT NULL,
    host TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    body TEXT NOT NULL,
    map_type TEXT,
    repeatable INTEGER NOT NULL,
    created REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intended', 'started', 'unknown', 'resolved', 'failed')),
    pipeline_id TEXT,
    sub_geometry_id TEXT,
    request_id TEXT,
    reason TEXT,
{COLUMNS}
);
CREATE INDEX IF NOT EXISTS requests_by_key ON requests (key);
CREATE INDEX IF NOT EXISTS requests_by_pipeline ON requests (pipeline_id);
CREATE INDEX IF NOT EXISTS requests_by_owner ON requests (owner);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""


def open_journal(path: Path, until: float) -> Connection:
    """Opens the journal, and creates it if missing. Waits for other processes until `until`, a time of
    `time.monotonic()`.

    Raises ConfigError if other users can access it, or if it is not a journal, is damaged, or was written
    by a newer release; then it is not changed. Raises OSError and sqlite3.Error if it cannot be opened.
    """
    import sqlite3

    _check_file(path)
    # The Journal's lock serializes threads, so SQLite need not check the thread.
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        wait_until(connection, until)
        if _is_new(connection, path):
            _in_turn(connection, "PRAGMA journal_mode = WAL", until)
            wait_until(connection, until)
            connection.executescript(SCHEMA)
        else:
            # A damaged index would hide paid requests.
            (problem,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if problem != "ok":
                raise damaged(path, problem)
        wait_until(connection, until)
        _renew(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = OFF")  # of a table of earlier releases
    except BaseException:
        connection.close()
        raise
    return connection


def wait_until(connection: Connection, until: float) -> None:
    """Lets the next statement wait for other processes until `until`, a time of `time.monotonic()`."""
    left = max(0, int(1000 * (until - time.monotonic())))
    connection.execute(f"PRAGMA busy_timeout = {left}").close()


def wrong(path: Path, problem: str, hint: str | None = None) -> ConfigError:
    """The error for an unusable journal."""
    return ConfigError(f"the journal {path} {problem}.", hint=hint or "Use another path.")


def damaged(path: Path, problem: object) -> ConfigError:
    """The error for an unreadable journal."""
    return wrong(
        path,
        f"is damaged ({problem})",
        hint="Restore a copy, or recover the file with `sqlite3 FILE .recover`. Its pipelines are still "
        "running at the server.",
    )


def locked(path: Path) -> ConfigError:
    """The error for a journal that other processes keep locked."""
    return wrong(
        path,
        "is locked by another process",
        hint="If no process is using it, a stopped process holds the lock: end that process.",
    )


def check_mode(path: Path, mode: int, closed: str) -> None:
    """Raises ConfigError if other users can access a file or a folder; `closed` is a correct mode."""
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(
            f"{path} is accessible to other users (mode {stat.S_IMODE(mode):04o}).",
            hint=f"Restrict it with `chmod {closed} {path}`.",
        )


def _check_file(path: Path) -> None:
    """Creates the file, or checks its access rights.

    SQLite gives the files next to it (-wal, -shm) the same mode. An existing file is checked by its path
    and not opened: closing it would release the locks that other connections of this process hold on
    it (POSIX advisory locks, sqlite.org/howtocorrupt.html section 2.2).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        found = path.stat()
    else:
        return
    mode = found.st_mode
    if not stat.S_ISREG(mode):
        raise wrong(path, "is not a file")
    if 0 < found.st_size < SMALLEST:
        raise wrong(path, "is not a journal")
    check_mode(path, mode, "600")
    # The files that SQLite writes next to it, and the locks, would not be shared.
    if found.st_nlink > 1:
        raise wrong(path, "has a second name (a hard link)", hint="Use a symbolic link.")
    if found.st_dev != os.stat(os.path.dirname(os.path.realpath(path))).st_dev:
        raise wrong(path, "is mounted without its folder", hint="Mount the folder.")


def _is_new(connection: Connection, path: Path) -> bool:
    """Whether the file is empty. Only reads, because a file that is not a journal must not be changed."""
    import sqlite3

    try:
        # One transaction, so that a journal that another process creates is not half seen.
        connection.execute("BEGIN")
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        version = _version(connection)
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_NOTADB:
            raise
        raise wrong(path, "is not a journal") from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if application == APPLICATION_ID:
        if version > VERSION:
            raise wrong(path, "was written by a newer release", hint="Update spaceknow-client.")
        return False
    if application or version or tables:
        raise wrong(path, "is a database of another program")
    return True


def _renew(connection: Connection) -> None:
    """Upgrades a journal of an earlier release."""
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version < VERSION:  # no other process has upgraded it
            known = {row[1] for row in connection.execute("PRAGMA table_info(requests)")}
            for name, kind in ADDED.items():
                if name not in known:
                    connection.execute(f"ALTER TABLE requests ADD COLUMN {name} {kind}")
        if version < 3:
            # Owners were process numbers. They count as ended: their requests are not sent again.
            connection.execute("UPDATE requests SET owner = 0")
            connection.execute("DROP TABLE owners")
            connection.execute(OWNERS)
            # Pipeline IDs were not checked.
            connection.execute(
                "UPDATE requests SET state = 'unknown', pipeline_id = NULL, "
                "reason = 'the response contains no pipeline ID' WHERE trim(pipeline_id) = ''"
            )
        if version < VERSION:
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _version(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _in_turn(connection: Connection, statement: str, until: float) -> None:
    """Executes a statement for which SQLite itself does not wait while others use the file."""
    import sqlite3

    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(0.01)
        else:
            return
