"""The progress bar of a fan-out, in a terminal of 80 columns."""

from __future__ import annotations

import re
from io import StringIO

from rich.console import Console

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.places import CAR_PARK


def drawn(*, terminal: bool, total: int | None, credits: float | None = None) -> str:
    """All output of a bar, without cursor movements."""
    file = StringIO()
    console = Console(file=file, width=80, force_terminal=terminal, color_system=None)
    with sk.RunBar("cars", console) as bar:
        bar(sk.RunProgress(total=total, started=7, done=3, failed=1, credits=credits))
    return file.getvalue()


def test_the_bar_fits_and_tells_everything() -> None:
    text = re.sub(r"\x1b\[[?\d]*[A-Za-z]", "", drawn(terminal=True, total=12, credits=2.5))
    lines = text.replace("\r", "\n").splitlines()
    last = [line for line in lines if "cars" in line][-1]
    assert len(last.rstrip()) <= 80
    assert "4/12" in last
    assert "3 running, 1 failed, 2.5 credits" in last


def test_without_a_terminal_it_is_one_line() -> None:
    (line,) = [line for line in drawn(terminal=False, total=None).splitlines() if line.strip()]
    assert "4/?" in line
    assert "\x1b" not in line


async def test_it_follows_a_run(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    file = StringIO()
    console = Console(file=file, width=80, force_terminal=False)
    with sk.RunBar(console=console) as bar:
        outcomes = await both.items_of(
            client.kraken.release_many(
                "cars", scene_ids=["a", "b"], extent=CAR_PARK, on_progress=bar
            )
        )
    assert len(outcomes) == 2
    assert "2/2 0 running, 2 failed" in file.getvalue()
