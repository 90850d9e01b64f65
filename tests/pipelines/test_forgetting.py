"""Forgetting recovered entries never sends again what may have been paid for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.pipelines.handle import Started
from spaceknow_client.pipelines.journal.entry import State
from tests.conftest import Both
from tests.pipelines.journals import HOST, begun, entry, ran
from tests.places import CAR_PARK, GBDX

PROJECT = Path(__file__).parents[2]
SENTENCE = (
    "Only an entry of unknown outcome that was forgotten by name, or a separate deletion by id, "
    "lets the same request be sent again."
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def release(client: Any, scene: str = "s", map_type: str = "cars") -> Any:
    return client.kraken.release(map_type, scene_ids=[scene], extent=CAR_PARK, reuse=True)


def releases(emulator: Emulator) -> int:
    return len(emulator.calls("kraken.release.initiate"))


async def recovered(both: Both, client: Any) -> Any:
    return await both.settle(client.pipelines.recover())


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("state", ["started", "resolved"])
async def test_what_was_forgotten_is_not_paid_for_again(
    both: Both, emulator: Emulator, path: Path, state: str, by_name: bool
) -> None:
    client = both.of(emulator, journal=path)
    scene = (await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())).scene_id
    run = await both.settle(release(client, scene))
    if state == "resolved":
        await both.settle(run.result())
    recovery = await recovered(both, client)
    await both.settle(recovery.forget(*(recovery.pipelines if by_name else ())))
    for _ in range(2):
        assert len(await recovered(both, client)) == 0
        assert (await both.settle(release(client, scene))).id == run.id
        client = both.of(emulator, journal=path)
    assert releases(emulator) == 1
    there = "print(len(Journal(sys.argv[1]).recover(sys.argv[2])))"
    assert ran(there, path, emulator.url) == "0\n"  # in other processes, too


async def test_a_failed_pipeline_that_was_forgotten(
    both: Both, emulator: Emulator, path: Path
) -> None:
    client = both.of(emulator, journal=path)
    emulator.fail("kraken.release", code="VERSION-MISMATCH")
    failed = await both.settle(release(client))
    await both.settle(failed.wait())
    recovery = await recovered(both, client)
    assert [run.id for run in recovery] == [failed.id]
    await both.settle(recovery.forget())
    assert len(await recovered(both, client)) == 0
    assert (await both.settle(release(client))).id != failed.id  # as without forgetting


async def test_an_unknown_outcome_is_forgotten_by_name_alone(
    both: Both, emulator: Emulator, path: Path
) -> None:
    client = both.of(emulator, journal=path)
    emulator.fault("kraken.release.initiate", Fault.drop(after="effect", times=2))
    known = await both.settle(client.kraken.dry_run("cars", scene_ids=["s"], extent=CAR_PARK))
    for scene in ("a", "b"):
        with pytest.raises(sk.AmbiguousRequestError):
            await both.settle(release(client, scene))
    recovery = await recovered(both, client)
    assert [run.id for run in recovery] == [known.id]
    for _ in range(2):
        await both.settle((await recovered(both, client)).forget())
        again = await recovered(both, client)
        assert len(again) == 0
        assert [one.id for one in again.unknown] == [one.id for one in recovery.unknown]
        with pytest.raises(sk.AmbiguousRequestError, match="sent before"):
            await both.settle(release(client, "a"))
    assert releases(emulator) == 2
    await both.settle(recovery.forget(recovery.unknown[0]))
    assert len((await recovered(both, client)).unknown) == 1
    await both.settle(release(client, "a"))
    with pytest.raises(sk.AmbiguousRequestError, match="sent before"):
        await both.settle(release(client, "b"))
    assert releases(emulator) == 3


def test_an_outcome_that_became_known_is_hidden_and_not_deleted(path: Path) -> None:
    """Its process was still alive, and wrote it after another had listed it as unknown."""
    journal, made = sk.Journal(path), entry()
    journal.intend(made)
    journal.unknown(made, "no answer")
    (listed,) = journal.recover(HOST)
    journal.started(made.started(Started(pipeline_id="p1", sub_geometry_id=None), None))
    journal.forget([listed.id])
    assert journal.recover(HOST) == []
    found = journal.intend(entry(), reuse=True)
    assert found is not None
    assert found.pipeline_id == "p1"
    journal.close()


async def test_a_deletion_by_id(both: Both, emulator: Emulator, path: Path) -> None:
    client = both.of(emulator, journal=path)
    run = await both.settle(release(client))
    other = await both.settle(release(client, "t"))
    emulator.fault("kraken.release.initiate", Fault.drop(after="effect"))
    with pytest.raises(sk.AmbiguousRequestError):
        await both.settle(release(client, "u"))
    (unknown,) = (await recovered(both, client)).unknown
    delete = client.pipelines.delete_recorded
    for ids in (
        ("nothing",),
        (run.id, "nothing"),
        ("",),
        (" ",),
        (None,),
        ([run.id],),
        ("\ud800",),
    ):
        with pytest.raises(sk.InvalidArgumentError):
            await both.settle(delete(*ids))
    assert (await both.settle(release(client))).id == run.id
    await both.settle((await recovered(both, client)).forget())  # hidden ones are deleted as well
    before = len(emulator.calls())
    await both.settle(delete(run.id, unknown.id))
    assert len(emulator.calls()) == before
    assert (await recovered(both, client)).unknown == []
    assert (await both.settle(release(client))).id != run.id
    await both.settle(release(client, "u"))
    assert (await both.settle(release(client, "t"))).id == other.id
    assert releases(emulator) == 5
    with pytest.raises(sk.ConfigError, match="requires a journal"):
        await both.settle(both.of(emulator).pipelines.delete_recorded("a"))


def test_what_is_being_sent_is_not_deleted(path: Path) -> None:
    journal, made = sk.Journal(path), entry()
    journal.intend(made)
    with pytest.raises(sk.InvalidArgumentError, match="being sent"):
        sk.Journal(path).delete(HOST, [made.id])
    with pytest.raises(sk.InvalidArgumentError, match="no entry"):
        journal.delete("https://elsewhere.example.com", [made.id])
    ran("Journal(sys.argv[1]).intend(entry(1)); os._exit(0)", path)
    (left,) = [one for one in journal.entries(HOST) if one.id != made.id]
    assert left.state == State.INTENDED
    journal.delete(HOST, [left.id])
    begun(journal, made)
    journal.delete(HOST, [made.id])
    assert journal.entries(HOST) == []
    journal.close()


def test_one_pipeline_of_two_requests(both: Both, emulator: Emulator, path: Path) -> None:
    journal = sk.Journal(path)
    for number in range(2):
        begun(journal, entry(number, host=emulator.url), "p1")
    with emulator.client(journal=journal) as client:
        recovery = client.pipelines.recover()
        assert [run.id for run in recovery] == ["p1", "p1"]
        recovery.forget(recovery.pipelines[0])
        assert len(client.pipelines.recover()) == 0
    journal.close()


def example() -> str:
    """README's program with a journal."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    (found,) = [
        code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "recover()" in code
    ]
    return str(found)


def test_the_example_of_the_readme_pays_once(
    path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four runs of it, with one service."""

    @contextmanager
    def same(**_: Any) -> Iterator[Emulator]:
        yield emulator

    monkeypatch.chdir(path.parent)
    monkeypatch.setattr("spaceknow_client.emulator.Emulator", same)
    for _ in range(4):
        exec(compile(example(), "README.md", "exec"), {"__name__": "example"})
        assert releases(emulator) == 2
    monkeypatch.undo()
    assert path.exists()


@pytest.mark.parametrize("page", ["README.md", "docs/pipelines.md", "docs/cli.md"])
def test_the_guides_say_what_lets_a_request_be_sent_again(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    assert SENTENCE in " ".join(text.split())
