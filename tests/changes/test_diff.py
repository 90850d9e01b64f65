"""`python -m generator diff`: files and revisions on either side, a report and JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.changes.change import is_enough, least
from generator.document.document import DocumentError
from generator.release import commands
from tests.changes import project
from tests.changes.small import small

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def edited(folder: Path) -> Path:
    """A copy in which one member is renamed, one is new, and a code is removed."""
    document = small()
    members = document["components"]["schemas"]["Ship"]["properties"]
    members["flagsShown"] = members.pop("flags")
    members["homePort"] = {"type": "string"}
    del document["x-errors"]["NO-HARBOUR"]
    folder.mkdir(exist_ok=True)
    return project.write(folder, document)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old").mkdir()
    return project.write(tmp_path / "old")


def test_the_report_tells_what_breaks_and_which_version_it_asks_for(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = edited(tmp_path / "new")
    assert commands.diff([str(old / "openapi" / "openapi.yaml"), str(new)], tmp_path) == 0
    text = capsys.readouterr().out
    breaking, _, others = text.partition("Not breaking")
    assert "Breaking (2)" in breaking
    assert "removed code NO-HARBOUR: NoHarbourError is gone" in breaking
    assert "removed member Ship.flags" in breaking
    assert "renamed? flagsShown seems to be its new name" in breaking
    assert "ships.find answer $.results[].flags and 1 more" in breaking
    assert "added member Ship.homePort" in others
    assert "a major bump: 0.2.0 or later, after 0.1.0" in text.replace("\n", " ")
    assert "- **Breaking:** `Ship.flags`: the member is gone" in text
    assert "- `Ship.home_port`: a new member." in text
    report = text.partition("Draft for CHANGELOG")[0]
    assert max(map(len, report.splitlines()[1:])) <= 80


def test_json_tells_the_same(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands.diff([str(old / "openapi"), str(edited(tmp_path / "new")), "--json"], tmp_path)
    told = json.loads(capsys.readouterr().out)
    assert (told["breaking"], told["bump"], told["least_version"]) == (True, "major", "0.2.0")
    ratings = {(c["action"], c["of"], c["name"]): c["breaking"] for c in told["changes"]}
    assert ratings == {
        ("removed", "code", "NO-HARBOUR"): True,
        ("removed", "member", "Ship.flags"): True,
        ("added", "member", "Ship.flagsShown"): False,
        ("added", "member", "Ship.homePort"): False,
    }
    gone = next(c for c in told["changes"] if c["name"] == "Ship.flags")
    assert gone["renamed"] == "flagsShown"
    assert gone["places"][0] == {
        "operation": "ships.find",
        "side": "answer",
        "path": "$.results[].flags",
    }


def test_nothing_changed(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands.diff([str(old), str(old)], tmp_path)
    assert "Nothing changed." in capsys.readouterr().out


def test_the_codes_may_stand_beside_a_root_that_does_not_name_them(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = small()
    codes = document.pop("x-errors")
    (tmp_path / "new").mkdir()
    new = project.write(tmp_path / "new", document)
    (new / "openapi" / "errors.yaml").write_text(json.dumps(codes))
    commands.diff([str(old), str(new)], tmp_path)
    assert "Nothing changed." in capsys.readouterr().out


@needs_git
def test_a_side_may_be_a_revision(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.git(old, "init", "--quiet")
    project.git(old, "add", "--all")
    project.git(old, "commit", "--quiet", "--message", "first")
    project.git(old, "tag", "v0.1.0")
    edited(old)
    project.edit(old / "spaceknow_client" / "runtime" / "version.py", "0.1.0", "0.3.0")
    project.git(old, "commit", "--quiet", "--all", "--message", "second")
    (old / "openapi" / "openapi.yaml").write_text("in the middle of an edit")
    before = project.git(old, "status", "--porcelain")

    commands.diff(["v0.1.0", "HEAD:openapi/openapi.yaml", "--json"], old)
    told = json.loads(capsys.readouterr().out)
    assert (told["old"]["version"], told["new"]["version"]) == ("0.1.0", "0.3.0")
    assert len(told["changes"]) == 4

    commands.diff([str(edited(tmp_path / "new")), "HEAD"], old)
    assert "Nothing changed." in capsys.readouterr().out
    assert project.git(old, "status", "--porcelain") == before

    with pytest.raises(DocumentError, match="v9: there is no such file"):
        commands.diff(["v9", "HEAD"], old)


def test_neither_a_file_nor_a_revision(old: Path, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nowhere: there is no such file"):
        commands.diff(["nowhere", str(old)], tmp_path)


@pytest.mark.parametrize(
    ("released", "asked", "version"),
    [
        ("0.1.4", "none", "0.1.4"),
        ("0.1.4", "patch", "0.1.5"),
        ("0.1.4", "minor", "0.1.5"),
        ("0.1.4", "major", "0.2.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "major", "2.0.0"),
    ],
)
def test_the_version_that_a_level_asks_for(released: str, asked: str, version: str) -> None:
    assert least(released, asked) == version
    assert is_enough(released, version, asked)
    assert is_enough(released, "9.0.0", asked)
    assert asked == "none" or not is_enough(released, released, asked)


def test_a_break_of_0_1_may_be_0_2_or_1_0_and_not_0_1_1() -> None:
    assert [is_enough("0.1.0", now, "major") for now in ("0.2.0", "1.0.0", "0.1.1")] == [
        True,
        True,
        False,
    ]
