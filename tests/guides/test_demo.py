"""The demo, as a new user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image

PROJECT = Path(__file__).parents[2]


def test_the_demo_counts_cars_and_paints_two_pictures(tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(
        [sys.executable, PROJECT / "examples" / "count_cars.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    rows = [line for line in lines if re.search(r"\w{3} 201[678]-\d\d-\d\d", line)]
    assert len(rows) >= 40
    assert all(len(line) <= 80 for line in lines if not line.endswith(".png"))
    pictures = [Path(line) for line in lines[-2:]]
    assert [path.name for path in pictures] == ["car_park.png", "cars_over_time.png"]
    for path in pictures:
        assert path.parent == tmp_path / "out"
        with Image.open(path) as picture:
            assert min(picture.size) > 300
            colors = picture.convert("RGB").getcolors(1 << 24)
            assert colors is not None
            assert len(colors) > 20


def test_the_script_is_short_enough_to_read() -> None:
    script = (PROJECT / "examples" / "count_cars.py").read_text(encoding="utf-8")
    assert len(script.splitlines()) <= 80
