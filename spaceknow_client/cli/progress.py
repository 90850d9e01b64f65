"""Progress on stderr: a bar on a terminal, otherwise lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors.shown import printable
from ..runtime.extras import require
from .app import App

if TYPE_CHECKING:
    from pathlib import Path

    from ..maps.download_bar import DownloadBar
    from ..maps.downloaded import DownloadProgress
    from ..pipelines.polling import Progress
    from ..pipelines.run_bar import RunBar
    from ..pipelines.run_progress import RunProgress

P = TypeVar("P")  # how far something is

_Showing = AbstractContextManager["Callable[[P], object] | None"]


@contextmanager
def following(app: App, title: str) -> Iterator[Callable[[Progress], object] | None]:
    """Shows the progress of a pipeline: yields the callback for it, or None if the output is JSON."""
    if app.shows_bars:
        with _bar(title) as show:
            yield show
    elif app.is_json:
        yield None
    else:
        yield _Steps(title)


def counting(app: App, title: str) -> _Showing[RunProgress]:
    """Shows the progress of many pipelines: yields the callback for it, or None if the output is JSON."""

    def bar() -> RunBar:
        from ..pipelines.run_bar import RunBar

        return RunBar(title)

    def lines(progress: RunProgress) -> tuple[int, int | None, str]:
        return progress.done + progress.failed, progress.total, f"ended, {progress.failed} failed"

    return _shown(app, bar, _Tenths(title, lines))


def downloading(app: App, folder: Path) -> _Showing[DownloadProgress]:
    """Shows the progress of a download: yields the callback for it, or None if the output is JSON."""

    def bar() -> DownloadBar:
        from ..maps.download_bar import DownloadBar

        return DownloadBar("files")

    def lines(progress: DownloadProgress) -> tuple[int, int | None, str]:
        return progress.done, progress.total, "files"

    return _shown(app, bar, _Tenths(f"download to {folder}", lines))


@contextmanager
def _shown(
    app: App,
    bar: Callable[[], AbstractContextManager[Callable[[P], object]]],
    lines: Callable[[P], object],
) -> Iterator[Callable[[P], object] | None]:
    """A bar on a terminal, otherwise lines; None if the output is JSON."""
    if can_draw(app):
        with bar() as drawn:
            yield drawn
    else:
        yield None if app.is_json else lines


@contextmanager
def working(app: App, title: str) -> Iterator[Callable[[str], object]]:
    """Shows work of unknown length: yields the callback for the current step.

    Shows nothing without a terminal, or if results are written to it in the meantime.
    """
    if not can_draw(app):
        yield lambda _: None
        return
    require("cli", "rich", purpose="a bar")
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        yield lambda text: status.update(f"{title}: {text}")


@contextmanager
def _bar(title: str) -> Iterator[Callable[[Progress], object]]:
    require("cli", "rich", purpose="a bar")
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[told]}", markup=False),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, told="")

        def show(progress: Progress) -> None:
            told = Text(printable(progress.message))
            told.truncate(30, overflow="ellipsis")
            known = progress.step is not None
            bar.update(
                task,
                told=told.plain,
                completed=progress.step,
                total=progress.steps if known else None,
            )

        yield show


def can_draw(app: App) -> bool:
    """Whether a bar can be drawn: not if results are written to the same terminal."""
    return app.shows_bars and not (app.is_json and sys.stdout.isatty())


class _Tenths(Generic[P]):
    """Writes a line per tenth of the work; `count` returns the number done, the total and the unit."""

    def __init__(self, title: str, count: Callable[[P], tuple[int, int | None, str]]) -> None:
        self._title = title
        self._count = count
        self._told = 0

    def __call__(self, progress: P) -> None:
        done, total, what = self._count(progress)
        tenth = done * 10 // total if total else 0
        if tenth > self._told:
            self._told = tenth
            print(f"{self._title}: {done} of {total} {what}", file=sys.stderr, flush=True)


class _Steps:
    """Writes a line for each new step of a pipeline."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._told = ""

    def __call__(self, progress: Progress) -> None:
        step = "" if progress.step is None else f" (step {progress.step} of {progress.steps})"
        told = f"{self._title}: {printable(progress.message)}{step}"
        if told != self._told:
            self._told = told
            print(told, file=sys.stderr, flush=True)
