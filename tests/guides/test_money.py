"""docs/money.md: the shell commands do what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spaceknow_client.emulator import Emulator
from tests.money.conftest import spent

PAGE = Path(__file__).parents[2] / "docs" / "money.md"


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_walk_by_shell(tmp_path: Path) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    script = re.sub(r"^\$ ", "", block, flags=re.MULTILINE)
    with Emulator(seconds_per_pipeline=0, zero_next_try=True) as emulator:
        variables = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "SPACEKNOW_ENVIRONMENT": "emulator",
            "SPACEKNOW_BASE_URL": emulator.url,
            "SPACEKNOW_USERNAME": emulator.username,
            "SPACEKNOW_PASSWORD": emulator.password,
        }
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        maps = [json.loads(line) for line in (tmp_path / "maps.ndjson").read_text().splitlines()]
        assert len(maps) == 3
        assert round(sum(made["spent"] for made in maps), 6) == spent(emulator) > 0
        assert spent(emulator) <= 0.5
    found = json.loads((tmp_path / "cars.geojson").read_text())
    assert found["type"] == "FeatureCollection"
