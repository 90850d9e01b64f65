# Compiled by `python -m generator` from pipeline_async.py. Never edit by hand.
# ruff: noqa
"""The handle of one pipeline: a server job that takes minutes to hours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ..errors.base import (
    APIError,
    InvalidResponseError,
    PipelineFailedError,
    PipelineTimeoutError,
    SpaceKnowError,
    TransportError,
)
from ..errors.codes import PipelineNotProcessedError
from ..errors.shown import printable
from ..generated.catalogue import OPERATIONS
from ..generated.models import PipelineStatus
from ..generated.types import Request, json_object
from ..transport.hooks import PollEvent, tell
from ..transport.transport import Transport
from .context import PipelineContext
from .handle import PipelineToken
from .polling import OUTAGE_BUDGET, Progress, checked_deadline, seconds_to_next_try

T = TypeVar("T")

log = logging.getLogger("spaceknow_client")

OVER = (PipelineStatus.RESOLVED, PipelineStatus.FAILED)


class Pipeline(Generic[T]):
    """A pipeline: a server job. The object holds no connection, and `token()` is enough to recreate it.

    Attributes:
        spent: credits spent on its allocation; None if `release` allocated nothing.
    """

    __slots__ = ("_context", "_due", "_outage", "_status", "_token", "spent")

    def __init__(
        self, context: PipelineContext, token: PipelineToken, *, first_ask: float = 0.0
    ) -> None:
        context.reader_of(token)  # raises for an operation that does not start pipelines
        self._context = context
        self._token = token
        self._status = PipelineStatus.NEW
        self._due = context.transport.clock.monotonic() + first_ask
        self._outage: tuple[float, SpaceKnowError] | None = None  # start, and last error
        self.spent: float | None = None

    @property
    def _transport(self) -> Transport:
        return self._context.transport

    @property
    def id(self) -> str:
        """The ID assigned by the server."""
        return self._token.pipeline_id

    @property
    def operation(self) -> str:
        """The operation, such as `kraken.release`."""
        return self._token.operation

    @property
    def sub_geometry_id(self) -> str | None:
        """Set only for a Kraken release with `sub_geometry`."""
        return self._token.sub_geometry_id

    def token(self) -> str:
        """The pipeline handle: a string for `client.pipelines.attach` in any process."""
        return str(self._token)

    def __repr__(self) -> str:
        return printable(f"<{type(self).__name__} {self.operation} {self.id} {self._status}>")

    def _repr_html_(self) -> str:
        from ..runtime.notebook import table

        rows = [("operation", self.operation), ("id", self.id), ("last status", self._status)]
        return table(type(self).__name__, rows)

    def status(self) -> PipelineStatus:
        """The status. The server is polled only after the time that it recommends; before that, and
        after the end of the pipeline, the last status is returned."""
        clock = self._transport.clock
        if self._status not in OVER and clock.monotonic() >= self._due:
            try:
                self._ask(self._transport.expires(), False)
            except SpaceKnowError as error:
                self._note(error)
                raise
        return self._status

    def wait(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> PipelineStatus:
        """Waits until the pipeline ends (RESOLVED or FAILED).

        `deadline` is in seconds (default: the client's `pipeline_deadline`, 6 hours). Outages of
        the server are waited out. Raises PipelineTimeoutError when the deadline passes; the
        pipeline keeps running, and the error contains its handle.
        """
        if self._status not in OVER:
            self._follow(Waiting(self, on_progress), deadline)
        return self._status

    def result(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> T:
        """Waits, and fetches the result.

        Raises PipelineFailedError, also an instance of the class of its code, if the pipeline fails,
        and PipelineTimeoutError if `deadline` (seconds) passes first.
        """
        job: Fetching[T] = Fetching(self, on_progress)
        self._follow(job, deadline)
        return job.result

    def _follow(self, job: Waiting[T], deadline: float | None) -> None:
        try:
            self._context.workers.one(job, self._expires(deadline))
        except TimeoutError:
            late = self._timed_out()
        except SpaceKnowError as error:
            self._note(error)
            raise
        except Exception:
            raise
        except BaseException:
            # Ctrl-C, or a canceled task. The handle of the running pipeline must not be lost.
            log.warning("no longer waiting; to resume, call attach(%r)", self.token())
            raise
        else:
            return
        raise late

    def _expires(self, deadline: float | None) -> float:
        if deadline is None:
            deadline = self._transport.options.pipeline_deadline
        return self._transport.clock.monotonic() + checked_deadline(deadline)

    def _limit(self, expires: float | None) -> float:
        """The time by which one call before `expires` must end."""
        limit = self._transport.expires()
        return limit if expires is None else min(expires, limit)

    def _note(self, error: SpaceKnowError) -> None:
        """Adds the pipeline handle."""
        error.pipeline_id = self.id
        error.resume_token = self.token()
        if self.spent is not None:
            error.spent = self.spent

    def _timed_out(self) -> PipelineTimeoutError:
        """The error for a passed deadline; its cause is a current outage."""
        cause = None if self._outage is None else self._outage[1]
        outage = "" if cause is None else f" (the last call failed: {cause.message})"
        error = PipelineTimeoutError(
            f"the pipeline was {self._status} at the deadline{outage}; it is still running at the server",
            operation=self.operation,
        )
        error.__cause__ = cause
        self._note(error)
        return error

    def _poll(self, expires: float | None, with_progress: bool) -> Progress | None:
        """Polls the status; an outage postpones the next poll, up to its time limit."""
        try:
            progress = self._ask(self._limit(expires), with_progress)
        except SpaceKnowError as error:
            if not self._survives(error):
                self._note(error)
                raise
            return None
        self._outage = None
        return progress

    def _survives(self, error: SpaceKnowError) -> bool:
        """Whether an error is only an outage; then the next poll is postponed."""
        now = self._transport.clock.monotonic()
        since = now if self._outage is None else self._outage[0]
        if not _is_outage(error) or now - since > OUTAGE_BUDGET:
            self._outage = None
            return False
        self._outage = since, error.with_traceback(None)
        self._due = now + seconds_to_next_try(None)
        return True

    def _ask(self, expires: float, with_progress: bool) -> Progress | None:
        get_status = OPERATIONS["tasking.get_status"]
        body: dict[str, Any] = {"pipelineId": self.id}
        if with_progress:
            body["getProgress"] = True
        request = Request(
            operation=get_status.id, method=get_status.method, path=get_status.path, json=body
        )
        answer = self._transport.send(request, _members, expires=expires)
        # `nextTry` and `progress` are parsed leniently, because neither is worth losing a pipeline.
        members = answer.parsed
        status = members.get("status")
        if not isinstance(status, str):
            raise InvalidResponseError(
                "the response has no status",
                operation=get_status.id,
                request_id=answer.request_id,
                status=answer.status,
            )
        self._status = PipelineStatus(status)
        if self._status == PipelineStatus.FAILED and self._context.journal is not None:
            self._context.journal.failed(self._token, expires)
        delay = None if self._status in OVER else seconds_to_next_try(members.get("nextTry"))
        self._due = self._transport.clock.monotonic() + (delay or 0)
        tell(
            self._transport.options.hooks.on_poll,
            PollEvent(operation=self.operation, pipeline_id=self.id, status=status, delay=delay),
        )
        return Progress.read(members.get("progress"))

    def _retrieve(self, expires: float | None) -> T:
        request = self._token.result_request()
        read: Callable[[Any], T] = self._context.reader_of(self._token)
        journal, limit = self._context.journal, self._limit(expires)
        try:
            answer = self._transport.send(request, read, expires=limit)
        except SpaceKnowError as error:
            self._note(error)
            if journal is not None and isinstance(error, PipelineFailedError):
                journal.failed(self._token, limit)
            raise
        if journal is not None:
            journal.resolved(self._token, limit)
        self._outage = None
        return answer.parsed


class Waiting(Generic[T]):
    """The job of waiting for the end of a pipeline."""

    __slots__ = ("_on_progress", "pipeline")

    def __init__(
        self, pipeline: Pipeline[T], on_progress: Callable[[Progress], object] | None
    ) -> None:
        self.pipeline = pipeline
        self._on_progress = on_progress

    @property
    def due(self) -> float:
        """When to poll next."""
        return self.pipeline._due

    def step(self, expires: float | None) -> bool:
        """Polls the status, if due; True when the pipeline has ended."""
        pipeline = self.pipeline
        if pipeline._status not in OVER and pipeline._transport.clock.monotonic() >= pipeline._due:
            progress = pipeline._poll(expires, self._on_progress is not None)
            if progress is not None and self._on_progress is not None:
                self._on_progress(progress)
        return pipeline._status in OVER


class Fetching(Waiting[T]):
    """The job of waiting for a pipeline and fetching its result."""

    __slots__ = ("result",)

    result: T

    def step(self, expires: float | None) -> bool:
        """Polls the status, and fetches the result once the pipeline has ended; True when it is here."""
        if not super().step(expires):
            return False
        pipeline = self.pipeline
        if pipeline._transport.clock.monotonic() < pipeline._due:
            return False  # the result was not ready, and the next attempt is not due
        try:
            self.result = pipeline._retrieve(expires)
        except PipelineNotProcessedError as error:
            if isinstance(error, PipelineFailedError):
                raise
            # The status was ahead of the result. Try again after the usual interval.
            pipeline._status = PipelineStatus.PROCESSING
            pipeline._due = pipeline._transport.clock.monotonic() + seconds_to_next_try(None)
            return False
        except SpaceKnowError as error:
            if not pipeline._survives(error):
                raise
            return False
        return True


def _is_outage(error: SpaceKnowError) -> bool:
    """Whether an error is a temporary outage of the server, not an invalid request."""
    if isinstance(error, APIError):
        return error.status in (408, 429) or error.status >= 500
    return isinstance(error, TransportError) or (
        isinstance(error, InvalidResponseError) and error.may_pass
    )


def _members(value: Any) -> dict[str, Any]:
    return json_object(value, "")
