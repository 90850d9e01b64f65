"""A copy of the project with a changed document and the code generated from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from generator.output import generate, write

PROJECT = Path(__file__).parents[2]
HERE = Path(__file__).parent


class ChangedProject:
    """The document, the package and the pages of the project, in a separate folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("openapi", "spaceknow_client", "docs"):
            ignored = shutil.ignore_patterns("__pycache__", "images")
            shutil.copytree(PROJECT / name, folder / name, ignore=ignored)

    def replace(self, file: str, old: str, new: str) -> None:
        """Replaces text in a file of openapi/ once."""
        path = self.folder / "openapi" / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def add(self, additions: str) -> None:
        """Adds the content of a YAML file beside this one to files of openapi/, by their names.

        `paths` has the new paths of the root, `tags` the new tags, `schemes` the new schemes, and `servers`
        further servers.
        """
        for name, text in YAML(typ="safe").load((HERE / additions).read_text("utf-8")).items():
            if name == "schemes":
                self.replace("openapi.yaml", "x-errors:\n", f"{text}x-errors:\n")
                continue
            if name == "servers":
                self.replace("openapi.yaml", "\ntags:\n", f"\n{text}tags:\n")
                continue
            if name in ("paths", "tags"):
                self.replace("openapi.yaml", f"\n{name}:\n", f"\n{name}:\n{text}")
                continue
            path = self.folder / "openapi" / name
            with path.open("a", encoding="utf-8") as file:
                file.write(text)

    def generate(self) -> None:
        """Generates the code, as `make generate` does. Raises DocumentError."""
        write(generate(self.folder), self.folder)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a Python program on the package of this project."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MYPYPATH": "",
        }
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def type_check(self, *paths: str) -> str:
        """The messages of mypy about parts of the package; empty if there are none.

        It reads again only what differs from the project, if mypy was run there.
        """
        cache = PROJECT / ".mypy_cache"
        if cache.is_dir() and not (self.folder / cache.name).exists():
            shutil.copytree(cache, self.folder / cache.name)
        config = f"--config-file={PROJECT / 'pyproject.toml'}"
        found = self.run("-m", "mypy", config, "--no-error-summary", *paths)
        return found.stdout + found.stderr

    def test(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs tests of the project on the package of this one."""
        for name in ("tests", "generator"):
            if not (self.folder / name).exists():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(PROJECT / name, self.folder / name, ignore=ignored)
        shutil.copy(PROJECT / "pyproject.toml", self.folder)
        return self.run("-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments)

    def text(self, file: str) -> str:
        """The text of a file of the project."""
        return (self.folder / file).read_text(encoding="utf-8")

    def remove_api(self, tag: str) -> None:
        """Removes an API: its parts of openapi/, and every file with its name."""
        for path in sorted(self.folder.rglob(f"*{tag}*")):
            if path.is_file():
                path.unlink()
        root = self.folder / "openapi" / "openapi.yaml"
        text = root.read_text(encoding="utf-8")
        text = re.sub(rf"  - name: {tag}\n    .*\n", "", text)
        text = re.sub(rf"  /\S+:\n    \$ref: \./paths/{tag}\.yaml#/\w+\n", "", text)
        root.write_text(text, encoding="utf-8")
        errors = self.folder / "openapi" / "errors.yaml"
        text = errors.read_text(encoding="utf-8")
        text = re.sub(rf"^[A-Z0-9-]+:\n  api: {tag}\n(  .*\n)+", "", text, flags=re.MULTILINE)
        errors.write_text(text, encoding="utf-8")
