"""The first job without credits: README's lines and examples/first_map.py are the same, and cost nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from spaceknow_client.emulator import Emulator

PROJECT = Path(__file__).parents[2]
SCRIPT = PROJECT / "examples" / "first_map.py"


def ran(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", SCRIPT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_it_makes_a_picture_and_detections(tmp_path: Path) -> None:
    done = ran(tmp_path)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "airport.png") as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    assert pixels.shape[0] > 200
    assert len(np.unique(pixels[pixels[..., 3] > 0][:, :3], axis=0)) > 100
    found = json.loads((tmp_path / "cars.geojson").read_text())
    count = sum(each["properties"]["count"] for each in found["features"])
    assert f"{count} cars" in done.stdout
    assert count > 0


def test_the_same_lines_go_where_the_variables_say_and_cost_nothing(tmp_path: Path) -> None:
    with Emulator(seconds_per_pipeline=0, zero_next_try=True) as emulator:
        with emulator.client() as client:
            before = client.credits.remaining()
        variables = {
            "SPACEKNOW_ENVIRONMENT": "emulator",
            "SPACEKNOW_BASE_URL": emulator.url,
            "SPACEKNOW_USERNAME": emulator.username,
            "SPACEKNOW_PASSWORD": emulator.password,
        }
        assert ran(tmp_path, **variables).returncode == 0
        assert len(emulator.calls("kraken.release.initiate")) == 2
        assert emulator.calls("credits.allocate_area") == []
        with emulator.client() as client:
            assert client.credits.remaining() == before
        emulator.fail("kraken.release.initiate", "NOT-AUTHORIZED")
        done = ran(tmp_path, **variables)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)


def test_readme_has_the_same_lines() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    script = SCRIPT.read_text(encoding="utf-8")
    body = re.search(r"^def first_map.*?(?=\n\n\n)", script, re.MULTILINE | re.DOTALL)
    assert body is not None
    assert body[0].replace('f"{cars.count} cars"', "cars.count") in readme
    (scene,) = re.findall(r'^SCENE = "(\w+)"', script, re.MULTILINE)
    assert f'"{scene}"' in readme
