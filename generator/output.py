"""Which files are generated, what is in them, and how they differ from what is there."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no types

from .checks import checked
from .document.document import DocumentError, dump
from .document.view import generator_view
from .methods.resources import resources, result_models
from .models.models import write_client
from .pins import pinned
from .site.rooms_picture import PICTURE, picture
from .sync_compiler import HEAD, NO_LINT, SUFFIX, TWIN_HEAD, is_generated, twins
from .tables.catalogue import catalogue, exceptions, known_values, reference

PACKAGE = Path("spaceknow_client")
GENERATED = PACKAGE / "generated"
HANDWRITTEN = ("types.py",)  # there
ERROR_CLASSES = PACKAGE / "errors" / "codes.py"
PUBLIC_NAMES = PACKAGE / "runtime" / "public_names.py"
ERROR_PAGE = Path("docs") / "errors.md"

# What ruff does to the output: unused imports go, the others are sorted, and all is formatted.
IMPORTS = (
    *("--select", "F401,I", "--fix-only", "--quiet"),
    *("--config", "lint.isort.split-on-trailing-comma=false"),
)
LAYOUT = ("--line-length", "100", "--quiet", "--config", "format.skip-magic-trailing-comma=true")

Files = dict[Path, str]
Difference = tuple[Path, str]


def generate(project: Path, notice: Callable[[str], object] = lambda text: None) -> Files:
    """Every generated file, by its path relative to the project.

    `notice` is told what of the document nothing is made of.

    Raises DocumentError with every mistake of the document, and for tools of other versions than
    those that pyproject.toml pins.
    """
    tools = pinned()
    source = checked(project / "openapi" / "openapi.yaml")
    for unused in source.unused():
        notice(str(unused))
    document = source.content
    bundle = dump(document)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generated = root / PACKAGE / "generated"
        generated.mkdir(parents=True)
        endpoints = write_client(generator_view(document), generated, source)
        (generated / "catalogue.py").write_text(catalogue(document), encoding="utf-8")
        for name in ("map_types", "datasets"):
            (generated / f"{name}.py").write_text(known_values(document, name), encoding="utf-8")
        (root / ERROR_CLASSES).parent.mkdir()
        (root / ERROR_CLASSES).write_text(exceptions(document), encoding="utf-8")
        modules, given = resources(source, endpoints, project / PACKAGE)
        names = _public_names(project / PACKAGE / "__init__.py")
        given -= names.keys()
        names |= dict.fromkeys(given, ".generated.models")
        (generated / "results.py").write_text(result_models(given), encoding="utf-8")
        _put(
            root / PUBLIC_NAMES,
            f'"""Where each name of the package is."""\nNAMES = {dict(sorted(names.items()))!r}\n',
        )
        for path, text in modules.items():
            _put(root / PACKAGE / path, text)
        _ruff(root, "check", *IMPORTS)
        sources = {
            path: (root / PACKAGE / path).read_text(encoding="utf-8")
            for path in modules
            if path.stem.endswith(SUFFIX)
        }
        # What it was made from and with stands in one file, so that a change of the document or of
        # a tool shows there and where it changes something, and nowhere else.
        origin = f"# openapi.json has the sha256 {hashlib.sha256(bundle.encode()).hexdigest()}.\n"
        origin += f"# Made with {', '.join(f'{name} {known}' for name, known in tools.items())}.\n"
        for path in root.rglob("*.py"):
            head = HEAD + ("" if path.is_relative_to(generated) else NO_LINT)
            head += origin if path == generated / "__init__.py" else ""
            path.write_text(head + path.read_text(encoding="utf-8"), encoding="utf-8")
        for path, (source_name, text) in twins(project / PACKAGE, sources).items():
            _put(root / PACKAGE / path, TWIN_HEAD.format(source=source_name) + NO_LINT + text)
        _ruff(root, "format", *LAYOUT)
        files = {
            path.relative_to(root): path.read_text(encoding="utf-8")
            for path in sorted(root.rglob("*.py"))
        }
    files[GENERATED / "openapi.json"] = bundle
    files[ERROR_PAGE] = reference(document)
    if (project / "pyproject.toml").is_file():  # the document of another project has no rooms
        files[PICTURE] = picture(project)
    return files


def _public_names(root: Path) -> dict[str, str]:
    """The module of each name of the package: those that type checkers import there."""
    imports = [
        n for n in ast.walk(ast.parse(root.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)
    ]
    return {
        alias.name: f".{node.module}"
        for node in imports
        for alias in node.names
        if node.level and node.module and alias.name == alias.asname
    }


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def compare(files: Files, project: Path) -> list[Difference]:
    """How the project differs from `files`, in the order of the paths."""
    found: list[Difference] = []
    for path, text in files.items():
        there = project / path
        if not there.exists():
            found.append((path, "is missing"))
        elif there.read_bytes() != text.encode():
            found.append((path, "differs"))
    for there in sorted((project / PACKAGE).rglob("*.py")):
        path = there.relative_to(project)
        is_ours = path.is_relative_to(GENERATED) and path.name not in HANDWRITTEN
        is_left = is_ours or is_generated(_first_line(there))
        if is_left and path not in files:
            found.append((path, "is not generated any more"))
    return sorted(found)


def _first_line(file: Path) -> str:
    with file.open(encoding="utf-8") as opened:
        return opened.readline()


def write(files: Files, project: Path) -> list[Difference]:
    """Makes the project hold exactly `files`; returns what had to change."""
    changed = compare(files, project)
    for path, _ in changed:
        if path in files:
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(files[path], encoding="utf-8", newline="\n")
        else:
            (project / path).unlink()
    return changed


def _ruff(folder: Path, *command: str) -> None:
    """Runs the pinned ruff, with no configuration but that of the command."""
    done = subprocess.run(
        [find_ruff_bin(), *command, "--isolated", "--no-cache", "--target-version", "py311", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DocumentError(f"ruff {command[0]}: {done.stderr or done.stdout}")
