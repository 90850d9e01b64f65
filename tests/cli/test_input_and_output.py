"""Commands read each other's output, and write files and streams."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceknow_client import KrakenMap
from spaceknow_client.cli.inputs import HANDLES, SCENES
from spaceknow_client.cli.tables import Column, fields, table
from spaceknow_client.emulator import Emulator, Fault
from tests.cli.shell import Shell, run

plain = st.text(string.ascii_letters + string.digits + "_-=.:/+~", min_size=9).map("x".__add__)
names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@given(st.lists(plain, min_size=1))
def test_ids_are_read_in_every_form_in_which_they_are_written(ids: list[str]) -> None:
    scenes = [{"sceneId": name, "satellite": "x"} for name in ids]
    for text in (
        "\n".join(ids),
        "\n\n".join(json.dumps(scene) for scene in scenes),
        json.dumps(scenes),
        json.dumps(scenes, indent=2),
        json.dumps(ids),
    ):
        with patch.object(SCENES, "text", return_value=text):
            assert SCENES.convert("-", None, None) == ids


def test_handles_are_read_as_they_are_and_from_rows() -> None:
    token = '{"version": 1, "operation": "kraken.release"}'
    for text in (token, f"{token}\n", json.dumps({"status": "NEW", "handle": token})):
        with patch.object(HANDLES, "text", return_value=text):
            assert HANDLES.convert("-", None, None) == [token]


def test_what_names_no_scene_is_told(shell: Shell) -> None:
    line = "spaceknow dry-run cars --extent place.geojson --scene"
    ran = shell.run(f"{line} @place.geojson")
    assert (ran.code, "that prints sceneId" in " ".join(ran.err.split())) == (2, True)


@pytest.mark.parametrize("more", ["", "--per-scene", "--per-scene --detach", "--max-credits 5"])
def test_one_bad_id_refuses_all_before_the_first(shell: Shell, served: Emulator, more: str) -> None:
    Path("ids.json").write_text(json.dumps([shell.variables["SCENE"], " "]))
    before = len(served.calls())
    for scenes, told in (
        (
            '--scene "$SCENE" --scene ""',
            "must be a scene id, or the JSON output of a command that prints sceneId, not ''",
        ),
        (
            "--scene @ids.json",
            "item 2: must be a scene id, or the JSON output of a command that prints sceneId, not '\" \"'",
        ),
    ):
        ran = shell.run(f"spaceknow release cars --extent place.geojson {scenes} {more}")
        assert (ran.code, told in " ".join(ran.err.split())) == (2, True)
    for command in ("dry-run cars", "credits check", "credits allocate --yes"):
        ran = shell.run(f"spaceknow {command} --extent place.geojson --scene @ids.json")
        assert (ran.code, "--scene" in ran.err) == (2, True)
    assert len(served.calls()) == before


@pytest.mark.parametrize("item", [5, None, True, ["x"]])
def test_what_is_no_id_in_a_file(shell: Shell, served: Emulator, item: Any) -> None:
    Path("ids.json").write_text(json.dumps(["x", item]))
    before = len(served.calls())
    ran = shell.run("spaceknow release cars --extent place.geojson --per-scene --scene @ids.json")
    assert (
        ran.code,
        f"command that prints sceneId, not {json.dumps(item)!r}" in " ".join(ran.err.split()),
    ) == (2, True)
    assert len(served.calls()) == before


def test_a_map_comes_back_from_what_is_printed(shell: Shell) -> None:
    ran = shell.run('spaceknow pipeline wait "$HANDLE" --json')
    members = json.loads(ran.out)
    assert set(members) == {"mapId", "mapType", "maxZoom", "tiles"}
    made = KrakenMap.from_dict(members)
    assert made.map_type == "cars"
    assert made.to_dict() == members
    assert KrakenMap.from_dict({**members, "mapType": None}).map_type is None
    wrong_ones: list[Any] = [{}, [], {**members, "mapType": 1}, {**members, "tiles": [[1]]}]
    for wrong in wrong_ones:
        with pytest.raises(ValueError, match=r"missing|object|string|numbers"):
            KrakenMap.from_dict(wrong)


def test_json_has_the_names_of_the_api(shell: Shell) -> None:
    search = "spaceknow search --extent place.geojson --provider gbdx --dataset idaho-pansharpened"
    listed = json.loads(shell.run(f"{search} --limit 25 --json").out)
    lines = shell.run(f"{search} --limit 25 --ndjson").out.splitlines()
    assert [json.loads(line) for line in lines] == listed
    assert len(listed) == 25  # of two pages
    assert {"sceneId", "cloudCover", "crsEpsg"} <= listed[0].keys()
    assert json.loads(shell.run(f"{search} --start 2030 --json").out) == []
    assert shell.run(f"{search} --start 2030").err == "No scenes.\n"


def test_an_extent_in_tiles(shell: Shell) -> None:
    search = "spaceknow search --extent place.geojson --provider gbdx --dataset idaho-pansharpened"
    tiled = shell.run(f"{search} --start 2018 --tile-size 100 --ndjson")
    assert tiled.code == 0, tiled.err
    assert sorted(tiled.out.split()) == sorted(
        shell.run(f"{search} --start 2018 --ndjson").out.split()
    )
    line = 'spaceknow release cars --scene "$SCENE" --extent place.geojson --tile-size 150'
    made = [json.loads(text) for text in shell.run(f"{line} --ndjson").out.splitlines()]
    assert len(made) > 1
    assert {json.dumps(item["extent"]) for item in made} != {json.dumps(made[0]["extent"])}
    assert shell.run(f"{line} --detach").code == 2


def test_several_pipelines_together(shell: Shell) -> None:
    line = "spaceknow release cars --scene @scenes.ndjson --extent place.geojson --per-scene"
    shell.run(f"{line} --detach > both")
    tokens = Path("both").read_text().splitlines()
    ids = {json.loads(token)["pipelineId"] for token in tokens}
    for command in ("status", "wait"):
        ran = shell.run(f"spaceknow pipeline {command} @both --json")
        assert {row["pipelineId"] for row in json.loads(ran.out)} == ids
    assert "cars" in shell.run("spaceknow pipeline wait @both").out
    assert shell.run("spaceknow pipeline result @both").code == 2


def test_a_pipeline_that_is_unknown_keeps_none_from_the_others(shell: Shell) -> None:
    strange = json.dumps({**json.loads(shell.variables["HANDLE"]), "pipelineId": "0" * 20})
    ran = run("pipeline", "status", strange, shell.variables["HANDLE"], "--ndjson")
    assert (ran.code, json.loads(ran.err)["error"]) == (4, "NON-EXISTENT-PIPELINE")
    assert json.loads(ran.out)["status"] == "RESOLVED"


def test_a_journal_from_the_command_line(shell: Shell, tmp_path: Path) -> None:
    journal = f"--journal {tmp_path / 'own.sqlite'}"
    line = 'spaceknow release cars --scene "$SCENE" --extent place.geojson --detach --reuse'
    token = shell.run(f"{line} {journal}").out
    assert shell.run(f"{line} {journal}").out == token
    (row,) = json.loads(shell.run(f"spaceknow pipeline list {journal} --json").out)
    assert (row["state"], row["handle"]) == ("started", token.strip())
    (row,) = json.loads(shell.run(f"spaceknow pipeline recover {journal} --json").out)
    assert (row["status"], row["handle"]) == ("RESOLVED", token.strip())
    forget = f"spaceknow pipeline recover {journal} --forget"
    assert shell.run(f"{forget} nothing").code == 2
    assert shell.run(f"{forget} {row['pipelineId']}").code == 0
    assert json.loads(shell.run(f"spaceknow pipeline recover {journal} --json").out) == []
    assert shell.run(f"{line} {journal}").out == token
    delete = f"spaceknow pipeline delete-recorded {journal}"
    assert shell.run(f"{delete} {row['pipelineId']} nothing").code == 2
    assert len(json.loads(shell.run(f"spaceknow pipeline list {journal} --json").out)) == 1
    assert shell.run(f"{delete} {row['pipelineId']}").code == 0
    assert json.loads(shell.run(f"spaceknow pipeline list {journal} --json").out) == []
    assert shell.run(f"{line} {journal}").out != token
    for command in (("list",), ("recover",), ("delete-recorded", "a")):
        assert run("pipeline", *command).code == 1


def test_a_lost_release_on_the_command_line(shell: Shell, served: Emulator, tmp_path: Path) -> None:
    journal = f"--journal {tmp_path / 'own.sqlite'}"
    line = 'spaceknow release cars --scene "$SCENE" --extent place.geojson --detach --reuse'
    served.fault("kraken.release.initiate", Fault.drop(after="effect"))
    assert "unknown" in shell.run(f"{line} {journal}").err
    assert "sent before" in shell.run(f"{line} {journal}").err
    told = shell.run(f"spaceknow pipeline recover {journal}").err
    (id,) = re.findall(r"--forget (\w{32})", told)
    assert shell.run(f"spaceknow pipeline recover {journal} --forget {id}").code == 0
    assert shell.run(f"{line} {journal}").code == 0


words = st.text("ab c", max_size=60)


@given(st.lists(st.tuples(words, words, st.text("xyz", max_size=70)), min_size=1))
def test_tables_fit_the_terminal_and_keep_what_is_whole(rows: list[tuple[str, str, str]]) -> None:
    columns = [
        Column("one", lambda row: row[0]),
        Column("two", lambda row: row[1], right=True),
        Column("whole", lambda row: row[2], whole=True),
    ]
    lines = table(rows, columns)
    assert max(map(len, lines)) <= 80
    told = "\n".join(lines)
    for row in rows:
        assert row[2] in told


def test_what_would_steer_a_terminal_is_not_written() -> None:
    assert fields([("a", "x\x1b[31my\nz")]) == ["a  x\\x1b[31my\\nz"]
    (_, line) = table(["\x1b]0;title\x07"], [Column("a", lambda row: row)])
    assert "\x1b" not in line
