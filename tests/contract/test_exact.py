"""The generator writes the same bytes everywhere, with the pinned tools, and skips nothing silently."""

from __future__ import annotations

import hashlib
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator import pins, upstream
from generator.__main__ import main
from generator.output import LOCK, Files, generate
from spaceknow_client.generated.catalogue import OPERATIONS

PROJECT = Path(__file__).parents[2]

# Runs with another order of folder entries, and prints a digest of all output.
ELSEWHERE = """
import hashlib, os, sys
from pathlib import Path
plain = os.scandir
class Backwards:
    def __init__(self, *where):
        with plain(*where) as entries: self.entries = sorted(entries, key=lambda e: e.name)[::-1]
    def __iter__(self): return iter(self.entries)
    def __enter__(self): return self
    def __exit__(self, *error): pass
    def close(self): pass
os.scandir = Backwards
listed = os.listdir
os.listdir = lambda *where: sorted(listed(*where))[::-1]
from generator.output import generate
made = generate(Path(sys.argv[1]))
print(hashlib.sha256(repr([(str(p), made[p]) for p in sorted(made)]).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def files() -> Files:
    return generate(PROJECT)


def test_the_bytes_hang_on_the_document_alone(files: Files, tmp_path: Path) -> None:
    """The hash seed, the folder, the order of files, the locale and ruff's settings have no effect."""
    digest = hashlib.sha256(
        repr([(str(path), files[path]) for path in sorted(files)]).encode()
    ).hexdigest()
    (tmp_path / "ruff.toml").write_text("line-length = 40\n")
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(PROJECT)],
        cwd=tmp_path,
        env=os.environ
        | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(PROJECT), "LC_ALL": "C", "TZ": "Asia/Tokyo"}
        | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == digest


def test_every_python_file_says_that_it_is_generated(files: Files) -> None:
    for path, text in files.items():
        if path.suffix == ".py":
            assert re.match(r"# (Generated|Compiled) by `python -m generator` from ", text), path


def test_one_file_says_what_it_was_made_from_and_with(files: Files) -> None:
    folder = Path("spaceknow_client/generated")
    header = files[folder / "__init__.py"]
    assert hashlib.sha256(files[folder / "openapi.json"].encode()).hexdigest() in header
    for name, version in pins.pinned().items():
        assert f"{name} {version}" in header


def test_another_version_of_a_tool_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "pyproject.toml"
    other.write_text(re.sub('"ruff==.*?"', '"ruff==0.1.0"', pins.PYPROJECT.read_text()))
    monkeypatch.setattr(pins, "PYPROJECT", other)
    assert main([]) == 1
    said = capsys.readouterr().err
    assert re.search(r"ruff \S+ is installed, but pyproject.toml pins 0.1.0", said)


def test_every_operation_of_the_files_is_generated(files: Files) -> None:
    """Counted in the text of the YAML, without the generator's code."""
    written = sorted(
        name
        for path in (PROJECT / "openapi" / "paths").glob("*.yaml")
        for name in re.findall(r"^    operationId: (\S+)$", path.read_text(), re.MULTILINE)
    )
    assert written == sorted(OPERATIONS)
    client = files[Path("spaceknow_client/generated/client.py")]
    methods = sorted(name.split(".", 1)[1].replace(".", "_") for name in written)
    for define in ("def", "async def"):
        found = re.findall(rf"^    {define} ([a-z]\w*)\(\s*self", client, re.MULTILINE)
        assert sorted(found) == methods


def test_an_operation_that_is_left_out_in_silence_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    collection = upstream._theirs("parser.openapi.EndpointCollection")
    whole = collection.from_data

    def without_one(**given: Any) -> Any:
        collections, *rest = whole(**given)
        next(iter(collections.values())).endpoints.pop()
        return collections, *rest

    monkeypatch.setattr(collection, "from_data", staticmethod(without_one))
    assert main([]) == 1
    said = capsys.readouterr().err
    assert re.match(r"openapi/paths/\w+\.yaml:\d+: [\w.]+: .* skipped this operation", said)


def test_a_model_that_is_left_out_in_silence_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = upstream._theirs("parser.GeneratorData")
    whole = data.from_dict

    def without_one(*given: Any, **named: Any) -> Any:
        found: Any = whole(*given, **named)
        found.models = [model for model in found.models if model.class_info.name != "Scene"]
        return found

    monkeypatch.setattr(data, "from_dict", staticmethod(without_one))
    assert main([]) == 1
    said = capsys.readouterr().err
    assert re.match(r"openapi/schemas/imagery\.yaml:\d+: Scene: .* skipped this schema", said)


def test_one_module_touches_openapi_python_client() -> None:
    """Its Python name is in no other file, whatever the form of the import."""
    theirs = "openapi_" + "python_client"
    folders = ("generator", "spaceknow_client", "tests", "docs", "examples", "benchmarks")
    files = [path for folder in folders for path in (PROJECT / folder).rglob("*.py")]
    found = [path for path in files if re.search(rf"\b{theirs}\b[.\"' ]", path.read_text())]
    assert found == [PROJECT / "generator" / "upstream.py"]


CHANGES = (
    ("strings", "snake_case", "snake_case"),
    ("parser", "GeneratorData", "GeneratorData"),
    ("config", "ConfigFile", "ConfigFile"),
    ("", "Project", "Project"),
    ("Project", "build", "build"),
    ("parser.GeneratorData", "from_dict", "from_dict"),
)


@pytest.mark.parametrize(("owner", "name", "says"), CHANGES)
def test_a_change_of_its_internals_says_what_to_do(owner: str, name: str, says: str) -> None:
    """A name of the package is missing, as after another release."""
    script = (
        "import importlib, sys\n"
        "from generator import upstream\n"
        "from generator.__main__ import main\n"
        f"owner, name = {owner!r}, {name!r}\n"
        "try: it = importlib.import_module(('openapi_' 'python_client.' + owner).rstrip('.'))\n"
        "except ImportError: it = upstream._theirs(owner)\n"
        "delattr(it, name)\n"
        "sys.exit(main(['--check']))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, ran.stderr
    assert "is not compatible with generator/upstream.py" in ran.stderr
    assert says in ran.stderr
    assert "or adapt that module" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_mistakes_leave_the_files_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "openapi").mkdir()
    root = (PROJECT / "openapi" / "openapi.yaml").read_text()
    (tmp_path / "openapi" / "openapi.yaml").write_text(re.sub(r"\$ref: \./", "$ref: ./x", root))
    monkeypatch.setattr("generator.__main__.PROJECT", tmp_path)
    assert main([]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) > 20
    assert all(re.match(r"openapi/openapi\.yaml:\d+: ", line) for line in said[:-1])
    assert said[-1] == f"generator: {len(said) - 1} mistakes; nothing was written."
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left - {LOCK} == {"openapi.yaml"}


def test_a_template_of_ours_says_why() -> None:
    for template in (PROJECT / "generator" / "models" / "templates").iterdir():
        assert re.match(r"\{# [A-Z].*?\. #\}\n", template.read_text(), re.DOTALL), template.name


def test_the_templates_that_ours_replace_are_those_of_the_pinned_package() -> None:
    stock = Path(inspect.getfile(upstream._theirs("Project"))).parent
    for ours in (PROJECT / "generator" / "models" / "templates").iterdir():
        now = hashlib.sha256((stock / "templates" / ours.name).read_bytes()).hexdigest()
        assert f"{{# Replaces {now}." in ours.read_text(), (
            f"openapi-python-client changed {ours.name}. Look at what it changed, let ours follow, "
            f"and write the hash of the new one, {now}, at the head of ours."
        )
