"""Waits for the pipeline that a command started, or prints its handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from . import results
from .app import App
from .progress import following

if TYPE_CHECKING:
    from ..pipelines.pipeline import Pipeline

detach_option = click.option(
    "--detach", is_flag=True, help="Do not wait; print the handle of the pipeline."
)


def finish(app: App, pipeline: Pipeline[Any], title: str, *, detach: bool = False) -> None:
    """Waits for a pipeline and shows its result; with `detach`, prints its handle."""
    with app.keeping(pipeline.token()):
        if detach:
            app.write([pipeline.token()])
            return
        with following(app, title) as tell:
            result = pipeline.result(on_progress=tell)
        results.show(app, result)
