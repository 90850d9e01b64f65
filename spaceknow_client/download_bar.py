"""A bar for a download, on the terminal. Needs the extra `cli` (rich)."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from .download import DownloadProgress
from .errors.base import ConfigError

if TYPE_CHECKING:
    from rich.console import Console


class DownloadBar:
    """Shows how far a download is, in files and bytes. Give it as `on_progress`::

        with sk.DownloadBar() as bar:
            client.kraken.download(map, "folder", on_progress=bar)

    On a terminal it is a bar that is drawn anew; elsewhere one line at the end. It writes to stderr.
    Raises ConfigError without the extra.
    """

    def __init__(self, title: str = "Files", console: Console | None = None) -> None:
        try:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
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
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
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

    def __call__(self, progress: DownloadProgress) -> None:
        """Shows this state."""
        told = [f"{progress.bytes / 1e6:,.1f} MB"]
        if progress.failed:
            told.append(f"{progress.failed} failed")
        self._progress.update(
            self._task, total=progress.total, completed=progress.done, told=", ".join(told)
        )
