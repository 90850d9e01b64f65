"""One progress bar for a whole fan-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..runtime.terminal_bar import Bar
from .run_progress import RunProgress

if TYPE_CHECKING:
    from rich.console import Console


class RunBar(Bar):
    """Shows the progress of a fan-out: running, done and failed pipelines, and the remaining time.

    Pass it as `on_progress`::

        with sk.RunBar("cars") as bar:
            for outcome in client.kraken.release_many(..., on_progress=bar):
                ...

    On a terminal it is updated in place; otherwise it is one line at the end. It writes to stderr, so
    that the output of the program is unchanged. Raises ConfigError without the extra `cli`.
    """

    def __init__(self, title: str = "Pipelines", console: Console | None = None) -> None:
        super().__init__(title, console)

    def __call__(self, progress: RunProgress) -> None:
        """Shows this progress."""
        over = progress.done + progress.failed
        told = [f"{progress.started - over} running"]
        if progress.failed:
            told.append(f"{progress.failed} failed")
        if progress.credits is not None:
            told.append(f"{progress.credits:g} credits")
        self._show(over, progress.total, *told)
