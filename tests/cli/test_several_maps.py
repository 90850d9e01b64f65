"""`spaceknow map` of several maps: every command reads the output of `release --per-scene --ndjson`."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spaceknow_client.emulator import Emulator
from spaceknow_client.maps.map_folder import MapFolder
from tests.cli.shell import Shell, run

DAYS = ("2018-05-20 00:31:07", "2018-04-23 00:28:11")


@pytest.fixture
def maps(shell: Shell) -> list[dict[str, Any]]:
    """Two maps of two days, in maps.ndjson, with the times of their scenes."""
    ran = shell.run(
        "spaceknow release cars --scene @scenes.ndjson --per-scene --extent place.geojson "
        "--allocate --max-credits 50 --ndjson > printed.ndjson"
    )
    assert ran.code == 0, ran.err
    found = [json.loads(line) for line in Path("printed.ndjson").read_text().splitlines()]
    for one, day in zip(found, DAYS, strict=True):
        one["sceneTimes"] = {one["sceneIds"][0]: day}
    Path("maps.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in found))
    return found


def names(maps: list[dict[str, Any]], stem: str, suffix: str) -> set[str]:
    return {
        f"{stem}_{day[:10]}_{one['sceneIds'][0]}{suffix}"
        for one, day in zip(maps, DAYS, strict=True)
    }


@contextmanager
def new_files() -> Iterator[set[str]]:
    before, found = {path.name for path in Path().iterdir()}, set[str]()
    yield found
    found |= {path.name for path in Path().iterdir()} - before


@pytest.mark.parametrize("form", ["ndjson", "json", "stdin"])
def test_each_map_has_a_file_with_its_date_and_scene(
    shell: Shell, maps: list[dict[str, Any]], form: str
) -> None:
    source = {"ndjson": "maps.ndjson", "json": "maps.json", "stdin": "-"}[form]
    Path("maps.json").write_text(json.dumps(maps, indent=2))
    for command, stem, suffix in (
        ("mosaic", "cars", ".png"),
        ("mosaic", "cars", ".tif"),
        ("detections", "found", ".geojson"),
    ):
        stdin = Path("maps.ndjson").read_text() if form == "stdin" else ""
        with new_files() as made:
            ran = run(
                *("map", command, source, "--out", f"{stem}{suffix}", "--ndjson"), stdin=stdin
            )
        assert ran.code == 0, ran.err
        assert made == names(maps, stem, suffix)
        told = [json.loads(each) for each in ran.out.splitlines()]
        assert {Path(each["file"]).name for each in told} == made
        assert [each["sceneIds"] for each in told] == [each["sceneIds"] for each in maps]
        assert [each["date"] for each in told] == [day[:10] for day in DAYS]


def test_a_download_has_a_folder_for_each_and_counts_reads_one(
    shell: Shell, maps: list[dict[str, Any]], served: Emulator
) -> None:
    files = "--file cars.png --file detections.geojson"
    ran = shell.run(f"spaceknow map download maps.ndjson --folder all {files}")
    assert (ran.code, "2018-05-20" in ran.out) == (0, True)
    folders = sorted(Path("all").iterdir())
    assert {folder.name for folder in folders} == names(maps, "map", "")
    assert {MapFolder(folder).map.map_id for folder in folders} == {one["mapId"] for one in maps}
    asked = len(served.calls("kraken.grid_file"))
    ran = shell.run(f"spaceknow map counts {folders[1]} --ndjson")
    assert (ran.code, len(served.calls("kraken.grid_file"))) == (0, asked)
    assert json.loads(ran.out.splitlines()[0])["date"] == "2018-05-20"


def test_counts_are_a_row_a_map_and_class(shell: Shell, maps: list[dict[str, Any]]) -> None:
    ran = shell.run("spaceknow map counts maps.ndjson --out counts.csv")
    assert (ran.code, ran.err) == (0, "")
    with open("counts.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["date", "scene", "class", "count", "area_m2"]
    assert [(row["date"], row["scene"], row["class"]) for row in rows] == [
        (day[:10], one["sceneIds"][0], name)
        for one, day in zip(maps, DAYS, strict=True)
        for name in ("cars", "trucks")
    ]
    for one, row in zip(maps, rows[::2], strict=True):
        Path("one.json").write_text(json.dumps(one))
        told = json.loads(shell.run("spaceknow map detections one.json --out a.geojson --json").out)
        assert int(row["count"]) == told["count"]
        assert float(row["area_m2"]) == pytest.approx(told["area"])
    assert all(row["count"] == "0" for row in rows[1::2])  # the emulator has no trucks there
    lines = shell.run("spaceknow map counts maps.ndjson --ndjson").out.splitlines()
    assert [json.loads(line)["count"] for line in lines] == [int(row["count"]) for row in rows]
    table = shell.run("spaceknow map counts maps.ndjson").out
    assert re.search(r"2018-05-20 +cars +\d+ ", table)


def test_what_is_not_known_is_empty(shell: Shell, maps: list[dict[str, Any]]) -> None:
    bare = [{n: v for n, v in one.items() if not n.startswith("scene")} for one in maps]
    Path("bare.json").write_text(json.dumps(bare))
    ran = shell.run("spaceknow map counts bare.json --ndjson")
    assert json.loads(ran.out.splitlines()[0])["scene"] is None
    with new_files() as made:
        assert shell.run("spaceknow map mosaic bare.json --out a.png").code == 0
    assert made == {"a.png", "a_2.png"}


def test_one_that_fails_keeps_none_from_the_others(
    shell: Shell, maps: list[dict[str, Any]], served: Emulator
) -> None:
    first, second = maps
    lines = [{**first, "mapId": "nothing"}, {**second, "mapType": "imagery"}, second]
    Path("mixed.ndjson").write_text("\n".join(map(json.dumps, lines)))
    ran = shell.run("spaceknow map counts mixed.ndjson --ndjson")
    assert ran.code != 0
    assert {json.loads(line)["date"] for line in ran.out.splitlines()} == {"2018-04-23"}
    told = [json.loads(line) for line in ran.err.splitlines()]
    assert told[0]["error"] == "INVALID-MAP-ID"
    assert "no detections" in told[1]["errorMessage"]
    assert [each["sceneIds"] for each in told] == [first["sceneIds"], second["sceneIds"]]


def test_a_line_that_is_no_map_is_named(shell: Shell, maps: list[dict[str, Any]]) -> None:
    text = Path("maps.ndjson").read_text()
    for more, said in (
        ("nonsense\n", "line 3 is invalid JSON"),
        ('{"a": 1}\n', "line 3 holds no map"),
    ):
        Path("bad.ndjson").write_text(text + more)
        for command in ("counts", "view --no-open", "mosaic --out a.png", "download --folder f"):
            ran = shell.run(f"spaceknow map {command} bad.ndjson")
            assert (ran.code, said in " ".join(ran.err.split())) == (2, True)
    Path("bad.ndjson").write_text("\n")
    assert "holds no map" in shell.run("spaceknow map counts bad.ndjson").err
    times = json.dumps({**maps[0], "sceneTimes": {"a": "yesterday"}})
    Path("bad.ndjson").write_text(times)
    assert "sceneTimes.a should be a time" in " ".join(
        shell.run("spaceknow map counts bad.ndjson").err.split()
    )


def test_a_page_takes_the_times_of_the_maps(shell: Shell, maps: list[dict[str, Any]]) -> None:
    assert shell.run("spaceknow map view maps.ndjson --no-open --out page.html").code == 0
    page = Path("page.html").read_text()
    assert page.index("2018-04-23 00:28 UTC") < page.index("2018-05-20 00:31 UTC")
    ran = shell.run("spaceknow map view before=maps.ndjson --no-open --out page.html")
    assert ran.code == 0
    page = Path("page.html").read_text()
    assert "before" in page
    assert "2018-04-23 00:28" not in page
