"""One bar for a whole fan-out, on the terminal. Needs the extra `cli` (rich)."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .errors.base import ConfigError
from .run_progress import RunProgress

if TYPE_CHECKING:
    from rich.console import Console


class RunBar:
    """Shows how far a fan-out is: what is under way, done and failed, and the time that is left.

    Give it as `on_progress`::

        with sk.RunBar("cars") as bar:
            for outcome in client.kraken.release_many(..., on_progress=bar):
                ...

    On a terminal it is a bar that is drawn anew; elsewhere one line at the end. It writes to stderr,
    so that what a program prints stays its own. Raises ConfigError without the extra.
    """

    def __init__(self, title: str = "Pipelines", console: Console | None = None) -> None:
        try:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeElapsedColumn,
                TimeRemainingColumn,
            )
        except ImportError:
            raise ConfigError(
                "a bar needs the package `rich`.",
                hint="Install the extra: pip install 'spaceknow-client[cli]'.",
            ) from None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            # While a bar is drawn, rich writes what is printed to the bar's console. That would
            # take a program's results out of its pipe or file.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task = self._progress.add_task(title, total=None, told="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, progress: RunProgress) -> None:
        """Shows this state."""
        over = progress.done + progress.failed
        told = [f"{progress.begun - over} under way"]
        if progress.failed:
            told.append(f"{progress.failed} failed")
        if progress.credits is not None:
            told.append(f"{progress.credits:g} credits")
        self._progress.update(
            self._task, total=progress.total, completed=over, told=", ".join(told)
        )
