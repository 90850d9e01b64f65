# Compiled by `python -m generator` from tasking_async.py. Never edit by hand.
# ruff: noqa
"""State of pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..argument_checks import boolean, text
from ..arguments import Argument, Arguments

if TYPE_CHECKING:
    from ...generated.models import PipelineStatusResponse
    from ...transport.transport import Transport

_GET_STATUS_BODY = Arguments(
    Argument("pipelineId", "pipeline_id", text(filled=True), required=True),
    Argument("getProgress", "get_progress", boolean()),
)


class TaskingResource:
    """State of pipelines."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_status(
        self, pipeline_id: str, *, get_progress: bool | None = None
    ) -> PipelineStatusResponse:
        """Get the state of a pipeline.

        Returns whether a pipeline is running, resolved or failed, and when to poll again. Wait at
        least `nextTry` seconds between two calls. A token is not needed, though most clients send
        one. Some old clients do not use this operation and call `retrieve` until it succeeds.

        Sending it twice costs nothing, so it is retried after temporary failures.

        Args:
            pipeline_id: The identifier returned by `initiate`.
            get_progress: Whether the response should include the progress. Without this member it
                seems to be omitted.

        Raises InvalidArgumentError before anything is sent. Errors of the API:
        NonExistentPipelineError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.tasking import tasking_get_status as operation

        body: Any = _GET_STATUS_BODY(pipeline_id=pipeline_id, get_progress=get_progress)
        answer = self._transport.send(operation.get_request(body=body), operation.parse)
        return answer.parsed
