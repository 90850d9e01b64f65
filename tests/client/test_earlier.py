"""Pickles and journals that were written before modules were renamed."""

from __future__ import annotations

import base64
import json
import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both

DATA = Path(__file__).parent / "data"
PICKLES: dict[str, str] = json.loads((DATA / "pickles.json").read_text())


def loaded(name: str) -> Any:
    return pickle.loads(base64.b64decode(PICKLES[name]))


@pytest.mark.parametrize("name", PICKLES)
def test_a_pickle_is_read(name: str) -> None:
    found = loaded(name)
    assert not type(found).__module__.startswith(
        ("spaceknow_client._sync", "spaceknow_client._async")
    )


def test_what_is_read_is_of_today() -> None:
    assert type(loaded("client")) is sk.SpaceKnow
    assert type(loaded("aclient")) is sk.AsyncSpaceKnow
    assert loaded("retry") == sk.RetryPolicy()
    assert loaded("env") == sk.Environment.PRODUCTION
    assert isinstance(loaded("map"), sk.KrakenMap)
    assert isinstance(loaded("tile"), sk.Tile)
    assert loaded("Token").value == "a"
    assert str(loaded("pipeline token obj")) == loaded("token")


def test_a_module_that_never_was_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        __import__("spaceknow_client.tokens")


async def test_a_journal_is_read(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    written = (DATA / "journal.sql").read_text().replace("HOST", emulator.url)
    path = tmp_path / "runs.sqlite"
    path.touch(mode=0o600)
    connection = sqlite3.connect(path)
    connection.executescript(written)
    connection.close()
    client = both.of(emulator, journal=path)
    recovery = await both.settle(client.pipelines.recover())
    assert [pipeline.operation for pipeline in recovery] == [
        "imagery.search",
        "kraken.release",
        "imagery.search",
    ]
