"""The base install: what `pip install spaceknow-client` installs in a fresh virtual environment."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .process import PROJECT
from .table import Row

MEGABYTE = 1e6

# Run inside it: all distributions except those of every environment.
COUNT = """
import json
from importlib.metadata import distributions
sizes = {}
for found in distributions():
    if found.name not in ("pip", "setuptools"):
        files = [found.locate_file(file) for file in found.files or ()]
        sizes[found.name] = sum(file.stat().st_size for file in files if file.exists())
print(json.dumps(sizes))
"""


@contextmanager
def fresh() -> Iterator[str]:
    """The Python of an environment with the base install of this project."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / "bin" / "python")
        quiet = ["-qq", "--disable-pip-version-check"]
        subprocess.run([python, "-m", "pip", "install", *quiet, "."], cwd=PROJECT, check=True)
        yield python


def rows(python: str) -> Iterator[Row]:
    done = subprocess.run(
        [python, "-c", COUNT], cwd="/", check=True, capture_output=True, text=True
    )
    sizes: dict[str, int] = json.loads(done.stdout)
    yield Row(name="distributions of the base install", ours=len(sizes), unit="", most=12)
    yield Row(
        name="size of the base install",
        ours=sum(sizes.values()) / MEGABYTE,
        unit="MB",
        most=10,
    )
