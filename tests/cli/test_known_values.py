"""Map types and datasets on the command line: lists, completion, and warnings about unknown ones."""

from __future__ import annotations

import json

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.cli.shell import Shell, run

BOX = "--bbox 153.1036,-27.3934,153.1068,-27.3904"


def test_lists_are_those_of_python() -> None:
    types = json.loads(run("map", "types", "--json").out)
    assert [(one["name"], one["files"], one["classes"]) for one in types] == [
        (one.name, list(one.files), list(one.classes)) for one in sk.map_types()
    ]
    found = [json.loads(line) for line in run("datasets", "--ndjson").out.splitlines()]
    assert [(one["provider"], one["name"], one.get("retired")) for one in found] == [
        (one.provider, one.name, one.retired) for one in sk.datasets()
    ]
    current = json.loads(run("datasets", "--provider", "maxar", "--current", "--json").out)
    assert [one["name"] for one in current] == ["ortho_4ps"]


def test_tables_name_all_of_them() -> None:
    words = run("map", "types").out.split()
    assert {one.name for one in sk.map_types()} <= set(words)
    words = run("datasets").out.split()
    assert {name for one in sk.datasets() for name in (one.provider, one.name)} <= set(words)
    assert "Retired." in words


def completed(monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    words = line.split(" ")
    monkeypatch.setenv("_SPACEKNOW_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    return [each.partition(",")[2] for each in run().out.splitlines()]


def test_a_shell_completes_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "spaceknow release wr") == ["wrunc", "wrun", "wrunc-change"]
    assert completed(monkeypatch, "spaceknow dry-run cars ship") == ["ships"]
    assert completed(monkeypatch, "spaceknow search --provider M") == ["maxar"]
    of_maxar = completed(monkeypatch, "spaceknow search --provider maxar --dataset ")
    assert of_maxar == ["ortho_4ps", "ard", "ard_clipped"]
    every = completed(monkeypatch, "spaceknow search --dataset ")
    assert sorted(every) == sorted(one.name for one in sk.datasets())


def test_another_spelling_is_refused_before_a_request(shell: Shell, served: Emulator) -> None:
    sent = len(served.calls())
    for line, meant in (
        (f"spaceknow release Cars --scene a {BOX}", "cars"),
        (f"spaceknow dry-run imagery solar_panels --scene a {BOX}", "solar-panels"),
        (f"spaceknow search --provider PL --dataset SkySatCollect {BOX}", "pl"),
        (f"spaceknow search --provider pl --dataset skysat_collect {BOX}", "SkySatCollect"),
    ):
        ran = shell.run(line)
        assert (ran.code, ran.out) == (2, "")
        assert f"Did you mean {meant}?" in " ".join(ran.err.split())
    assert len(served.calls()) == sent


def test_what_is_not_listed_is_told_once(shell: Shell) -> None:
    ran = shell.run(
        f"spaceknow release barns --scene a --scene b --per-scene {BOX} --detach --json"
    )
    assert ran.code == 0
    (told,) = [json.loads(line) for line in ran.err.splitlines()]
    assert "map type 'barns' is not listed" in told["warning"]
    ran = shell.run(f"spaceknow search --provider pl --dataset New {BOX}")
    assert (ran.code, ran.err.count("is not listed")) == (0, 1)


def test_cloudy_scenes_are_left_out(shell: Shell) -> None:
    line = f"spaceknow search --provider gbdx --dataset idaho-pansharpened {BOX} --ndjson"
    line += " --start 2017-10 --end 2018"
    every = [json.loads(each) for each in shell.run(line).out.splitlines()]
    clear = [one for one in every if one["cloudCover"] <= 0.05]
    assert 0 < len(clear) < len(every)
    ran = shell.run(f"{line} --max-cloud-cover 0.05")
    assert [json.loads(each) for each in ran.out.splitlines()] == clear
    few = shell.run(f"{line} --max-cloud-cover 0.05 --limit 2").out.splitlines()
    assert [json.loads(each) for each in few] == clear[:2]
