"""The tools whose version decides the bytes that are written, and that each is the pinned one."""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path

from .document.document import DocumentError

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
TOOLS = ("openapi-python-client", "ruff", "tokenize-rt")


def pinned() -> dict[str, str]:
    """Each tool with its version. Raises DocumentError where another one is installed."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = (line.partition("==") for line in (*extras["docs"], *extras["dev"]))
    wanted = {name: number for name, _, number in listed if name in TOOLS}
    for name in TOOLS:
        installed = version(name)
        if installed != wanted.get(name):
            raise DocumentError(
                f"{name} {installed} is installed, but pyproject.toml pins {wanted.get(name)}, whose "
                "output differs. Run `make generate`, or install the pinned version."
            )
    return wanted
