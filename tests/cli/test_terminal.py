"""Output and prompts on a terminal of 80 columns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from spaceknow_client.emulator import Emulator
from tests.cli.shell import Shell
from tests.cli.terminal import on_terminal

SEARCH = ["search", "--extent", "place.geojson", "--provider", "gbdx"]
SEARCH += ["--dataset", "idaho-pansharpened", "--limit", "3"]
RELEASE = ["--scene", "@scenes.ndjson", "--extent", "place.geojson"]
# One process for all of them: starting Python takes longer than the commands.
SCRIPT = """
import sys
from spaceknow_client.cli.start import main
for line in sys.argv[1:]:
    main(line.split())
"""
READABLE = [
    " ".join(SEARCH),
    f"release cars {' '.join(RELEASE)} --per-scene",
    f"dry-run cars {' '.join(RELEASE)}",
    f"credits check {' '.join(RELEASE)}",
    "credits remaining",
    "user info",
    "auth status",
    "permissions check kraken.release admin.credits",
    "pipeline list --journal runs.sqlite",
    "pipeline recover --journal runs.sqlite",
    "errors",
    "errors INTERFEROGRAM-BASELINE-TOO-SMALL",
    "extent split place.geojson --tile-size 100",
    "api --list",
    "api imagery.serch",
    "profile list",
    "search --extent nothing.geojson",
    "nothing",
]
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def lines_of(text: str) -> list[str]:
    """Every state of every line on the terminal, without control sequences."""
    return re.split(r"[\r\n]+", CONTROL.sub("", text))


def test_nothing_is_wider_than_80_columns(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    seen = on_terminal(READABLE, script=SCRIPT)
    lines = lines_of(seen.text)
    # A single word, such as the path of a file, is not broken, so that it can be copied.
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
    assert len(lines) > 200
    assert "Traceback" not in seen.text
    assert not re.search("[│┃┌┏╭└╰]", seen.text)  # frames are noise for a screen reader
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", seen.text)  # colors, with NO_COLOR
    assert "API-KEY-AUTHORIZATION-NOT-PERMITTED" in seen.text
    assert shell.variables["SCENE"] in lines  # whole, on a separate line


def test_results_go_to_the_file_while_a_bar_is_drawn(shell: Shell) -> None:
    seen = on_terminal(["release", "cars", *RELEASE, "--per-scene", "--ndjson"], redirected=True)
    assert seen.code == 0, seen.text
    maps = [json.loads(line) for line in seen.out.splitlines()]
    assert {made["mapType"] for made in maps} == {"cars"}
    assert len({scene for made in maps for scene in made["sceneIds"]}) == len(maps) == 2
    assert "2/2" in seen.text
    assert "mapId" not in seen.text


def test_login_asks_and_shows_no_password(
    served: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"SPACEKNOW_{name}")
    seen = on_terminal(
        ["auth", "login"],
        [("email", f"{served.username}\n"), ("Password", f"{served.password}\n")],
    )
    assert seen.code == 0, seen.text
    assert served.password not in seen.text
    assert f"user           {served.username}" in seen.text
    assert (tmp_path / ".spaceknow" / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert on_terminal(["auth", "login"], [("email", "me\n"), ("Password", "\x03")]).code == 130
    assert on_terminal(["auth", "login"], [("email", "\x04")]).code == 1


def test_ctrl_c_tells_what_goes_on(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator(seconds_per_pipeline=1000) as slow:
        monkeypatch.setenv("SPACEKNOW_BASE_URL", slow.url)
        seen = on_terminal(["release", "cars", *RELEASE], [("release cars", "\x03")])
        assert seen.code == 130
        (line,) = [line for line in seen.text.splitlines() if line.startswith("spaceknow pipe")]
        status = shell.run(line.replace("wait", "status"))
        assert status.out.split() in (["status", "NEW"], ["status", "PROCESSING"])
        assert len(slow.calls("kraken.release.initiate")) == 1
