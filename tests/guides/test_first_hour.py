"""docs/first_hour.md: from `pip install` of the wheel to a CSV of counts, with limited spending."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "first_hour.md").read_text(encoding="utf-8")
CEILING = 2


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this project."""
    folder = tmp_path_factory.mktemp("wheels")
    source = tmp_path_factory.mktemp("source") / "project"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "out", "dist", "tests", "docs")
    shutil.copytree(PROJECT, source, ignore=ignored)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    return folder


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The folder of programs of a new virtual environment. The libraries of this one are available, so
    that nothing is fetched; this package is not, which is editable here."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=True, symlinks=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    (site,) = home.glob("[Ll]ib/**/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return programs


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_walk_by_shell(tmp_path: Path, python: Path, wheels: Path) -> None:
    blocks = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    script = re.sub(r"^\$ ", "", "\n".join(blocks), flags=re.MULTILINE)
    assert script.count("pip install") == 1
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = script.replace("--port 8765", f"--port {port}")
    folder = tmp_path / "here"
    folder.mkdir()
    variables = {
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SPACEKNOW_BASE_URL": f"http://127.0.0.1:{port}",  # with another port than the page's
        # The wheel is installed from the folder only, whatever is in the libraries.
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_DEPS": "1",
        "PIP_FORCE_REINSTALL": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert list((tmp_path / "venv").glob("[Ll]ib/**/spaceknow_client/cli/root.py"))
    left = [float(each) for each in re.findall(r"credits left +([\d.]+)", ran.stdout)]
    assert len(left) == 2
    assert 0 < left[0] - left[1] <= CEILING
    scenes = [json.loads(line) for line in (folder / "scenes.ndjson").read_text().splitlines()]
    maps = [json.loads(line) for line in (folder / "maps.ndjson").read_text().splitlines()]
    assert 1 < len(scenes) == len(maps)
    with (folder / "counts.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["scene"] for row in rows} == {scene["sceneId"] for scene in scenes}
    assert sum(int(row["count"]) for row in rows) > 0
    times = {name: day for one in maps for name, day in one.get("sceneTimes", {}).items()}
    assert all(row["date"] == times.get(row["scene"], "")[:10] for row in rows)
    names = {path.name for path in folder.iterdir()}
    assert "cars.html" in names
    assert len([name for name in names if name.endswith(".geojson")]) == len(maps)


def test_the_walk_in_python_counts_each_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {"__name__": "example"})
    with (tmp_path / "cars_per_day.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    told = capsys.readouterr().out
    count = int(re.search(r"(\d+) scenes", told)[1])  # type: ignore[index]
    assert rows[0] == ["date", "cars"]
    assert len(rows) == count + 1 > 2
    assert all(re.fullmatch(r"2025-\d\d-\d\d", day) for day, _ in rows[1:])
    assert sum(int(cars) for _, cars in rows[1:]) > 0
