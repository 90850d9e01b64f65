"""What README shows runs, and its first example is as short as it claims to be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def run(code: str, folder: Path) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=folder,  # examples may write files
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_the_first_example_has_at_most_15_lines_and_counts_cars(tmp_path: Path) -> None:
    assert len(BLOCKS[0].splitlines()) <= 15
    lines = run(BLOCKS[0], tmp_path)
    assert len(lines) >= 2
    assert all(re.fullmatch(r"\w{3} 2018-\d\d-\d\d: \d+ cars", line) for line in lines)


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_an_example_runs(number: int, tmp_path: Path) -> None:
    run(BLOCKS[number], tmp_path)


def test_the_picture_is_there() -> None:
    assert (PROJECT / "docs" / "images" / "car_park.png").stat().st_size < 600_000
    assert "docs/images/car_park.png" in TEXT
