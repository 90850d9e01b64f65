"""The progress bar of a download, in a terminal of 80 columns."""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.files.maps import released


def drawn(progress: sk.DownloadProgress, *, terminal: bool) -> str:
    file = StringIO()
    console = Console(file=file, width=80, force_terminal=terminal, color_system=None)
    with sk.DownloadBar("cars", console) as bar:
        bar(progress)
    return re.sub(r"\x1b\[[?\d]*[A-Za-z]", "", file.getvalue())


def test_the_bar_fits_and_tells_everything() -> None:
    progress = sk.DownloadProgress(
        total=700_000, fetched=300_000, present=1, absent=2, failed=3, bytes=17_500_000_000
    )
    lines = drawn(progress, terminal=True).replace("\r", "\n").splitlines()
    last = [line for line in lines if "cars" in line][-1]
    assert len(last.rstrip()) <= 80
    assert "300006/700000" in last
    assert "17,500.0 MB, 3 failed" in last


async def test_it_follows_a_download(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    cars, client = released(emulator), both.of(emulator)
    file = StringIO()
    with sk.DownloadBar(console=Console(file=file, width=80, force_terminal=False)) as bar:
        await both.settle(client.kraken.download(cars, tmp_path, "area.json", on_progress=bar))
    (line,) = [line for line in file.getvalue().splitlines() if line.strip()]
    assert "4/4" in line


@pytest.mark.parametrize("bar", [sk.DownloadBar, sk.RunBar])
def test_what_a_program_prints_stays_its_own(bar: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with bar(console=Console(stderr=True, force_terminal=True)):
        print("a result")
    assert capsys.readouterr().out == "a result\n"


@pytest.mark.parametrize("bar", [sk.DownloadBar, sk.RunBar])
def test_a_bar_names_its_extra(bar: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    with pytest.raises(
        sk.ConfigError, match=r"a progress bar requires rich.*spaceknow-client\[cli\]"
    ):
        bar()
