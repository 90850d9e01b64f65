"""Areas and lists of ids as users pass them on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.cli.shell import Ran, Shell, run
from tests.places import CAR_PARK, GBDX

GEOJSON = json.dumps(CAR_PARK.to_geojson())
WEST, SOUTH, EAST, NORTH = CAR_PARK.bounds
WKT = f"POLYGON(({WEST} {SOUTH},{EAST} {SOUTH},{EAST} {NORTH},{WEST} {NORTH},{WEST} {SOUTH}))"
SEARCH = [
    "search",
    "--provider",
    GBDX["provider"],
    "--dataset",
    GBDX["dataset"],
    "--ndjson",
    "--limit",
    "5",
]
BOW = "POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))"


@pytest.fixture
def expected(shell: Shell) -> str:
    return run(*SEARCH, "--extent", "place.geojson").out


def test_an_extent_is_text_or_a_file(shell: Shell, expected: str) -> None:
    files = {"a.wkt": WKT.encode(), "b.json": b"\xef\xbb\xbf" + GEOJSON.encode()}
    files |= {"c.geojson": GEOJSON.encode("utf-16"), "d.txt": WKT.encode("utf-16")}
    for name, data in files.items():
        Path(name).write_bytes(data)
    for given in (GEOJSON, WKT, f"  {WKT}\n", *files):
        ran = run(*SEARCH, "--extent", given)
        assert (ran.code, ran.out) == (0, expected), ran.err
    for text in (GEOJSON, WKT, "\ufeff" + GEOJSON):
        assert run(*SEARCH, "--extent", "-", stdin=text).out == expected


@pytest.mark.parametrize("between", [",", ", "])
def test_a_bounding_box(shell: Shell, expected: str, between: str) -> None:
    box = between.join(map(str, CAR_PARK.bounds))
    for options in (["--bbox", box], [f"--bbox={box}"]):
        ran = run(*SEARCH, *options)
        assert (ran.code, ran.out) == (0, expected), ran.err


def test_a_negative_number_first(shell: Shell, served: Emulator) -> None:
    ran = run(*SEARCH, "--bbox", "-9.2,38.7,-9.1,38.8")
    assert ran.code == 0, ran.err
    sent = served.calls("imagery.search.initiate")[-1].body["extent"]
    assert sk.Extent(sent).bounds == (-9.2, 38.7, -9.1, 38.8)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "'--extent' or '--bbox'"),
        (["--bbox", "1,2,3,4", "--extent", WKT], "--extent cannot be combined with --bbox"),
        (["--extent", WKT, "--bbox", "1,2,3,4"], "--extent cannot be combined with --bbox"),
        (["--bbox", "1,2,3"], "four numbers"),
        (["--bbox", "1 2 3 4"], "four numbers"),
        (["--bbox", "a,b,c,d"], "four numbers"),
        (["--bbox", "nan,1,2,3"], "finite"),
        (["--bbox", "1,2,1,3"], "no area"),
        (["--bbox", "179,-17,-179,-16"], "pass 181 for east"),
        (["--bbox", "153,-127,154,-26"], "from -90 to 90, not -127"),
        (["--extent", BOW], "crosses itself"),
        (["--extent", "bow.wkt"], "bow.wkt: coordinates[0]: the ring crosses itself"),
        (["--extent", "scenes.csv"], "scenes.csv: the string is neither JSON nor WKT"),
        (["--extent", "a.tif"], "a.tif: it is a TIFF image"),
        (["--extent", "none.geojson"], "none.geojson: it cannot be read: No such file"),
        (["--extent", '{"type": "Polygon"'], "invalid JSON"),
        (["--extent", "POINT(1 2)"], "a Point has no area"),
    ],
)
def test_what_is_no_area_sends_nothing(
    shell: Shell, served: Emulator, options: list[str], problem: str
) -> None:
    Path("bow.wkt").write_text(BOW)
    Path("scenes.csv").write_text("id,date\nx,2018\n")
    Path("a.tif").write_bytes(b"II*\0")
    before = len(served.calls())
    for command in (
        SEARCH,
        ["release", "cars", "--scene", "s"],
        ["credits", "check", "--scene", "s"],
    ):
        ran = run(*command, *options)
        assert ran.code == 2
        told = " ".join(ran.err.split())
        assert problem in told.replace("\\n", " ").replace('\\"', '"')
    assert len(served.calls()) == before


def dry_run(*options: str, stdin: str = "") -> Ran:
    return run("dry-run", "cars", "--extent", "place.geojson", *options, stdin=stdin)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_ids_in_any_encoding(shell: Shell, served: Emulator, encoding: str) -> None:
    ids = [json.loads(line)["sceneId"] for line in Path("scenes.ndjson").read_text().splitlines()]
    for text in ("\r\n".join(ids), Path("scenes.ndjson").read_text(), json.dumps(ids)):
        Path("ids").write_bytes(text.encode(encoding))
        ran = dry_run("--scene", "@ids")
        assert ran.code == 0, ran.err
        sent = served.calls("kraken.dry_run.initiate")[-1].body["dryRuns"][0]["scenes"]
        assert [scene["sceneId"] for scene in sent] == ids


LINES = {
    "a table": ("scene id   date\nabc        2018-03-31\n", "line 1", "scene id date"),
    "a table after an id": ("abc\nDEF  2018-03-31 10:20\n", "line 2", "DEF"),
    "CSV": ("abc,2018-03-31,0.1\n", "line 1", "abc,2018-03-31,0.1"),
    "broken JSON": ('{"sceneId": "abc"}\n{"sceneId": "de\n', "line 2", '{"sceneId": "de'),
    "null": ("abc\n\nnull\n", "line 3", "null"),
    "a number": ("abc\n123\n", "line 2", "123"),
    "one number": ("123", "line 1", "123"),
    "a number with an exponent": ("abc\r\n-1.5e300\r\n", "line 2", "-1.5e300"),
    "no number": ("NaN\nabc\n", "line 1", "NaN"),
    "an empty list": ("abc\n[]\n", "line 2", "[]"),
    "an empty list alone": ("[]", "holds no ID", ""),
    "an empty object": ("{}", "", "{}"),
    "a string of nothing": ('""', "line 1", '""'),
    "true in a list": ("[true]", "item 1", "true"),
    "a column with its header": ("sceneId\nabc\n", "line 1", "sceneId"),
    "a column of pandas": ("scene_id\nabc\n", "line 1", "scene_id"),
    "a comment": ("abc\n#def\n", "line 2", "#def"),
    "a list of YAML": ("- abc\n- def\n", "line 1", "- abc"),
    "a list of Python": ("['abc', 'def']", "line 1", "['abc'"),
    "markup": ("<html>\n</html>", "line 1", "<html>"),
    "an object of something else": ('{"sceneId": "abc"}\n{"mapId": "m"}\n', "line 2", "mapId"),
    "an id that is no text": ('{"sceneId": 5}\n', "", "sceneId"),
    "an id that is empty": ('[{"sceneId": "abc"}, {"sceneId": ""}]', "item 2", "sceneId"),
    "a list in a list": ('["abc", ["def"]]', "item 2", "def"),
    "a token": ('abc\n{"version": 1, "operation": "kraken.release"}\n', "line 2", "version"),
    "nothing": ("\n  \n", "holds no ID", ""),
    "no text": ("", "holds no ID", ""),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_is_neither_an_id_nor_a_result(
    shell: Shell, served: Emulator, name: str
) -> None:
    text, where, line = LINES[name]
    Path("ids").write_text(text)
    before = len(served.calls())
    for source, stdin in (("@ids", ""), ("-", text)):
        for command in ("dry-run", "release"):
            ran = run(command, "cars", "--extent", "place.geojson", "--scene", source, stdin=stdin)
            assert ran.code == 2
            told = " ".join(ran.err.split())
            assert where in told
            assert " ".join(line.split())[:20] in told.replace("\\", "")
    assert len(served.calls()) == before


def test_a_result_inline(shell: Shell) -> None:
    (first, *_) = Path("scenes.ndjson").read_text().splitlines()
    assert dry_run("--scene", first).code == 0
    assert dry_run("--scene", '{"mapId": "m"}').code == 2
    assert dry_run("--scene", "").code == 2


@pytest.fixture
def command(shell: Shell) -> list[str]:
    """`release --detach` in a separate process."""
    code = "import sys; from spaceknow_client.cli.start import main; sys.exit(main(sys.argv[1:]))"
    options = ["--scene", shell.variables["SCENE"], "--detach", "--extent", WKT]
    return [sys.executable, "-c", code, "release", "cars", *options]


@pytest.mark.parametrize("way", ["closed", "gone", "full"])
def test_a_handle_that_stdout_does_not_take_goes_to_stderr(command: list[str], way: str) -> None:
    if way == "full" and not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    match way:
        case "closed":
            ran = subprocess.run(
                ["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE
            )
        case "gone":
            reader, writer = os.pipe()
            os.close(reader)
            ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE)
            os.close(writer)
        case _:
            with open("/dev/full", "w") as full:
                ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE)
    told = ran.stderr.decode()
    assert ran.returncode == (1 if way == "full" else 141)
    assert "Traceback" not in told
    assert "bug" not in told
    (line,) = (line for line in told.splitlines() if line.startswith("spaceknow pipeline wait"))
    token = json.loads(line.removeprefix("spaceknow pipeline wait ").strip("'"))
    assert token["operation"] == "kraken.release"
