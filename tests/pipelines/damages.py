"""Damages of a journal's files, at random with a seed."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

PAGE = 4096
VALUES = (
    "NULL",
    "-1",
    "9e999",
    "-9223372036854775808",
    "''",
    "'x'",
    "'[[['",
    "x'ff00fe'",
    "CAST(x'ff41' AS TEXT)",
    "char(0)",
    "'../../' || id",
    "zeroblob(3000)",
    "printf('%.5000c', '[')",
)


def damage(path: Path, number: int) -> str:
    """Damages the journal in one of many ways, selected by the number. Returns a description."""
    chance = random.Random(number)
    ways: list[Callable[[Path, random.Random], str]] = [
        _flip,
        _flip,
        _cut,
        _zeroes,
        _swap,
        _wal,
        _value,
        _value,
        _schema,
        _header,
    ]
    return chance.choice(ways)(path, chance)


def _file(path: Path, chance: random.Random) -> Path:
    """The journal, or its log."""
    log = path.with_name(path.name + "-wal")
    return log if log.exists() and log.stat().st_size and chance.random() < 0.3 else path


def _flip(path: Path, chance: random.Random) -> str:
    file = _file(path, chance)
    content = bytearray(file.read_bytes())
    places = [chance.randrange(len(content)) for _ in range(chance.choice((1, 3, 30, 1000)))]
    for place in places:
        content[place] ^= chance.randrange(1, 256)
    file.write_bytes(content)
    return f"{len(places)} bytes of {file.name}"


def _cut(path: Path, chance: random.Random) -> str:
    file = _file(path, chance)
    size = chance.randrange(1, file.stat().st_size)
    if chance.random() < 0.5:
        size = max(PAGE, size // PAGE * PAGE)
    with file.open("r+b") as opened:
        opened.truncate(size)
    return f"{file.name} cut to {size}"


def _zeroes(path: Path, chance: random.Random) -> str:
    file = _file(path, chance)
    content = bytearray(file.read_bytes())
    page = chance.randrange(len(content) // PAGE + 1) * PAGE
    content[page : page + PAGE] = bytes(len(content[page : page + PAGE]))
    file.write_bytes(content)
    return f"zeroes at {page} of {file.name}"


def _swap(path: Path, chance: random.Random) -> str:
    content = path.read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    chance.shuffle(pages)
    path.write_bytes(b"".join(pages))
    return "pages in another order"


def _wal(path: Path, chance: random.Random) -> str:
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).write_bytes(chance.randbytes(chance.randrange(10_000)))
    return "a log of noise"


def _header(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    place = chance.randrange(100)
    content[place] = chance.choice((0, 1, 0x7F, 0xFF))
    path.write_bytes(content)
    return f"byte {place} of the header"


def _executed(path: Path, *statements: str) -> str:
    connection = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(connection):
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            with contextlib.suppress(sqlite3.Error):
                connection.execute(statement)
    return "; ".join(statements)[:200]


def _columns(path: Path, table: str) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _value(path: Path, chance: random.Random) -> str:
    """Values that were never written; if the table forbids them, in one that does not."""
    table = chance.choice(("requests", "requests", "requests", "owners"))
    columns = _columns(path, table)
    statements = []
    if chance.random() < 0.5:
        statements = [
            f"CREATE TABLE copy AS SELECT * FROM {table}",
            f"DROP TABLE {table}",
            f"ALTER TABLE copy RENAME TO {table}",
        ]
    for _ in range(chance.choice((1, 1, 3))):
        column, value = chance.choice(columns), chance.choice(VALUES)
        rows = chance.choice(("1", f"rowid % 3 = {chance.randrange(3)}"))
        statements.append(f"UPDATE {table} SET {column} = {value} WHERE {rows}")
    return _executed(path, *statements)


def _schema(path: Path, chance: random.Random) -> str:
    table = chance.choice(("requests", "owners"))
    column = chance.choice(_columns(path, table))
    statement = chance.choice(
        (
            f"ALTER TABLE {table} DROP COLUMN {column}",
            f"ALTER TABLE {table} RENAME COLUMN {column} TO other",
            f"ALTER TABLE {table} ADD COLUMN other TEXT NOT NULL DEFAULT 5",
            f"DROP TABLE {table}",
            f"DELETE FROM {table}",
            f"CREATE TRIGGER t BEFORE INSERT ON {table} BEGIN SELECT raise(ABORT, 'no'); END",
            f"ALTER TABLE {table} RENAME TO others",
            "DROP INDEX requests_by_key",
            "UPDATE sqlite_master SET sql = 'CREATE TABLE nonsense' WHERE type = 'table'",
            "UPDATE sqlite_master SET rootpage = 3",
            "UPDATE sqlite_sequence SET seq = 'x'",
            f"PRAGMA user_version = {chance.choice((-1, 0, 1, 2, 4, 2**31 - 1))}",
            "PRAGMA application_id = 5",
        )
    )
    return _executed(path, statement)
