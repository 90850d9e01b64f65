"""One bar for a whole fan-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..runtime.terminal_bar import Bar
from .run_progress import RunProgress

if TYPE_CHECKING:
    from rich.console import Console


class RunBar(Bar):
    """Shows how far a fan-out is: what is under way, done and failed, and the time that is left.

    Give it as `on_progress`::

        with sk.RunBar("cars") as bar:
            for outcome in client.kraken.release_many(..., on_progress=bar):
                ...

    On a terminal it is a bar that is drawn anew; elsewhere one line at the end. It writes to stderr,
    so that what a program prints stays its own. Raises ConfigError without the extra `cli`.
    """

    def __init__(self, title: str = "Pipelines", console: Console | None = None) -> None:
        super().__init__(title, console)

    def __call__(self, progress: RunProgress) -> None:
        """Shows this state."""
        over = progress.done + progress.failed
        told = [f"{progress.begun - over} under way"]
        if progress.failed:
            told.append(f"{progress.failed} failed")
        if progress.credits is not None:
            told.append(f"{progress.credits:g} credits")
        self._show(over, progress.total, *told)
