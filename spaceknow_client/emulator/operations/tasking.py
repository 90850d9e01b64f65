"""Tasking: the state of pipelines."""

from __future__ import annotations

from ..state import State
from ..stores.pipelines import JSON
from .registry import OperationRequest, handles


@handles("tasking.get_status")
def get_status(state: State, asked: OperationRequest) -> JSON:
    """The state of any pipeline, for any user."""
    with_progress = asked.body.get("getProgress", False)
    return state.pipelines.state(asked.body["pipelineId"], with_progress=with_progress)
