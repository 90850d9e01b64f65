"""Start of the command: what it imports, what it requires, and shell completion."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.cli.start import main
from tests.cli.shell import run


def loaded_by(*arguments: str) -> set[str]:
    script = (
        "import sys\n"
        "from spaceknow_client.cli.start import main\n"
        f"main({list(arguments)!r})\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("search", "--help")])
def test_help_loads_next_to_nothing(arguments: tuple[str, ...]) -> None:
    loaded = loaded_by(*arguments)
    assert "click" in loaded
    heavy = {"asyncio", "httpx", "logging.handlers", "numpy", "rich", "ssl", "uvicorn"}
    assert not loaded & heavy
    ours = {name for name in loaded if name.startswith("spaceknow_client.")}
    # The filters of the search come from the method's signature, which is generated.
    named = {"spaceknow_client.resources.operations.imagery", "spaceknow_client.pages.pager"}
    package = Path(sk.__file__).parent.parent
    twins = {name for name in ours if (package / f"{name.replace('.', '/')}_async.py").exists()}
    called = {name for name in ours if ".generated.api" in name} | twins
    assert called <= (named if "search" in arguments else set())
    assert ("spaceknow_client.cli.commands.search" in ours) == ("search" in arguments)


def test_without_click_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "click", None)
    assert main(["search"]) == 1
    assert "pip install 'spaceknow-client[cli]'" in capsys.readouterr().err
    assert main(["emulator"]) == 1
    assert "pip install 'spaceknow-client[emulator]'" in capsys.readouterr().err


def test_without_rich_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rich", "rich.cells", "rich.console"):
        monkeypatch.setitem(sys.modules, name, None)
    ran = run("errors")
    assert (ran.code, "pip install 'spaceknow-client[cli]'" in " ".join(ran.err.split())) == (
        1,
        True,
    )
    assert run("errors", "--ndjson").code == 0


def test_the_version() -> None:
    assert run("--version").out == f"spaceknow, version {sk.__version__}\n"


def test_a_shell_completes_commands_options_and_operations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("_SPACEKNOW_COMPLETE", "bash_complete")

    def completed(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        return [found.split(",")[-1] for found in run().out.split()]

    assert completed("spaceknow pi") == ["pipeline"]
    assert completed("spaceknow pipeline re") == ["recover", "result"]
    assert "--extent" in completed("spaceknow search --e")
    assert completed("spaceknow api kraken.dry") == [
        "kraken.dry_run.initiate",
        "kraken.dry_run.retrieve",
    ]
    assert completed("spaceknow errors not-en") == ["NOT-ENOUGH-CREDITS"]
    assert completed("spaceknow --environment d") == ["devel"]


@pytest.mark.parametrize("shell", ["zsh", "fish", "bash"])
def test_the_script_of_a_shell_calls_the_command(shell: str) -> None:
    ran = run("completion", shell)
    assert ran.code == 0
    assert f"_SPACEKNOW_COMPLETE={shell}_complete" in ran.out
