"""A minimal project with a document, a client, a changelog and an example."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.changes.small import Document, small

FILES = {
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Ships.\n",
    "pyproject.toml": '[tool.generator]\nbefore-first-release = ""\n',
    ".gitignore": ".mypy_cache\n",
    "README.md": (
        "```python\nimport spaceknow_client as sk\n\nprint(sk.Client().ships.find('Oslo').length)\n```\n"
        "\n```python\nprint(this_is_not_defined)\n```\n"
    ),
    "examples/count.py": (
        "import spaceknow_client as sk\n\n"
        "length: float = sk.Client().ships.find('Oslo', most=3).length\n"
    ),
    "spaceknow_client/runtime/version.py": '__version__ = "0.1.0"\n',
    "spaceknow_client/__init__.py": (
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n"
        "    from .client.client import Client as Client\n"
        "    from .ship import Ship as Ship\n\n"
        "def __getattr__(name: str) -> object: ...\n"
    ),
    "spaceknow_client/py.typed": "",
    "spaceknow_client/client/__init__.py": "",
    "spaceknow_client/client/client.py": (
        "from functools import cached_property\n"
        "from .ships import Ships\n\n"
        "class Client:\n"
        "    @cached_property\n"
        "    def ships(self) -> Ships:\n"
        "        return Ships()\n"
    ),
    "spaceknow_client/client/ships.py": (
        "from ..ship import Name, Ship\n\n"
        "class Found:\n"
        "    def find(self, harbour: Name, *, most: int = 7) -> Ship:\n"
        "        return Ship(length=1, flag='NO')\n\n"
        "class Ships(Found):\n"
        "    def __init__(self) -> None:\n"
        "        self._transport = None\n"
    ),
    "spaceknow_client/ship.py": (
        "from dataclasses import dataclass\n\n"
        "Name = str | bytes\n\n"
        "@dataclass(frozen=True, kw_only=True)\n"
        "class Ship:\n"
        "    length: float\n"
        "    flag: str | None = None\n"
    ),
}


def write(folder: Path, document: Document | None = None) -> Path:
    """Writes the project; JSON is YAML too."""
    root = folder / "openapi" / "openapi.yaml"
    root.parent.mkdir(exist_ok=True)
    root.write_text(json.dumps(document or small(), indent=1))
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
