"""A bar on the terminal. Needs the extra `cli` (rich)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from .extras import require

if TYPE_CHECKING:
    from rich.console import Console


class Bar:
    """How far something is that has many parts. It writes to stderr.

    On a terminal it is drawn anew; elsewhere it is one line at the end. Raises ConfigError without the
    extra.
    """

    def __init__(self, title: str, console: Console | None = None) -> None:
        require("cli", "rich", purpose="a bar")
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
            # While a bar is drawn, rich writes what is printed to the bar's console. That would
            # take a program's results out of its pipe or file.
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
