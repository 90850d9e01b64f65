"""Every change of the document since the last release must be named in CHANGELOG."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.changes import compare
from generator.document.document import DocumentError
from generator.release.release import check, release
from generator.release.said import unsaid, words
from tests.changes import project
from tests.changes.small import Document, small

FIND = ("paths", "/ships/find", "post")
COUNT = ("paths", "/ships/count/initiate", "post")


def put(*steps: Any, value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        node: Any = document
        for step in steps[:-1]:
            node = node[step]
        node[steps[-1]] = value

    return change


CHANGES: dict[str, tuple[Callable[[Document], None], list[str]]] = {
    "permission": (
        put(*FIND, "security", 0, "jwt", 0, value="ships.see"),
        ["ships.find", "ships", "ships.see"],
    ),
    "no token": (put(*FIND, "security", value=[]), ["ships.find", "ships"]),
    "scheme": (put(*FIND, "security", value=[{"key": ["ships"]}]), ["ships.find", "authorization"]),
    "safety": (put(*FIND, "x-safe-to-repeat", value=True), ["ships.find", "x-safe-to-repeat"]),
    "code of an operation": (
        put(*FIND, "x-error-codes", value=["NO-SHIP", "NO-HARBOUR"]),
        ["ships.find", "NO-HARBOUR"],
    ),
    "hint": (put("x-errors", "NO-SHIP", "hint", value="Dance."), ["NO-SHIP", "hint"]),
    "repeat": (put("x-errors", "NO-SHIP", "repeat", value="later"), ["NO-SHIP", "repeat"]),
    "flag": (put("x-errors", "NO-SHIP", "bad-token", value=True), ["NO-SHIP", "bad-token"]),
    "link": (
        put(*COUNT, "responses", "200", "links", "result", "operationId", value="ships.photo"),
        ["ships.count.initiate", "result"],
    ),
    "values of a link": (
        put(*COUNT, "responses", "200", "links", "result", "requestBody", value={"a": "b"}),
        ["ships.count.initiate", "result"],
    ),
    "example": (
        put(
            *FIND,
            "requestBody",
            "content",
            "application/json",
            "examples",
            value={"a": {"value": 1}},
        ),
        ["ships.find", "body", "examples"],
    ),
    "example of a member": (
        put("components", "schemas", "Ship", "properties", "length", "examples", value=[3]),
        ["Ship.length", "examples"],
    ),
    "bound": (
        put("components", "schemas", "FindRequest", "properties", "maxSize", "maximum", value=9000),
        ["FindRequest.maxSize", "maximum"],
    ),
    "a new member": (
        put("components", "schemas", "Ship", "properties", "mast", value={"type": "integer"}),
        ["Ship.mast"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_has_to_be_named(name: str) -> None:
    change, expected = CHANGES[name]
    document = small()
    change(document)
    changes = compare(small(), document)
    found = unsaid(changes, "- Other things changed.\n")
    assert [words(each) for each in found] == [expected]
    entry = f"- It is so: {' and `'.join(expected)}.\n"
    assert unsaid(changes, f"- Ships.\n\n{entry}") == []
    for number in range(len(expected)):
        less = ", ".join(expected[:number] + expected[number + 1 :])
        assert unsaid(changes, f"- It is so: {less}.\n- And {expected[number]}.\n") == (
            found if len(expected) > 1 else []
        )
        longer = [*expected[:number], f"{expected[number]}-x", *expected[number + 1 :]]
        assert unsaid(changes, f"- It is so: {', '.join(longer)}.\n") == found


def test_words_alone_need_no_entry() -> None:
    document = small()
    put(*FIND, "summary", value="Finds ships.")(document)
    put("components", "schemas", "Ship", "properties", "length", "description", value="m")(document)
    put("info", "title", value="Ships")(document)
    changes = compare(small(), document)
    assert len(changes) == 3
    assert unsaid(changes, "") == []


def test_make_check_fails_until_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    folder = project.write(tmp_path)
    project.git(folder, "init", "--quiet")
    changelog = folder / "CHANGELOG.md"
    for step in ("first", "release"):
        if step == "release":
            head = project.git(folder, "rev-parse", "HEAD").strip()
            project.edit(folder / "pyproject.toml", '""', f'"{head}"')
            # An entry of an older release does not count for this one.
            project.edit(changelog, "- Ships.", "- Ships. The hint of NO-SHIP.")
            assert release(folder) == 0
        project.git(folder, "add", "--all")
        project.git(folder, "commit", "--quiet", "--message", step)
    document = small()
    CHANGES["hint"][0](document)
    (folder / "openapi" / "openapi.yaml").write_text(json.dumps(document))
    assert check(folder) == 1
    told = capsys.readouterr().out
    assert "since 0.1.0 that CHANGELOG.md does not name:" in told
    assert "words that one entry must contain: NO-SHIP, hint" in told
    project.edit(folder / "spaceknow_client" / "runtime" / "version.py", "0.1.0", "0.1.1")
    with pytest.raises(DocumentError, match=r"does not name 1 changes of the document"):
        release(folder)
    project.edit(
        changelog, "## [Unreleased]\n", "## [Unreleased]\n\n- `NO-SHIP` has a better hint.\n"
    )
    assert check(folder) == 0
    assert "does not name" not in capsys.readouterr().out


def test_what_is_new_as_a_whole_needs_no_entry() -> None:
    old, new = small(), small()
    new["paths"]["/ships/search"] = json.loads(json.dumps(new["paths"]["/ships/find"]))
    new["paths"]["/ships/search"]["post"]["operationId"] = "ships.search"
    new["x-errors"]["NO-PORT"] = dict(new["x-errors"]["NO-SHIP"])
    changes = compare(old, new)
    assert {change.name for change in changes} >= {"ships.search", "NO-PORT"}
    assert unsaid(changes, "") == []
