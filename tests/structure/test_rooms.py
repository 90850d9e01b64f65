"""The rooms of the package: their number and size, and that imports between them form no circle."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from generator.site.rooms_picture import room_layers
from generator.sync_compiler import SUFFIX

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "spaceknow_client"
ROOT = "spaceknow_client"
ENTRIES = 20  # of the package, as `ls` shows them
FILES = 25  # of Python, in a folder
LARGE = {"spaceknow_client/generated/models"}  # a file for each schema of the document
GENERATED = f"{ROOT}.generated"


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (PROJECT / name).exists()]


def graph_of(package: str) -> dict[str, set[str]]:
    """The imports of each module, including those for types and within functions."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=False, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def shown(paths: Iterable[Path]) -> list[str]:
    return sorted({path.parts[1] for path in paths if len(path.parts) > 1})


def test_the_package_has_few_entries() -> None:
    found = shown(tracked(ROOT))
    assert len(found) <= ENTRIES, found


def test_no_folder_has_too_many_modules() -> None:
    counted = Counter(path.parent.as_posix() for path in tracked("*.py"))
    assert {name: n for name, n in counted.items() if n > FILES and name not in LARGE} == {}


@pytest.mark.parametrize("package", [ROOT, "generator", "benchmarks"])
def test_imports_make_no_circle(package: str) -> None:
    graph = graph_of(package)
    graph[ROOT] = set()  # the root names what others define, for type checkers
    assert circle_in(graph) == []


def test_a_circle_is_seen() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []


def test_every_room_has_a_line_in_the_contract() -> None:
    rooms = {path.parts[1].removesuffix(".py") for path in tracked(f"{ROOT}/*.py")}
    assert {room for row in room_layers(PROJECT) for room in row} == rooms - {"__init__"}


def test_code_imports_the_module_that_defines_a_thing() -> None:
    """Never a package, whose `__init__` would load, or hide, the module."""
    graph = graph_of(ROOT)
    packages = {".".join(path.parts[:-1]) for path in tracked(f"{ROOT}/**/__init__.py")}
    packages = {name for name in packages if not name.startswith(GENERATED)} | {ROOT}
    found = {
        f"{module} -> {imported}"
        for module, names in graph.items()
        for imported in names & packages
        if not f"{imported}.".startswith(f"{module}.")  # a package names its own parts
    }
    assert found == set()


def test_no_module_has_the_name_of_a_twin() -> None:
    """`x_async.py` is compiled to `x.py` beside it; a pure module has a different name."""
    for path in tracked(f"{ROOT}/*{SUFFIX}.py"):
        twin = PROJECT / path.with_name(path.name.replace(SUFFIX, ""))
        head = f"# Compiled by `python -m generator` from {path.name}."
        assert twin.read_text(encoding="utf-8").startswith(head), twin


def test_the_paths_that_the_architecture_names_exist() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:spaceknow_client|generator|openapi|tests)/[\w./]*)`", text))
    assert len(named) > 20
    assert {name for name in named if not (PROJECT / name).exists()} == set()
