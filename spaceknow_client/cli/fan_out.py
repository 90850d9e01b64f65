"""Many pipelines of one command: their results as they come, and what failed on the way."""

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
    begin: Callable[
        [Callable[[RunProgress], object] | None], Iterator[Outcome[Any, Pipeline[Any], Any]]
    ],
    about: Callable[[Any], dict[str, Any]],
) -> Generator[tuple[Any, Pipeline[Any], Any]]:
    """The input, the pipeline and the result of each that has one, as they come.

    What failed is told, and the rest goes on. The token of one that is given is told again if the
    caller does not come back for the next.

    Args:
        begin: begins the fan-out; it is given what to tell its progress to.
        about: what an input is, by its name in JSON, for who reads that it failed.
    """
    with counting(app, title) as told:
        outcomes = begin(told)
        try:
            for outcome in outcomes:
                if outcome.error is not None:
                    app.fail(report(app, outcome.error, **about(outcome.input)))
                elif outcome.pipeline is not None:
                    with app.keeping(outcome.pipeline.token()):
                        yield outcome.input, outcome.pipeline, outcome.result
        finally:
            # What is under way is told when it is closed. That is to be now.
            close = getattr(outcomes, "close", None)
            if close is not None:
                close()
