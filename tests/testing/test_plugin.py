"""The pytest plugin, as pytest runs it in a user's project."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from spaceknow_client.emulator import Emulator

PROJECT = Path(__file__).parents[2]
PLUGIN = "spaceknow_client.testing"
EXAMPLES = re.findall(
    r"```python\n# (test_\w+\.py)\n(.*?)```",
    (PROJECT / "docs" / "testing.md").read_text(encoding="utf-8"),
    re.DOTALL,
)

OURS = """
import sys

import pytest

LOADED = set(sys.modules)


def test_nothing_is_loaded_before_it_is_needed():
    ours = {name for name in LOADED if name.startswith("spaceknow_client")}
    runtime = {name for name in ours if name.startswith("spaceknow_client.runtime")}
    assert len(runtime) <= 3
    assert ours - runtime == {"spaceknow_client", "spaceknow_client.testing"}
    assert not {"httpx", "attrs", "numpy", "jsonschema_rs"} & LOADED


def test_one_has_its_own_port(spaceknow_emulator, pytestconfig):
    pytestconfig.port = spaceknow_emulator.url
    spaceknow_emulator.client().user.info()
    pytestconfig.left_open = spaceknow_emulator.client()
    pytestconfig.left_open.user.info()


def test_the_next_has_another(spaceknow_emulator, pytestconfig):
    assert spaceknow_emulator.url != pytestconfig.port
    assert spaceknow_emulator.calls() == []


def test_clients_are_closed(pytestconfig):
    with pytest.raises(Exception, match="closed"):
        pytestconfig.left_open.user.info()


@pytest.mark.spaceknow(seed=7, seconds_per_pipeline=60)
class TestMarked:
    @pytest.mark.spaceknow(seed=8)
    def test_the_nearest_marker_wins(self, spaceknow_emulator):
        state = spaceknow_emulator._state
        assert state.seed == 8
        assert state.pipelines.seconds == 60


def test_what_is_missing_is_named(request, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for name in list(sys.modules):
        if name.startswith(("spaceknow_client.emulator", "spaceknow_client.testing.emulator")):
            monkeypatch.delitem(sys.modules, name)
    with pytest.raises(pytest.fail.Exception, match=r"uvicorn.*spaceknow-client\\[testing\\]"):
        request.getfixturevalue("spaceknow_emulator")
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pytest with only the plugin, in a separate process and folder."""
    options = ["-p", "no:cacheprovider", "-W", "error", "--strict-markers", *arguments]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(PROJECT), "PATH": ""},
    )


def test_the_examples_of_the_docs_and_a_project_like_theirs(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 3
    (tmp_path / "test_a_first.py").write_text(OURS, encoding="utf-8")
    for name, text in EXAMPLES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = run(tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    written = sum(text.count("\n" + "def test_") for _, text in EXAMPLES) + 6
    assert f"{written} passed" in ran.stdout


def test_pytest_finds_it_by_itself() -> None:
    described = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert described["project"]["entry-points"]["pytest11"] == {"spaceknow": PLUGIN}


def test_the_marker_takes_what_the_emulator_takes() -> None:
    with pytest.raises(TypeError, match="sead"):
        Emulator(sead=5)  # type: ignore[call-arg]
