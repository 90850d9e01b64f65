"""Many pipelines of one command: results and failures, as the pipelines end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

from .app import App
from .failures import report
from .progress import counting

if TYPE_CHECKING:
    from ..pipelines.pipeline import Pipeline
    from ..pipelines.run_progress import Outcome, RunProgress


def fan_out(
    app: App,
    title: str,
    start: Callable[
        [Callable[[RunProgress], object] | None], Iterator[Outcome[Any, Pipeline[Any], Any]]
    ],
    about: Callable[[Any], dict[str, Any]],
) -> Generator[tuple[Any, Pipeline[Any], Any]]:
    """Input, pipeline and result of each pipeline that has a result, as the pipelines end.

    A failure is printed and does not stop the others. If the caller is interrupted while it handles
    a result, the handle of that pipeline is printed.

    Args:
        start: starts the pipelines; it is called with the progress callback.
        about: an input as JSON data, to identify it in an error.
    """
    with counting(app, title) as on_progress:
        outcomes = start(on_progress)
        try:
            for outcome in outcomes:
                if outcome.error is not None:
                    app.fail(report(app, outcome.error, **about(outcome.input)))
                elif outcome.pipeline is not None:
                    with app.keeping(outcome.pipeline.token()):
                        yield outcome.input, outcome.pipeline, outcome.result
        finally:
            # Closing prints the handles of running pipelines.
            close = getattr(outcomes, "close", None)
            if close is not None:
                close()
