"""Reads one side of a comparison: a document in files, or as a revision of git has it."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ..document.document import Document, DocumentError
from ..git import check_out

ROOT = Path("openapi") / "openapi.yaml"
PACKAGE = Path("spaceknow_client") / "runtime" / "version.py"
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
        try:
            check_out(revision, project, Path(folder))
        except DocumentError as error:
            raise DocumentError(f"{name}: there is no such file, and {error}") from error
        return _from_files(name, Path(folder) / root)


def version_of(project: Path) -> str | None:
    """`__version__` of the project's client, without importing it."""
    file = project / PACKAGE
    found = VERSION_LINE.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    return None if found is None else found[1]


def _from_files(name: str, root: Path) -> Side:
    if root.suffix == ".json":  # a bundle
        document = json.loads(root.read_text(encoding="utf-8"))
    else:
        document = Document(root).bundle()
    errors = root.with_name("errors.yaml")
    if "x-errors" not in document and errors.is_file():
        document["x-errors"] = YAML(typ="safe").load(errors.read_text(encoding="utf-8"))
    versions = (version_of(folder) for folder in root.resolve().parents)
    return Side(name, document, next(filter(None, versions), None))
