"""The journal's file: who may read it, whether it is one, and which form it has."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors.base import ConfigError

if TYPE_CHECKING:
    from sqlite3 import Connection

# "SpKJ" in the header says that the file is ours (PRAGMA application_id), and this what form it has.
APPLICATION_ID = 0x53704B4A
VERSION = 3

# Bytes. SQLite takes a file of one byte for an empty one, and would overwrite it.
SMALLEST = 512

# Seconds to wait while another process writes. A write takes milliseconds.
PATIENCE = 10.0

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS owners (
    owner INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    machine TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    UNIQUE (machine, pid, started)
);
CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES owners,
    key TEXT NOT NULL,
    host TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    body TEXT NOT NULL,
    path TEXT,
    map_type TEXT,
    repeatable INTEGER NOT NULL,
    created REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intended', 'begun', 'unknown', 'resolved', 'failed')),
    pipeline_id TEXT,
    sub_geometry_id TEXT,
    request_id TEXT,
    reason TEXT,
    cost REAL
);
CREATE INDEX IF NOT EXISTS requests_by_key ON requests (key);
CREATE INDEX IF NOT EXISTS requests_by_pipeline ON requests (pipeline_id);
CREATE INDEX IF NOT EXISTS requests_by_owner ON requests (owner);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""


def open_journal(path: Path) -> Connection:
    """Opens the journal; makes it where there is none.

    Raises ConfigError when other users can open it, and when it is none, or of a newer release;
    then it is left as it is. Raises OSError and sqlite3.Error when it cannot be had.
    """
    import sqlite3

    _check_mode(path)
    # Threads take turns (the Journal's lock), so the connection need not insist on one of them.
    connection = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        if _is_new(connection, path):
            _in_turn(connection, "PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
        _renew(connection)
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def wrong(path: Path, problem: str, hint: str | None = None) -> ConfigError:
    """The error for a journal that cannot be used."""
    return ConfigError(f"the journal {path} {problem}.", hint=hint or "Name another path.")


def _check_mode(path: Path) -> None:
    """Makes the file, or looks at who may open it.

    SQLite gives the files beside it (-wal, -shm) the mode of the file itself. One that is there is
    looked at by its path and not opened: closing it would drop the locks that other connections of
    this process hold on it (POSIX advisory locks, sqlite.org/howtocorrupt.html section 2.2).
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
        raise wrong(path, "is no file")
    if 0 < found.st_size < SMALLEST:
        raise wrong(path, "holds something else")
    if os.name == "posix" and mode & 0o077:
        raise wrong(
            path,
            f"is open to other users (mode {stat.S_IMODE(mode):04o})",
            hint=f"Close it with `chmod 600 {path}`.",
        )


def _is_new(connection: Connection, path: Path) -> bool:
    """Whether the file is empty yet. Reads only, for what is no journal must not be touched."""
    import sqlite3

    try:
        # One transaction, or another process that makes it meanwhile would be half seen.
        connection.execute("BEGIN")
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise wrong(path, "holds something else") from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if application == APPLICATION_ID:
        if version > VERSION:
            raise wrong(path, "was written by a newer release", hint="Update spaceknow-client.")
        return False
    if application or version or tables:
        raise wrong(path, "is a database of something else")
    return True


def _renew(connection: Connection) -> None:
    """Gives a journal of an earlier release the form of this one."""
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version < VERSION:  # nobody was here meanwhile
            if version < 2:
                connection.execute("ALTER TABLE requests ADD COLUMN path TEXT")
            connection.execute("ALTER TABLE requests ADD COLUMN cost REAL")
            connection.execute(f"PRAGMA user_version = {VERSION}")
    finally:
        connection.execute("COMMIT")


def _version(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _in_turn(connection: Connection, statement: str) -> None:
    """Executes a statement for which SQLite does not wait by itself while others use the file."""
    import sqlite3

    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(0.01)
        else:
            return
