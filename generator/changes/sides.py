"""Reads one side of a comparison: a document in files, or as a revision of git has it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ..document.document import Document, DocumentError

ROOT = Path("openapi") / "openapi.yaml"
PACKAGE = Path("spaceknow_client") / "runtime" / "version.py"
EARLIER_PACKAGE = Path("spaceknow_client") / "__init__.py"  # of revisions before the one above was
VERSION = (
    "version.txt"  # beside a document that is no part of a project, as that of the last release
)
VERSION_LINE = re.compile(r'^__version__ = "(.*)"$', re.MULTILINE)


@dataclass(frozen=True)
class Side:
    """A bundled document, the name that it was asked for by, and its client's version if known."""

    name: str
    document: dict[str, Any]
    version: str | None


def read_side(name: str, project: Path) -> Side:
    """The document that `name` means: a root file, its folder, a bundle as JSON, or a revision of
    the project, such as `HEAD~3`, or `v0.1.0:openapi/openapi.yaml` for another root in it.

    A file comes first: what is both is written `./name` or `refs/heads/name`. Raises DocumentError
    for what is neither, and for mistakes in the document.
    """
    path = Path(name)
    candidates = [path, path / ROOT.name, path / ROOT]
    root = next((candidate for candidate in candidates if candidate.is_file()), None)
    if root is not None:
        return _from_files(name, root)
    revision, _, place = name.partition(":")
    root = Path(place) if place else ROOT
    with tempfile.TemporaryDirectory() as folder:
        _check_out(revision, root, project, Path(folder))
        return _from_files(name, Path(folder) / root)


def version_of(project: Path) -> str | None:
    """`__version__` of the project's client, without importing it."""
    for file in (project / PACKAGE, project / EARLIER_PACKAGE):
        found = VERSION_LINE.search(file.read_text(encoding="utf-8")) if file.is_file() else None
        if found:
            return found[1]
    return None


def _from_files(name: str, root: Path) -> Side:
    if root.suffix == ".json":  # a bundle
        document = json.loads(root.read_text(encoding="utf-8"))
    else:
        document = Document(root).bundle()
    errors = root.with_name("errors.yaml")
    if "x-errors" not in document and errors.is_file():
        document["x-errors"] = YAML(typ="safe").load(errors.read_text(encoding="utf-8"))
    beside = root.with_name(VERSION)
    if beside.is_file():
        return Side(name, document, beside.read_text(encoding="utf-8").strip())
    versions = (version_of(folder) for folder in root.resolve().parents)
    return Side(name, document, next(filter(None, versions), None))


def _check_out(revision: str, root: Path, project: Path, folder: Path) -> None:
    """Writes what a comparison needs of a revision; neither work tree nor index are touched."""
    what = f"{revision}: there is no such file, and"
    commit = f"{revision}^{{commit}}"
    found = _git(project, what, "rev-parse", "--verify", "--end-of-options", commit)
    name = found.decode().strip()
    what = f"{revision}: "
    packed = _git(project, what, "archive", "--format=tar", name, "--", root.parent.as_posix())
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
    there = _git(project, what, "ls-tree", "--name-only", name, "--", PACKAGE.as_posix())
    package = PACKAGE if there else EARLIER_PACKAGE
    target = folder / package
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(_git(project, what, "show", f"{name}:./{package.as_posix()}"))


def _git(project: Path, what: str, *arguments: str) -> bytes:
    try:
        ran = subprocess.run(
            ["git", *arguments],  # noqa: S607  # git of the PATH, as everywhere
            cwd=project,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise DocumentError(f"{what} git is not installed to look for a revision.") from error
    if ran.returncode:
        raise DocumentError(f"{what} git {arguments[0]} says: {ran.stderr.decode().strip()}")
    return ran.stdout
