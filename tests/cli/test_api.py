"""`spaceknow api`: every operation of the document, also future ones."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from attrs import evolve

from spaceknow_client.emulator import Emulator
from spaceknow_client.generated.catalogue import OPERATIONS
from tests.cli.shell import Shell, run


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_as_curl(name: str, served: Emulator) -> None:
    operation = OPERATIONS[name]
    parts = re.findall(r"{([^}]+)}", operation.path)
    body = {"password": "its-password", "of": [{"id_token": "its-token", "name": "it's"}]}
    given = [f"--path-param={part}=a b" for part in parts]
    ran = run("api", name, *given, "-d", json.dumps(body), "--curl")
    assert ran.code == 0, ran.err
    words = shlex.split(ran.out)
    path = re.sub(r"{[^}]+}", "a%20b", operation.path)
    assert words[:5] == ["curl", "-sS", "-X", operation.method, f"{served.url}{path}"]
    assert ("Authorization: Bearer $SPACEKNOW_TOKEN" in words) == (
        operation.authorization != "none"
    )
    assert "-d" in words or operation.method == "GET"
    for secret in ("its-password", "its-token", served.password):
        assert secret not in ran.out
    if "-d" in words:
        sent = words[words.index("-d") + 1]
        assert json.loads(sent) == {
            "password": "$SPACEKNOW_PASSWORD",
            "of": [{"id_token": "$SPACEKNOW_TOKEN", "name": "it's"}],
        }


def test_the_body_comes_from_anywhere(shell: Shell) -> None:
    content = Path("search.json").read_text()
    answers = [
        shell.run("spaceknow api imagery.search.initiate -d @search.json --json"),
        run("api", "imagery.search.initiate", "-d", "-", "--json", stdin=content),
        run("api", "imagery.search.initiate", "-d", content, "--json"),
    ]
    ids = {json.loads(ran.out)["pipelineId"] for ran in answers}
    assert len(ids) == 3
    page = shell.run(f"spaceknow pipeline wait {ids.pop()} --operation imagery.search --json")
    assert shell.variables["SCENE"] in page.out


def test_an_operation_that_is_new_needs_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    new = evolve(OPERATIONS["credits.remaining"], id="credits.left")
    monkeypatch.setitem(OPERATIONS, "credits.left", new)
    assert json.loads(run("api", "credits.left").out)["remainingCredit"] >= 0
    assert "credits.left" in run("api", "--list").out


def test_a_file(shell: Shell) -> None:
    parts = ('mapId="$MAP"', "geometryId=-", 'z="$Z"', 'x="$X"')
    tile = f"kraken.grid_file {' '.join(f'--path-param {part}' for part in parts)}"
    ran = shell.run(
        f'spaceknow api {tile} --path-param y="$Y" --path-param fileName=cars.png --out a.png'
    )
    assert (ran.code, ran.out) == (0, "")
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    ran = shell.run(
        f'spaceknow api {tile} --path-param y="$Y" --path-param fileName=detections.geojson'
    )
    assert json.loads(ran.out)["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("api", "OPERATION"),
        ("api user.inf", "user.info"),
        ("api kraken.grid_file --path-param z=1", "needs --path-param mapId=VALUE"),
        ("api user.info --path-param z=1", "unknown path parameter 'z'"),
        ("api user.info --path-param z", "NAME=VALUE"),
        ("api user.info -d {", "invalid JSON"),
        ("api kraken.release_tiles.initiate --path-param mapType=..", "'..'"),
    ],
)
def test_what_makes_no_call(arguments: str, told: str, served: Emulator) -> None:
    before = len(served.calls())
    ran = run(*arguments.split())
    assert (ran.code, told in " ".join(ran.err.split())) == (2, True), ran.err
    assert len(served.calls()) == before


def test_tokens_in_answers_are_hidden(served: Emulator, tmp_path: Path) -> None:
    body = tmp_path / "login.json"
    members = {
        "client_id": "x",
        "username": served.username,
        "password": served.password,
        "connection": "Username-Password-Authentication",
        "grant_type": "password",
        "scope": "openid",
    }
    body.write_text(json.dumps(members))
    answer = json.loads(run("api", "auth0.login", "-d", f"@{body}").out)
    assert set(answer.values()) == {"bearer", "(hidden; pass --show-secrets to print it)"}
    shown = json.loads(run("api", "auth0.login", "-d", f"@{body}", "--show-secrets").out)
    assert shown["id_token"].count(".") == 2
