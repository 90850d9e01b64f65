"""Any damage of a journal raises ConfigError, and nothing is sent without the journal."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.pipelines.journal.entry import State
from tests.conftest import Both
from tests.faults.wire import WireServer, answer
from tests.pipelines.damages import damage
from tests.pipelines.journals import HOST, begun, entry, ran
from tests.places import CAR_PARK

# All of them with `SPACEKNOW_DAMAGES=1000`; the seed of each is its number.
DAMAGES = int(os.environ.get("SPACEKNOW_DAMAGES", "100"))

RELEASE = {"map_type": "cars", "scene_ids": ["s"], "extent": CAR_PARK}

WRITES = """
import itertools
journal = Journal(sys.argv[1])
for number in range(30):
    begun(journal, entry(number), f"p{number}")
journal.ended(HOST, "p1", State.RESOLVED)
journal.ended(HOST, "p2", State.FAILED)
journal.forget([entry(3).id])
journal.intend(entry(40))
journal.intend(entry(41))
journal.unknown(entry(42), "no answer", "r")
if sys.argv[2] == "closed":
    journal.close()
os._exit(0)  # else its log stays beside it
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders with a journal that was closed, and one whose process was killed."""
    folders = tmp_path_factory.mktemp("closed"), tmp_path_factory.mktemp("killed")
    for folder in folders:
        code = "from spaceknow_client.pipelines.journal.entry import State\n" + WRITES
        ran(code, folder / "runs", folder.name[:6])
    return folders


def damaged(written: tuple[Path, Path], number: int, folder: Path) -> tuple[Path, str]:
    """A journal with one of the damages, and its description."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(written[number % 4 == 0], folder)
    return folder / "runs", damage(folder / "runs", number)


def uses(journal: sk.Journal) -> Iterator[Callable[[], object]]:
    yield lambda: journal.intend(entry(5), reuse=True)
    yield lambda: journal.intend(entry(40), reuse=True)
    yield lambda: [str(one.token()) for one in journal.recover(HOST)]
    yield lambda: journal.entries(HOST)
    yield lambda: begun(journal, entry(50), "p50")
    yield lambda: journal.unknown(entry(51), "no answer")
    yield lambda: journal.ended(HOST, "p5", State.RESOLVED)
    yield lambda: journal.forget([one.id for one in journal.recover(HOST)])
    yield lambda: journal.delete(HOST, ["p6"])
    yield lambda: journal.not_started(entry(50))


def raised_by(use: Callable[[], object]) -> Exception | None:
    try:
        use()
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("first", range(0, DAMAGES, 25))
def test_whatever_is_damaged(written: tuple[Path, Path], tmp_path: Path, first: int) -> None:
    refused = 0
    for number in range(first, first + 25):
        path, told = damaged(written, number, tmp_path / "copy")
        journal = sk.Journal(path)
        for error in map(raised_by, uses(journal)):
            if error is not None:
                kinds = (sk.ConfigError, sk.InvalidArgumentError)  # the second where p6 is lost
                assert isinstance(error, kinds), (number, told)
                assert "p6" in str(error) or str(path) in str(error), (number, told)
                refused += isinstance(error, sk.ConfigError)
        journal.close()
    assert refused > 25


@pytest.mark.parametrize("first", range(0, DAMAGES, 50))
async def test_nothing_is_sent_without_an_intent(
    both: Both, written: tuple[Path, Path], tmp_path: Path, first: int
) -> None:
    started = answer(200, {"pipelineId": "q1", "status": "NEW", "nextTry": 5})
    refused = 0
    with WireServer([started]) as server:
        for number in range(first, first + 50, 2):
            path, told = damaged(written, number, tmp_path / "copy")
            with (
                contextlib.closing(sqlite3.connect(path)) as connection,
                contextlib.suppress(sqlite3.Error, UnicodeError),
            ):
                connection.execute("UPDATE requests SET host = ?", (server.url,))
                connection.commit()
            client = both.connect(server.environment, auth=sk.TokenAuth("a.b.c"), journal=path)
            before = len(server.requests)
            errors = []
            for call in (client.pipelines.recover, partial(client.kraken.release, **RELEASE)):
                try:
                    await both.settle(call())
                except sk.ConfigError as error:
                    errors.append(str(error))
            if errors and "nothing was sent" in errors[-1]:
                assert len(server.requests) == before, (number, told)
                refused += 1
            else:
                assert len(server.requests) == before + 1, (number, told)
            await both.aclose()
    assert refused > 2
