"""Allocations on the command line: price, limit and report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from spaceknow_client.emulator import Emulator, Fault
from tests.cli.shell import Shell
from tests.cli.terminal import on_terminal
from tests.money.conftest import SHIBAURA, calls, price, scene_ids, spent

CHECK, ALLOCATE, RELEASE = "credits.check_area", "credits.allocate_area", "kraken.release.initiate"
HERE = "--scene @scenes.txt --extent paid.geojson"


@pytest.fixture
def paid(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A separate emulator; the folder has an area that costs credits, and three scenes."""
    with Emulator(seconds_per_pipeline=0, zero_next_try=True) as emulator:
        monkeypatch.setenv("SPACEKNOW_BASE_URL", emulator.url)
        Path("paid.geojson").write_text(json.dumps(SHIBAURA.to_geojson()))
        ids = scene_ids(emulator, number=3)
        Path("scenes.txt").write_text("\n".join(ids) + "\n")
        Path("scene.txt").write_text(ids[0] + "\n")
        yield emulator


def test_allocate_needs_a_ceiling(shell: Shell, paid: Emulator) -> None:
    ran = shell.run(f"spaceknow release cars {HERE} --allocate")
    assert (ran.code, "--max-credits" in ran.err) == (2, True)
    ran = shell.run(f"spaceknow credits allocate {HERE}")
    assert (ran.code, "--max-credits" in ran.err) == (2, True)
    assert calls(paid, CHECK, ALLOCATE, RELEASE) == []


def test_a_release_allocates_what_it_needs(shell: Shell, paid: Emulator) -> None:
    cost = price(paid, [Path("scene.txt").read_text().strip()])
    command = "spaceknow release cars --scene @scene.txt --extent paid.geojson"
    ran = shell.run(command)
    assert (ran.code, "`spaceknow credits allocate`" in " ".join(ran.err.split())) == (4, True)
    assert "`--allocate --max-credits N`" in " ".join(ran.err.split())
    ran = shell.run(f"{command} --allocate --max-credits {cost * 0.9}")
    assert ran.code == 1
    assert spent(paid) == 0
    ran = shell.run(f"{command} --allocate --max-credits {cost}")
    assert ran.code == 0
    assert f"credits spent on the allocation: {cost:g}" in ran.err
    assert spent(paid) == cost
    token = shell.run(f"{command} --allocate --max-credits 0 --detach").out
    assert json.loads(token)["operation"] == "kraken.release"
    assert spent(paid) == cost


def test_the_ceiling_of_many_releases(shell: Shell, paid: Emulator) -> None:
    cost = price(paid, [Path("scene.txt").read_text().strip()])
    command = f"spaceknow release cars {HERE} --per-scene --concurrency 1 --allocate --ndjson"
    ran = shell.run(f"{command} --max-credits {cost * 2}")
    assert ran.code == 1
    assert [json.loads(line)["spent"] for line in ran.out.splitlines()] == [cost, cost]
    assert json.loads(ran.err.splitlines()[0])["type"] == "CreditLimitError"
    assert spent(paid) == 2 * cost


def test_allocate_spends_no_more_than_was_said(shell: Shell, paid: Emulator) -> None:
    ids = Path("scenes.txt").read_text().split()
    cost = price(paid, ids)
    assert shell.run(f"spaceknow credits allocate {HERE} --max-credits {cost / 2}").code == 1
    assert calls(paid, ALLOCATE) == []
    ran = shell.run(f"spaceknow credits allocate {HERE} --max-credits {cost} --json")
    assert (ran.code, json.loads(ran.out)["cost"]) == (0, cost)
    assert spent(paid) == cost


def test_an_allocation_of_unknown_outcome_is_settled(shell: Shell, paid: Emulator) -> None:
    paid.fault(ALLOCATE, Fault.drop(after="effect"))
    ran = shell.run(
        f"spaceknow credits allocate {HERE} --max-credits 9 --journal runs.sqlite --json"
    )
    cost = spent(paid)
    told = json.loads(ran.err)
    assert (told["type"], told["reserved"]) == ("AmbiguousRequestError", cost)
    ran = shell.run("spaceknow pipeline recover --journal runs.sqlite")
    assert "credits.allocate_area" in ran.err
    ran = shell.run("spaceknow pipeline recover --journal runs.sqlite --check-allocations")
    assert "credits.allocate_area" not in ran.err
    assert len(calls(paid, ALLOCATE)) == 1


def test_it_asks_at_a_terminal(shell: Shell, paid: Emulator) -> None:
    cost = price(paid, Path("scenes.txt").read_text().split())
    words = ["credits", "allocate", *HERE.split()]
    seen = on_terminal(words, [("[y/N]", "n\n")])
    assert f"Spend {cost:g} of 1000 credits" in seen.text
    assert (seen.code, "Nothing was spent." in seen.text) == (1, True)
    assert calls(paid, ALLOCATE) == []
    seen = on_terminal(words, [("[y/N]", "y\n")])
    assert (seen.code, spent(paid)) == (0, cost)
