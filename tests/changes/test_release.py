"""`make check` reports breaks of the public API, and `make release` writes a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.changes.sides import version_of
from generator.document.document import DocumentError
from generator.release.api_breaks import breaks, takes
from generator.release.public_api import PACKAGE, PublicAPI
from generator.release.release import check, last_release, release
from generator.tables.error_classes import class_name
from spaceknow_client.contract.document import operations
from tests.changes import project
from tests.changes.small import small

VERSION = Path("spaceknow_client") / "runtime" / "version.py"
SHIPS = Path("spaceknow_client") / "client" / "ships.py"


@pytest.fixture
def released(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project whose version 0.1.0 has been released."""
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "mypy"))
    monkeypatch.delenv("CI", raising=False)
    folder = project.write(tmp_path)
    project.git(folder, "init", "--quiet")
    commit(folder)
    settings = folder / "pyproject.toml"
    project.edit(settings, '""', f'"{project.git(folder, "rev-parse", "HEAD").strip()}"')
    commit(folder)
    assert release(folder) == 0
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    project.git(folder, "add", "--all")
    project.git(folder, "commit", "--quiet", "--message", "a step")


def bump(folder: Path, version: str) -> None:
    project.edit(folder / VERSION, version_of(folder) or "", version)


def test_the_public_api_is_what_a_program_can_reach(tmp_path: Path) -> None:
    api = PublicAPI(project.write(tmp_path), small())
    assert {path: found.kind.value for path, found in api.found.items()} == {
        "spaceknow_client.Client": "class",
        "spaceknow_client.Client.ships": "class",
        "spaceknow_client.Client.ships.find": "function",
        "spaceknow_client.Ship": "class",
        "spaceknow_client.Ship.__init__": "function",
        "spaceknow_client.Ship.length": "attribute",
        "spaceknow_client.Ship.flag": "attribute",
    }
    made: Any = api.found["spaceknow_client.Ship.__init__"]
    kinds = {one.name: one.kind.value for one in made.parameters if one.name != "self"}
    assert kinds == {"length": "keyword-only", "flag": "keyword-only"}
    find: Any = api.found["spaceknow_client.Client.ships.find"]
    assert api.type_of(find.parameters["harbour"].annotation) == "str | bytes"


def test_the_public_api_of_this_package_has_every_operation_and_every_code() -> None:
    here = Path(__file__).parents[2]
    text = (here / "spaceknow_client" / "generated" / "openapi.json").read_text()
    document = json.loads(text)
    found = PublicAPI(here, document).found
    for client in ("SpaceKnow", "AsyncSpaceKnow"):
        root = f"spaceknow_client.{client}"
        assert {f"{root}.{part}" for part in ("raw", "pipelines", "imagery", "kraken")} <= {*found}
        raw = f"{root}.raw."
        calls = [path for path, one in found.items() if path.startswith(raw) and one.is_function]
        assert len(calls) == len([*operations(document)])
    for code in document["x-errors"]:
        assert f"spaceknow_client.errors.{class_name(code)}" in found
    # Only the client creates these objects: no program can call it, so it may change.
    assert "spaceknow_client.Recovery.of" not in found
    assert "spaceknow_client.generated.models.Scene.__init__" not in found


def test_a_break_needs_a_version(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(released) == 0
    # Old programs do not notice what is new.
    project.edit(released / SHIPS, "most: int = 7", "most: int = 7, least: int = 0")
    assert check(released) == 0
    # The examples pass `most`, and the method is in a private module behind a base class.
    project.edit(released / SHIPS, "most: int = 7", "limit: int = 7")
    capsys.readouterr()
    assert check(released) == 1
    told = capsys.readouterr().out
    assert "spaceknow_client.Client.ships.find(most): Parameter was removed" in told
    assert "examples/count.py:3: error" in told
    assert "In the document" not in told
    assert "readme_2" not in told  # it is not a program by itself
    assert "0.2.0 or later" in told
    bump(released, "0.1.1")
    assert check(released) == 1
    for enough in ("0.2.0", "1.0.0"):
        bump(released, enough)
        assert check(released) == 0


def test_the_document_alone_can_break(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = small()
    del document["x-errors"]["NO-HARBOUR"]
    (released / "openapi" / "openapi.yaml").write_text(json.dumps(document))
    assert check(released) == 1
    assert "NoHarbourError is gone" in capsys.readouterr().out


def test_the_newest_release_of_the_history_is_compared(released: Path) -> None:
    project.edit(released / SHIPS, "most: int = 7", "most: int = 7, least: int = 0")
    bump(released, "0.1.1")
    project.edit(released / "CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- More.\n")
    assert release(released) == 0
    commit(released)
    first, second = project.git(released, "log", "-2", "--format=%H").split()[::-1]
    assert last_release(released) == first  # a release that is being made is compared with 0.1.0
    (released / "more.txt").write_text("more")
    assert last_release(released) == second
    commit(released)
    assert last_release(released) == second
    project.edit(released / SHIPS, ", least: int = 0", "")
    assert check(released) == 1


def test_a_release_that_was_written_by_hand_is_held_against_the_one_before(released: Path) -> None:
    project.edit(released / SHIPS, "most: int = 7", "limit: int = 7")
    bump(released, "0.1.1")
    project.edit(
        released / "CHANGELOG.md",
        "## [Unreleased]\n",
        "## [Unreleased]\n\n## [0.1.1] - 2026-01-02\n",
    )
    assert check(released) == 1
    commit(released)
    assert check(released) == 1


def test_before_the_first_release_a_commit_is_compared(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changelog = released / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## [0.1.0]", "## 0.1.0"))
    with pytest.raises(DocumentError, match="uncommitted changes"):
        release(released, snapshot_only=True)
    commit(released)
    assert release(released, snapshot_only=True) == 0
    head = project.git(released, "rev-parse", "HEAD").strip()
    assert f'before-first-release = "{head}"' in (released / "pyproject.toml").read_text()
    assert last_release(released) == head
    project.edit(released / "pyproject.toml", head, "0" * 40)
    with pytest.raises(DocumentError, match="git rev-parse failed"):
        last_release(released)


@pytest.mark.parametrize("ci", ["", "true"])
def test_without_the_history_nothing_is_compared(
    released: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: str,
) -> None:
    monkeypatch.setenv("CI", ci)
    folder = tmp_path_factory.mktemp("shallow")
    project.git(folder, "clone", "--quiet", "--depth=1", released.as_uri(), ".")
    sdist = project.write(tmp_path_factory.mktemp("sdist"))
    inner = released / "sdist"  # unpacked within another repository
    inner.mkdir()
    capsys.readouterr()
    for place in (folder, sdist, project.write(inner)):
        assert check(place) == (1 if ci else 0)
        told = capsys.readouterr().out
        assert told.startswith("Not compared with the last release: this ")
        assert told.count("\n") == 1


def test_a_release_is_written_and_asks_for_its_version(released: Path) -> None:
    changelog = (released / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [0.1.0] - 20" in changelog
    assert changelog.endswith("### Added\n\n- Ships.\n")

    with pytest.raises(DocumentError, match=r"0\.1\.0 is already in"):
        release(released)
    project.edit(released / SHIPS, "harbour: Name", "harbour: int")
    bump(released, "0.1.1")
    with pytest.raises(DocumentError, match=r"require a major version: 0\.2\.0"):
        release(released)
    bump(released, "0.2.0")
    with pytest.raises(DocumentError, match="has no entries under"):
        release(released)
    project.edit(
        released / "CHANGELOG.md",
        "## [Unreleased]\n",
        "## [Unreleased]\n\n### Changed\n\n- Ports.\n",
    )
    with pytest.raises(DocumentError, match=r"examples/count\.py:3: error.*Correct it first"):
        release(released)
    project.edit(released / "examples" / "count.py", "'Oslo'", "47")
    assert release(released) == 0
    assert "- Ports.\n\n## [0.1.0]" in (released / "CHANGELOG.md").read_text()


OLD = {
    "__init__.py": """
from .generated.models import Boat as Boat
from . import private
class Kind(StrEnum):
    TUG = "tug"
class Base: ...
class Ship(Base):
    def __init__(self, name: str, *, length: float = 1) -> None: ...
    crew: Crew
    port: private.Port
    async def sail(self, to: str | None) -> Ship: ...
    def sink(self) -> None: ...
    def tow(self, by: Rope) -> None: ...
""",
    "private.py": """
class Port:
    def find(self, name: str, most: int) -> list[Ship]: ...
class Harbour:
    def look(self) -> None: ...
""",
    "generated/__init__.py": "",
    "generated/models.py": "class Boat: ...",
    "errors.py": "class Boat: ...",
}
EDITS = [
    ("name: str, *", "name: str, *, year: int", "Ship.__init__(year): Parameter was added"),
    ("name: str, *, ", "*, name: str, ", "Ship.__init__(name): Parameter kind was changed"),
    ("length: float", "length: int", "Ship.__init__(length): accepted float and accepts int"),
    ("crew: Crew", "crew: Crew | None", "Ship.crew: its type was Crew and is Crew | None"),
    (
        "name: str, most: int",
        "most: int, name: str",
        "Ship.port.find(name): Positional parameter",
    ),
    (
        "list[Ship]",
        "Sequence[Ship]",
        "Ship.port.find: returned list[Ship] and returns Sequence[Ship]",
    ),
    ("async def", "def", "Ship.sail: was async"),
    ("str | None", "str", "Ship.sail(to): accepted str | None and accepts str"),
    ("    def sink(self) -> None: ...\n", "", "Ship.sink: was removed"),
    ("    port: private", "    harbour: private", "Ship.port: was removed"),
    ("def sink", "@property\n    def sink", "Ship.sink: is no longer a function"),
    ('"tug"', '"tow"', "Kind.TUG: 'tug' became 'tow'"),
    ("Ship(Base)", "Ship(Other)", "Ship: is no longer a Base"),
    (
        "from .generated.models",
        "from .errors",
        "Boat: spaceknow_client.generated.models.Boat became spaceknow_client.errors.Boat",
    ),
]


def api_of(folder: Path, old: str = "", new: str = "") -> PublicAPI:
    """The API of OLD with an edit."""
    assert any(old in text for text in OLD.values())
    for name, text in OLD.items():
        (folder / PACKAGE / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / PACKAGE / name).write_text(text.replace(old, new) if old else text)
    return PublicAPI(folder, small())


@pytest.mark.parametrize(("old", "new", "told"), EDITS, ids=[edit[2] for edit in EDITS])
def test_a_break_of_the_api_is_told(old: str, new: str, told: str, tmp_path: Path) -> None:
    found = [*breaks(api_of(tmp_path / "old"), api_of(tmp_path / "new", old, new))]
    assert any(line.startswith(f"{PACKAGE}.{told}") for line in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("length: float = 1", "length: float = 1, width: float = 1"),
        ("name: str, *", "name: str | bytes, *"),
        ("crew: Crew", "crew: Crew\n    captain: str"),
        ("to: str | None", "to: str | Ship | None"),
        ("most: int", "most: float"),
        ('TUG = "tug"', 'TUG = "tug"\n    FERRY = "ferry"'),
        ("class Base", "class Raft: ...\nclass Base"),
        ("by: Rope", "by: Cable"),  # no program can name either of them
    ],
)
def test_what_is_more_breaks_nothing(old: str, new: str, tmp_path: Path) -> None:
    before, after = api_of(tmp_path / "old"), api_of(tmp_path / "new", old, new)
    assert [*breaks(before, after)] == []


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        ("float", "int", True),
        ("int", "float", False),
        ("Any", "Ship", True),
        ("Ship", "Any", False),
        ("str | None", "None | str", True),
        ("str", "str | None", False),
        ("Sequence[str]", "list[str]", True),
        ("list[str]", "Sequence[str]", False),
        ("ListLike[str | Scene]", "Sequence[str]", True),
        ("Sequence[str]", "ListLike[str]", False),
        ("Sequence[float]", "tuple[int, ...]", True),
        ("Sequence[str]", "tuple[str, int]", False),
        ("Mapping[str, Any]", "dict[str, int]", True),
        ("dict[str, int]", "dict[str, Any]", False),
        ("Literal['a', 'b']", "Literal['b']", True),
        ("Literal['b']", "Literal['a', 'b']", False),
        ("Pipeline[Ship]", "Pipeline[Boat]", False),
        ("Callable[[int], str]", "Callable[[int], str]", True),
    ],
)
def test_types_that_stand_for_others(wanted: str, given: str, expected: bool) -> None:
    assert takes(wanted, given) is expected
