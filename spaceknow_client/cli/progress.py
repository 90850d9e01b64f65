"""What people see while they wait, on stderr: a bar on a terminal, else a line for each step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors.shown import printable
from ..runtime.extras import require
from .app import App

if TYPE_CHECKING:
    from ..pipelines.polling import Progress
    from ..pipelines.run_progress import RunProgress


@contextmanager
def following(app: App, title: str) -> Iterator[Callable[[Progress], object] | None]:
    """Gives what one pipeline's progress is told to; None where nobody would see it."""
    if app.shows_bars:
        with _bar(title) as show:
            yield show
    elif app.is_json:
        yield None
    else:
        yield _Steps(title)


@contextmanager
def counting(app: App, title: str) -> Iterator[Callable[[RunProgress], object] | None]:
    """Gives what the progress of many pipelines is told to; None where nobody would see it."""
    if has_place(app):
        from ..pipelines.run_bar import RunBar

        with RunBar(title) as bar:
            yield bar
    elif app.is_json:
        yield None
    else:
        yield _Tenths(title)


@contextmanager
def working(app: App, title: str) -> Iterator[Callable[[str], object]]:
    """Gives what is told how far something is, of which nobody knows how long it takes.

    Nothing is shown where lines are written to the terminal meanwhile, or where there is none.
    """
    if not has_place(app):
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


def has_place(app: App) -> bool:
    """Whether a bar can be drawn while results are written: not between lines of the same terminal."""
    return app.shows_bars and not (app.is_json and sys.stdout.isatty())


class _Tenths:
    """Writes a line for each tenth of the pipelines that are over."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._told = 0

    def __call__(self, progress: RunProgress) -> None:
        over = progress.done + progress.failed
        tenth = over * 10 // progress.total if progress.total else 0
        if tenth > self._told:
            self._told = tenth
            told = f"{self._title}: {over} of {progress.total} over, {progress.failed} failed"
            print(told, file=sys.stderr, flush=True)


class _Steps:
    """Writes a line when a pipeline gets to another step."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._told = ""

    def __call__(self, progress: Progress) -> None:
        step = "" if progress.step is None else f" (step {progress.step} of {progress.steps})"
        told = f"{self._title}: {printable(progress.message)}{step}"
        if told != self._told:
            self._told = told
            print(told, file=sys.stderr, flush=True)
