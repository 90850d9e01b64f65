"""Fixtures for tests of the command line: an emulator that the environment variables name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from spaceknow_client.emulator import Emulator
from tests.cli.example_files import write_example_files
from tests.cli.shell import Shell


@pytest.fixture(scope="session")
def served() -> Iterator[Emulator]:
    """One emulator for all of them; its pipelines end immediately."""
    with Emulator(seconds_per_pipeline=0, zero_next_try=True) as emu:
        emu.add_user("me@example.com", emu.password)
        yield emu


@pytest.fixture(autouse=True)
def settings(served: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment variables of a user of the emulator, without those of this machine."""
    for name in ("PROFILE", "JOURNAL"):
        monkeypatch.delenv(f"SPACEKNOW_{name}", raising=False)
    monkeypatch.setenv("SPACEKNOW_ENVIRONMENT", "emulator")
    monkeypatch.setenv("SPACEKNOW_BASE_URL", served.url)
    monkeypatch.setenv("SPACEKNOW_USERNAME", served.username)
    monkeypatch.setenv("SPACEKNOW_PASSWORD", served.password)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "80")
    # For processes: monkeypatch does not affect them, and they run in another folder.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.fixture(scope="session")
def example_folder(
    served: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """The files of the examples, created once, and their variables."""
    folder = tmp_path_factory.mktemp("examples")
    return folder, write_example_files(folder, served)


@pytest.fixture
def shell(
    served: Emulator,
    example_folder: tuple[Path, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Shell:
    """Runs command lines in a folder with these files."""
    folder, variables = example_folder
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "here"))
    programs = {
        "pass": lambda _: f"{served.password}\n",
        "head": lambda text: "".join(text.splitlines(keepends=True)[:1]),
        "eval": lambda _: "",
    }
    return Shell(variables, programs)
