"""Datacube: data points as a table, and the list of available data."""

from __future__ import annotations

from ..state import State
from ..stores.datapoints import MOST, DataPoint, table
from ..stores.downloads import Download
from ..stores.pipelines import JSON
from ..validation.failures import AnswerError, Failure
from .registry import OperationRequest, handles, started


@handles("datacube.datapoints.initiate")
def initiate(state: State, asked: OperationRequest) -> JSON:
    """Starts a query. For a table that is too long, the pipeline fails."""
    body = asked.body
    if body.get("postprocess"):
        raise AnswerError(
            "UNSUPPORTED-POSTPROCESS", "The emulator does not support postprocessing."
        )
    points = state.data_points.select(
        body["filters"], _packages(asked), keep_duplicates=body.get("keepDuplicates", False)
    )
    failure = None
    if len(points) > MOST:
        message = f"The query matches {len(points)} data points, more than {MOST}."
        failure = Failure("TOO-MANY-DATAPOINTS", message)
    return started(state, asked, lambda: _result(state, asked, points), failure=failure)


def _result(state: State, asked: OperationRequest, points: list[DataPoint]) -> JSON:
    content = table(points)
    file = Download("text/csv; charset=utf-8", lambda: content)
    path = state.downloads.add(content.decode(), "datapoints.csv", file)
    return {"csvLink": asked.address + path}


@handles("datacube.catalogue")
def catalogue(state: State, asked: OperationRequest) -> JSON:
    """The data that the user can read."""
    return {**state.data_points.catalogue(_packages(asked))}


def _packages(asked: OperationRequest) -> tuple[str, ...]:
    group = asked.caller.group
    return () if group is None else group.packages
