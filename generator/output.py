"""Which files are generated, what is in them, and how they differ from what is there."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no types

from spaceknow_client.runtime.file_lock import open_locked

from .checks import checked
from .document.document import DocumentError, dump
from .document.view import generator_view
from .methods.resources import resources, result_models
from .models.models import write_client
from .pins import pinned
from .settle import CHANGES, PENDING, settle
from .site.rooms_picture import PICTURE, picture
from .sync_compiler import HEAD, NO_LINT, SUFFIX, TWIN_HEAD, is_generated, twins
from .tables.catalogue import apis, catalogue, exceptions, groups, known_values, reference, servers
from .tables.error_classes import group_name

PACKAGE = Path("spaceknow_client")
GENERATED = PACKAGE / "generated"
HANDWRITTEN = ("types.py",)  # there
ERROR_CLASSES = PACKAGE / "errors" / "codes.py"
ERROR_GROUPS = PACKAGE / "errors" / "groups.py"
SERVERS = PACKAGE / "auth" / "servers.py"
PUBLIC_NAMES = PACKAGE / "runtime" / "public_names.py"
ERROR_PAGE = Path("docs") / "errors.md"

# ruff removes unused imports from the output, sorts the others, and formats everything.
IMPORTS = (
    *("--select", "F401,I", "--fix-only", "--quiet"),
    *("--config", "lint.isort.split-on-trailing-comma=false"),
)
LAYOUT = ("--line-length", "100", "--quiet", "--config", "format.skip-magic-trailing-comma=true")

LOCK = ".generated.lock"

Files = dict[Path, str]
Difference = tuple[Path, str]


def generate(project: Path, notice: Callable[[str], object] = lambda text: None) -> Files:
    """Every generated file, by its path relative to the project.

    `notice` is called with each part of the document that generates nothing.

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
        _put(root / ERROR_CLASSES, exceptions(document))
        _put(root / ERROR_GROUPS, groups(document))
        _put(root / SERVERS, servers(document))
        modules, given = resources(source, endpoints, project / PACKAGE)
        names = _public_names(project / PACKAGE / "__init__.py")
        given -= names.keys() | set(map(group_name, apis(document)))
        names |= dict.fromkeys(given, ".generated.models")
        names |= dict.fromkeys(map(group_name, apis(document)), ".errors.groups")
        (generated / "results.py").write_text(result_models(given), encoding="utf-8")
        _put(
            root / PUBLIC_NAMES,
            f'"""The module of each name of the package."""\nNAMES = {dict(sorted(names.items()))!r}\n',
        )
        for path, text in modules.items():
            _put(root / PACKAGE / path, text)
        _ruff(root, "check", *IMPORTS)
        sources = {
            path: (root / PACKAGE / path).read_text(encoding="utf-8")
            for path in modules
            if path.stem.endswith(SUFFIX)
        }
        # Sources and tools are recorded in one file, so that a change of the document or of
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
    file.write_text(text, encoding="utf-8", newline="\n")


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


@contextmanager
def turn(project: Path) -> Iterator[int]:
    """Lets one generation at a time change a project; gives the lock. Ends what a killed one left."""
    while (lock := open_locked(project / LOCK, os.O_CREAT)) is None:
        time.sleep(0.05)
    try:
        settle(project)
        yield lock
    finally:
        os.close(lock)


def write(files: Files, project: Path, lock: int | None = None) -> list[Difference]:
    """Makes the project hold exactly `files`; returns what had to change.

    The changes are written beside what is there. When they are complete, a process of its own puts
    them in their places, whatever becomes of this one. `lock` is that of the caller's `turn`.
    """
    if lock is None:
        with turn(project) as lock:
            return write(files, project, lock)
    changed = compare(files, project)
    if changed:
        changes: dict[str, list[str]] = {"write": [], "remove": []}
        for path, _ in changed:
            changes["write" if path in files else "remove"].append(path.as_posix())
            if path in files:
                _put(project / PENDING / path, files[path])
        incomplete = project / PENDING / "changes"
        incomplete.write_text(json.dumps(changes), encoding="utf-8")
        incomplete.rename(project / PENDING / CHANGES)
        subprocess.Popen(
            [sys.executable, "-I", "-S", settle.__code__.co_filename, str(project)],
            start_new_session=True,  # out of reach of Ctrl-C, and of what ends this one's group
            pass_fds=() if os.name == "nt" else (lock,),
        ).wait()
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
