"""A progress bar for the terminal. Requires the extra `cli` (rich)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from .extras import require
from .notebook import NotebookBar

if TYPE_CHECKING:
    from rich.console import Console


class Bar:
    """A progress bar on stderr.

    On a terminal it is updated in place, in a notebook in a place of its own; otherwise it is one line
    at the end. Raises ConfigError without the extra.
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

        console = console or Console(stderr=True)
        # In a notebook rich would clear all that the cell has printed.
        self._notebook = NotebookBar(title) if console.is_jupyter else None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            # While a bar is drawn, rich redirects printed text to the bar's console, which would take
            # the results of a program out of its pipe or file.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task = self._progress.add_task(title, total=None, told="")

    def __enter__(self) -> Self:
        if self._notebook is None:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._notebook is None:
            self._progress.stop()
        else:
            self._notebook.draw()

    def _show(self, done: int, total: int | None, *told: str) -> None:
        if self._notebook is not None:
            self._notebook.show(done, total, *told)
            return
        self._progress.update(self._task, total=total, completed=done, told=", ".join(told))
