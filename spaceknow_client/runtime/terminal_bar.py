"""A progress bar for the terminal. Requires the extra `cli` (rich)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from .extras import require

if TYPE_CHECKING:
    from rich.console import Console


class Bar:
    """A progress bar on stderr.

    On a terminal it is updated in place; otherwise it is one line at the end. Raises ConfigError
    without the extra.
    """

    def __init__(self, title: str, console: Console | None = None) -> None:
        require("cli", "rich", purpose="a progress bar")
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            # While a bar is drawn, rich redirects printed text to the bar's console, which would take
            # the results of a program out of its pipe or file.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task = self._progress.add_task(title, total=None, told="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _show(self, done: int, total: int | None, *told: str) -> None:
        self._progress.update(self._task, total=total, completed=done, told=", ".join(told))
