"""What `make check` says of a public API that breaks, and what `make release` writes."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from generator.changes.sides import version_of
from generator.document.document import DocumentError, operations
from generator.models.error_classes import class_name
from generator.release.api_breaks import breaks, takes
from generator.release.public_api import public_api
from generator.release.release import FOLDER, check, release
from tests.changes import project
from tests.changes.small import small

VERSION = Path("spaceknow_client") / "runtime" / "version.py"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SHIPS = Path("spaceknow_client") / "client" / "ships.py"


@pytest.fixture
def released(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project whose version 0.1.0 has been released."""
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "mypy"))
    folder = project.write(tmp_path)
    assert release(folder) == 0
    return folder


def bump(folder: Path, version: str) -> None:
    project.edit(folder / VERSION, version_of(folder) or "", version)


def test_the_stubs_have_what_a_program_can_reach(tmp_path: Path) -> None:
    stubs = public_api(project.write(tmp_path), small())
    assert stubs == {
        "spaceknow_client": (
            "# The public names of spaceknow_client, written by `make release`. Never edit by hand.\n"
            "\nclass Client:\n    class ships:\n"
            "        def find(self, harbour: str | bytes, *, most: int = 7) -> Ship: ...\n"
            "\nclass Ship:\n"
            "    def __init__(self, *, length: float, flag: str | None = None) -> None: ...\n"
            "    length: float\n    flag: str | None\n"
        )
    }


def test_the_stubs_of_this_package_have_every_operation_and_every_code() -> None:
    here = Path(__file__).parents[2]
    text = (here / "spaceknow_client" / "generated" / "openapi.json").read_text()
    document = json.loads(text)
    stubs = public_api(here, document)
    for name, text in stubs.items():
        ast.parse(text, name)
    root = ast.parse(stubs["spaceknow_client"])
    classes = {node.name: node for node in root.body if isinstance(node, ast.ClassDef)}
    for client in ("SpaceKnow", "AsyncSpaceKnow"):
        parts = {node.name: node for node in classes[client].body if isinstance(node, ast.ClassDef)}
        assert {"raw", "pipelines", "imagery", "kraken"} <= parts.keys()
        calls = [node for node in ast.walk(parts["raw"]) if isinstance(node, FUNCTIONS)]
        assert len(calls) == len([*operations(document)])
    for code in document["x-errors"]:
        assert f"class {class_name(code)}(" in stubs["spaceknow_client.errors"]


def test_a_break_needs_a_version(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(released) == 0
    # Old programs do not notice what is new.
    project.edit(released / SHIPS, "most: int = 7", "most: int = 7, least: int = 0")
    assert check(released) == 0
    # The examples give `most`, and the method is behind two private modules and a base class.
    project.edit(released / SHIPS, "most: int = 7", "limit: int = 7")
    capsys.readouterr()
    assert check(released) == 1
    told = capsys.readouterr().out
    assert "spaceknow_client.Client.ships.find(most): Parameter was removed" in told
    assert "count.py:3: error" in told
    assert "In the document" not in told
    assert "0.2.0 or later" in told
    bump(released, "0.1.1")
    assert check(released) == 1
    for enough in ("0.2.0", "1.0.0"):
        bump(released, enough)
        assert check(released) == 0


def test_the_document_alone_can_break(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = small()
    del document["x-errors"]["NO-HARBOUR"]
    text = {name: (released / name).read_text() for name in ("CHANGELOG.md",)}
    project.write(released, document)
    (released / "CHANGELOG.md").write_text(text["CHANGELOG.md"])
    assert check(released) == 1
    assert "NoHarbourError is gone" in capsys.readouterr().out


def test_a_release_is_written_and_asks_for_its_version(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (released / FOLDER / "version.txt").read_text() == "0.1.0\n"
    changelog = (released / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [0.1.0] - 20" in changelog
    assert changelog.endswith("### Added\n\n- Ships.\n")
    examples = {file.name for file in (released / FOLDER / "examples").iterdir()}
    assert examples == {"count.py", "readme_1.py"}  # the second block is no program by itself

    with pytest.raises(DocumentError, match=r"has 0\.1\.0 already"):
        release(released)
    project.edit(released / SHIPS, "harbour: Name", "harbour: int")
    bump(released, "0.1.1")
    with pytest.raises(DocumentError, match=r"asks for a major bump: for 0\.2\.0"):
        release(released)
    bump(released, "0.2.0")
    with pytest.raises(DocumentError, match=r"examples/count\.py:3: error.*Mend it first"):
        release(released)
    project.edit(released / "examples" / "count.py", "'Oslo'", "47")
    with pytest.raises(DocumentError, match="tells nothing under"):
        release(released)
    project.edit(
        released / "CHANGELOG.md",
        "## [Unreleased]\n",
        "## [Unreleased]\n\n### Changed\n\n- Ports.\n",
    )
    assert release(released) == 0
    stub = (released / FOLDER / "api" / "spaceknow_client.pyi").read_text()
    assert "harbour: int" in stub
    assert "- Ports.\n\n## [0.1.0]" in (released / "CHANGELOG.md").read_text()


OLD = """
class Kind(StrEnum):
    TUG = "tug"
class Base: ...
class Ship(Base):
    def __init__(self, name: str, *, length: float = 1) -> None: ...
    crew: Crew
    class port:
        def find(self, name: str, most: int) -> list[Ship]: ...
    async def sail(self, to: str | None) -> Ship: ...
    def sink(self) -> None: ...
    def tow(self, by: Rope) -> None: ...
Boat = models.Boat
"""
EDITS = [
    ("name: str, *", "name: str, *, year: int", "m.Ship.__init__(year): Parameter was added"),
    ("name: str, *, ", "*, name: str, ", "m.Ship.__init__(name): Parameter kind was changed"),
    ("length: float", "length: int", "m.Ship.__init__(length): took float and takes int"),
    ("crew: Crew", "crew: Crew | None", "m.Ship.crew: its type was Crew and is Crew | None"),
    (
        "name: str, most: int",
        "most: int, name: str",
        "m.Ship.port.find(name): Positional parameter",
    ),
    ("list[Ship]", "Sequence[Ship]", "m.Ship.port.find: gave list[Ship] and gives Sequence[Ship]"),
    ("async def", "def", "m.Ship.sail: was async"),
    ("str | None", "str", "m.Ship.sail(to): took str | None and takes str"),
    ("    def sink(self) -> None: ...\n", "", "m.Ship.sink: Public object was removed"),
    ("class port:", "class harbour:", "m.Ship.port: Public object was removed"),
    ('"tug"', '"tow"', "m.Kind.TUG: 'tug' became 'tow'"),
    ("Ship(Base)", "Ship(Other)", "m.Ship: is no Base any more"),
    ("models.Boat", "ships.Boat", "m.Boat: models.Boat became ships.Boat"),
]


@pytest.mark.parametrize(("old", "new", "told"), EDITS, ids=[edit[2] for edit in EDITS])
def test_a_break_of_the_api_is_told(old: str, new: str, told: str) -> None:
    assert old in OLD
    found = breaks({"m": OLD}, {"m": OLD.replace(old, new)})
    assert any(line.startswith(told) for line in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("length: float = 1", "length: float = 1, width: float = 1"),
        ("name: str, *", "name: str | bytes, *"),
        ("crew: Crew", "crew: Crew\n    captain: str"),
        ("to: str | None", "to: str | Ship | None"),
        ("most: int", "most: float"),
        ('TUG = "tug"', 'TUG = "tug"\n    FERRY = "ferry"'),
        ("Boat =", "Raft = models.Raft\nBoat ="),
        ("by: Rope", "by: Cable"),  # no program can name the one or the other
    ],
)
def test_what_is_more_breaks_nothing(old: str, new: str) -> None:
    assert breaks({"m": OLD}, {"m": OLD.replace(old, new)}) == []


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
