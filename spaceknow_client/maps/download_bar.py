"""A progress bar for a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..runtime.terminal_bar import Bar
from .downloaded import DownloadProgress

if TYPE_CHECKING:
    from rich.console import Console


class DownloadBar(Bar):
    """Shows the progress of a download in files and bytes. Pass it as `on_progress`::

        with sk.DownloadBar() as bar:
            client.kraken.download(map, "folder", on_progress=bar)

    On a terminal it draws a bar; otherwise it writes one line at the end. It writes to stderr, so
    the output of a program does not change. Raises ConfigError without the extra `cli`.
    """

    def __init__(self, title: str = "Files", console: Console | None = None) -> None:
        super().__init__(title, console)

    def __call__(self, progress: DownloadProgress) -> None:
        """Shows this state."""
        failed = [f"{progress.failed} failed"] if progress.failed else []
        self._show(progress.done, progress.total, f"{progress.bytes / 1e6:,.1f} MB", *failed)
