"""The examples of README run, and the first one is as short as README claims."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import spaceknow_client as sk

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


def test_the_first_example_has_at_most_15_lines_and_prints_what_is_shown(tmp_path: Path) -> None:
    assert len(BLOCKS[0].splitlines()) <= 15
    (shown,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    lines = run(BLOCKS[0], tmp_path)
    assert lines == shown.splitlines()
    assert len(lines) >= 2
    assert all(re.fullmatch(r"\w{3} 2025-\d\d-\d\d: \d+ cars", line) for line in lines)


def test_the_first_screen_is_for_users() -> None:
    screen = TEXT.split("\n## ")[0]
    parts = [
        "unofficial",
        "pip install",
        "```python",
        "```text",
        "car_park.png",
        "Contributing",
        "make demo",
    ]
    assert [screen.index(each) for each in parts] == sorted(screen.index(each) for each in parts)


def test_the_first_example_uses_what_is_current() -> None:
    current = {(one.provider, one.name) for one in sk.datasets() if not one.retired}
    used = [
        pair
        for block in BLOCKS
        for pair in re.findall(r'"(\w+)",\s+(?:dataset=)?"(\w+)"', block)
        if pair[0] in {one.provider for one in sk.datasets()}
    ]
    assert len(used) >= 4
    assert set(used) <= current


@pytest.mark.parametrize(
    "page",
    [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))],
    ids=lambda page: page.name,
)
def test_nothing_before_contributing_needs_a_checkout(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.name == "architecture.md":  # which is for contributors as a whole
        assert "Contributing" in text.split("make ")[0]
        return
    assert re.findall(r"(?:^|`|\$ )make [a-z]|\.venv|git clone", text.split("ontributing")[0]) == []


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_an_example_runs(number: int, tmp_path: Path) -> None:
    run(BLOCKS[number], tmp_path)


def test_the_picture_is_there() -> None:
    assert (PROJECT / "docs" / "images" / "car_park.png").stat().st_size < 600_000
    assert "docs/images/car_park.png" in TEXT
