"""Messages of the command name options and commands, never Python."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import spaceknow_client
from spaceknow_client.cli.wording import for_people
from spaceknow_client.emulator import Emulator
from tests.cli.shell import Shell, run

BOX = "--bbox 153.1036,-27.3934,153.1068,-27.3904"
PYTHON = re.compile(
    r"client\.\w|\bsk\.|\(\.\.\.\)|\w\(\)|\b(?!id_token)[a-z]+_[a-z_]+\b|[a-z]=[\w(]"
)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            f"search --provider pl --dataset SkySatCollect {BOX} --max-cloud-cover 20",
            "--max-cloud-cover",
        ),
        (
            f"search --provider pl --dataset SkySatCollect {BOX} --min-intersection 2",
            "--min-intersection",
        ),
        (f"search --provider pl --dataset SkySatCollect {BOX} --start 2019 --end 2018", "--end"),
        (f"search --provider pl --dataset SkySatCollect {BOX} --start soon", "--start"),
        (f"search --provider pl --dataset barns {BOX}", "`spaceknow datasets`"),
        (f"release barns --scene a {BOX} --detach", "`spaceknow map types`"),
        ("map mosaic map.json --out a.tif --zoom max --max-files 1", "--max-files"),
        ("map mosaic map.json --out a.tif --zoom 30", "zoom"),
        ("extent split place.geojson --crs EPSG:4326 --tile-size 1000", "--tile-size"),
        ("extent split place.geojson --crs nothing", "--crs"),
        ("pipeline status nothing", "--detach"),
    ],
)
def test_messages_name_options(shell: Shell, line: str, says: str) -> None:
    told = " ".join(shell.run(f"spaceknow {line}").err.split())
    assert says in told
    assert PYTHON.findall(told) == []


@pytest.mark.parametrize(
    ("area", "says"),
    [
        ("POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))", "Repair it"),
        ("POLYGON((179 0, -179 0, -179 1, 179 1, 179 0))", "two parts"),
        ("POINT(0 0)", "Draw a Polygon"),
        ("POLYGON((0 0, 0 95, 1 95, 0 0))", "swapped"),
    ],
)
def test_areas_that_are_refused(area: str, says: str) -> None:
    ran = run("search", "--extent", area, "--provider", "pl", "--dataset", "PSScene4Band")
    told = " ".join(ran.err.split())
    assert (ran.code, says in told) == (2, True)
    assert PYTHON.findall(told) == []


def test_every_hint_of_the_package_is_told_without_python() -> None:
    """Hints of errors that a command can raise; those of Python only are listed here."""
    of_python = re.compile(
        r"AsyncSpaceKnow|http_client|StoredAuth|TokenStore|PasswordAuth|evolve|GridFile|by date"
        r"|min_fraction|clip=|\w+=sorted|=list\(|Make the client|^Give 1=1|sqlite3|spaceknow-client"
        r"|to release\(\)|map\.parts|^Pass 1=1|auth_domain"
    )
    options = {
        "max_files": "--max-files",
        "zoom": "--zoom",
        "crs": "--crs",
        "tile_size": "--tile-size",
    }
    found, wrong = 0, []
    for path in Path(spaceknow_client.__file__).parent.rglob("*.py"):
        if {"cli", "emulator", "testing"} & set(path.parts[-3:]):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "hint":
                text = "".join(
                    str(one.value) if isinstance(one, ast.Constant) else "1"
                    for one in (
                        node.value.values if isinstance(node.value, ast.JoinedStr) else [node.value]
                    )
                    if isinstance(one, (ast.Constant, ast.FormattedValue))
                )
                if text and not of_python.search(text):
                    found += 1
                    told = for_people(text, options)
                    wrong += [(path.name, told)] if PYTHON.search(told) else []
    assert wrong == []
    assert found > 50


def test_a_token_that_is_refused_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACEKNOW_TOKEN", "a.bad.token")
    for line in ("credits remaining", "user info", f"release cars --scene a {BOX}"):
        ran = shell.run(f"spaceknow {line}")
        told = " ".join(ran.err.split())
        assert (ran.code, "SPACEKNOW_TOKEN, which takes precedence" in told) == (3, True)
        assert "log in" not in told.lower()
    told = json.loads(shell.run("spaceknow credits remaining --json").err)["hint"]
    assert "SPACEKNOW_TOKEN" in told
    assert "a.bad.token" not in told


def test_a_password_that_is_refused_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACEKNOW_PASSWORD", "wrong")
    ran = shell.run("spaceknow credits remaining")
    assert (ran.code, "SPACEKNOW_PASSWORD, which takes" in " ".join(ran.err.split())) == (3, True)


def test_without_variables_the_hint_is_to_log_in(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"SPACEKNOW_{name}")
    ran = shell.run("spaceknow credits remaining")
    assert (ran.code, "spaceknow auth login" in ran.err) == (3, True)


def test_a_pipeline_that_does_not_exist_has_no_handle(shell: Shell, served: Emulator) -> None:
    for command in ("status", "wait", "result"):
        ran = shell.run(
            f"spaceknow pipeline {command} AAAAAAAAAAAAAAAAAAAA --operation kraken.release"
        )
        assert ran.code != 0
        assert "NON-EXISTENT-PIPELINE" in ran.err
        assert "pipeline wait" not in ran.err
        ran = shell.run(
            f"spaceknow pipeline {command} AAAAAAAAAAAAAAAAAAAA --operation kraken.release --json"
        )
        assert "handles" not in json.loads(ran.err)
    two = "AAAAAAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBBBBBB"
    ran = shell.run(f"spaceknow pipeline status {two} --operation kraken.release")
    assert (ran.code != 0, "pipeline wait" in ran.err) == (True, False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("serach",), "search"),
        (("Search",), "search"),
        (("map", "mosiac"), "mosaic"),
        (("maps",), "map"),
        (("dataset",), "datasets"),
        (("errors", "NOT-ENOUGH-CREDIT"), "NOT-ENOUGH-CREDITS"),
    ],
)
def test_a_word_that_is_nearly_right(typed: tuple[str, ...], meant: str) -> None:
    ran = run(*typed)
    assert (ran.code, f"Did you mean {meant}" in " ".join(ran.err.split())) == (2, True)
