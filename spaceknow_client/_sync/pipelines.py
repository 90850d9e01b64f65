# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Pipelines: work that the server does for minutes to hours, followed until its result is there."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ..errors.base import (
    APIError,
    ConfigError,
    InvalidArgumentError,
    InvalidResponseError,
    PipelineFailedError,
    PipelineTimeoutError,
    SpaceKnowError,
    TransportError,
)
from ..errors.codes import PipelineNotProcessedError
from ..generated.catalogue import OPERATIONS
from ..generated.models import PipelineStatus
from ..generated.types import Request, json_object, text
from ..hooks import PollEvent, tell
from ..journal_entry import State
from ..pipeline_token import PipelineToken
from ..polling import OUTAGE_BUDGET, Progress, seconds_to_next_try
from ..results import reader_of
from .journaling import AlreadyBegunError
from .recovery import Recovery
from .transport import Transport

T = TypeVar("T")

LAST_LOOK = 1.0  # seconds that a status may take after the deadline of several pipelines
OVER = (PipelineStatus.RESOLVED, PipelineStatus.FAILED)


class Pipeline(Generic[T]):
    """A pipeline at the server. The handle holds no connection; losing it loses nothing but the id.

    Attributes:
        id: the server's id.
        operation: what it does, such as `kraken.release`.
        sub_geometry_id: only for a Kraken release with `sub_geometry`.
    """

    def __init__(
        self, transport: Transport, token: PipelineToken, *, first_ask: float = 0.0
    ) -> None:
        self._transport = transport
        self._token = token
        self._read: Callable[[Any], T] = reader_of(token)
        self._status = PipelineStatus.NEW
        self._due = transport.clock.monotonic() + first_ask
        self._failing_since: float | None = None
        self.id = token.pipeline_id
        self.operation = token.operation
        self.sub_geometry_id = token.sub_geometry_id

    def token(self) -> str:
        """Text with which `client.pipelines.attach` finds the pipeline again, in any process."""
        return str(self._token)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.operation} {self.id} {self._status}>"

    def status(self) -> PipelineStatus:
        """The status. The server is asked only when the time that it recommends has passed; before
        that, and when the pipeline is over, this is what it said last."""
        clock = self._transport.clock
        if self._status not in OVER and clock.monotonic() >= self._due:
            try:
                self._ask(clock.monotonic() + self._transport.options.deadline, False)
            except SpaceKnowError as error:
                self._note(error)
                raise
        return self._status

    def wait(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> PipelineStatus:
        """Waits until the pipeline is over, RESOLVED or FAILED.

        `deadline` is in seconds (default: the client's `pipeline_deadline`, 6 hours). Outages of
        the server only cost time. Raises PipelineTimeoutError when the deadline passes; the
        pipeline goes on, and the error holds its token.
        """
        expires = self._expires(deadline)
        while self._status not in OVER:
            self._sleep_until_due(expires)
            progress = self._poll(expires, on_progress is not None)
            if progress is not None and on_progress is not None:
                on_progress(progress)
        return self._status

    def result(
        self, deadline: float | None = None, on_progress: Callable[[Progress], object] | None = None
    ) -> T:
        """Waits, and fetches the result.

        Raises PipelineFailedError, which is also of its code's class, when the pipeline failed,
        and PipelineTimeoutError when `deadline` (seconds) passes first.
        """
        expires = self._expires(deadline)
        while True:
            self.wait(expires - self._transport.clock.monotonic(), on_progress)
            try:
                result = self._retrieve(expires)
            except PipelineNotProcessedError as error:
                if isinstance(error, PipelineFailedError):
                    raise
                # The status ran ahead of the result. The server's usual pace, then once more.
                self._status = PipelineStatus.PROCESSING
                self._due = self._transport.clock.monotonic() + seconds_to_next_try(None)
            except SpaceKnowError as error:
                if not self._survives(error):
                    raise
                self._sleep_until_due(expires)
            else:
                self._failing_since = None
                return result

    def _retrieve(self, expires: float) -> T:
        retrieve = OPERATIONS[OPERATIONS[f"{self.operation}.initiate"].retrieve or ""]
        request = Request(
            operation=retrieve.id,
            method=retrieve.method,
            path=retrieve.path,
            json={"pipelineId": self.id},
        )
        try:
            answer = self._transport.send(request, self._read, expires=self._limit(expires))
        except SpaceKnowError as error:
            self._note(error)
            if isinstance(error, PipelineFailedError):
                self._journal(State.FAILED)
            raise
        self._journal(State.RESOLVED)
        return answer.parsed

    def _journal(self, state: State) -> None:
        if self._transport.journal is not None:
            self._transport.journal.ended(self._token, state)

    def _expires(self, deadline: float | None) -> float:
        if deadline is None:
            deadline = self._transport.options.pipeline_deadline
        if isinstance(deadline, bool) or not isinstance(deadline, (int, float)):
            raise InvalidArgumentError(f"a deadline is a number of seconds, not {deadline!r}.")
        return self._transport.clock.monotonic() + deadline

    def _limit(self, expires: float) -> float:
        """The moment at which one call on the way to `expires` has to be over."""
        clock, options = self._transport.clock, self._transport.options
        return min(expires, clock.monotonic() + options.deadline)

    def _note(self, error: SpaceKnowError) -> None:
        """Adds what is needed to find the pipeline again."""
        error.pipeline_id = self.id
        error.resume_token = self.token()

    def _sleep_until_due(self, expires: float) -> None:
        clock = self._transport.clock
        while (now := clock.monotonic()) < self._due or now >= expires:
            if now >= expires:
                raise self._timed_out()
            clock.sleep(min(self._due, expires) - now)

    def _timed_out(self) -> PipelineTimeoutError:
        return PipelineTimeoutError(
            f"the pipeline was {self._status} when the deadline passed; it goes on at the server",
            operation=self.operation,
            pipeline_id=self.id,
            resume_token=self.token(),
        )

    def _poll(self, expires: float, with_progress: bool) -> Progress | None:
        """Asks for the status; an outage moves the next time on, until its budget is used up."""
        try:
            progress = self._ask(self._limit(expires), with_progress)
        except SpaceKnowError as error:
            if not self._survives(error):
                self._note(error)
                raise
            return None
        self._failing_since = None
        return progress

    def _survives(self, error: SpaceKnowError) -> bool:
        """Whether an error only costs time; then the next try is moved on."""
        now = self._transport.clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if not _is_outage(error) or now - self._failing_since > OUTAGE_BUDGET:
            self._failing_since = None
            return False
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
        answer = self._transport.send(
            request, lambda value: json_object(value, ""), expires=expires
        )
        # `nextTry` and `progress` are read leniently: neither is worth losing a pipeline for.
        members = answer.parsed
        status = members.get("status")
        if not isinstance(status, str):
            raise InvalidResponseError(
                "the answer has no status",
                operation=get_status.id,
                request_id=answer.request_id,
                status=answer.status,
            )
        self._status = PipelineStatus(status)
        if self._status == PipelineStatus.FAILED:
            self._journal(State.FAILED)
        delay = None if self._status in OVER else seconds_to_next_try(members.get("nextTry"))
        self._due = self._transport.clock.monotonic() + (delay or 0)
        tell(
            self._transport.options.hooks.on_poll,
            PollEvent(operation=self.operation, pipeline_id=self.id, status=status, delay=delay),
        )
        return Progress.read(members.get("progress"))


def _is_outage(error: SpaceKnowError) -> bool:
    """Whether an error says that the server is away for a while, not that the request is wrong."""
    if isinstance(error, APIError):
        return error.status in (408, 429) or error.status >= 500
    return isinstance(error, (TransportError, InvalidResponseError))


class Pipelines:
    """Starting, finding and following pipelines: `client.pipelines`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def start(
        self, request: Request, *, map_type: str | None = None, reuse: bool = False
    ) -> Pipeline[Any]:
        """Sends an `initiate` and gives the handle of the pipeline that it began.

        With `reuse`, a pipeline of the journal that runs or is resolved takes its place, if the
        host, the user, the operation and the body are the same; nothing is sent then. A failed one
        is begun anew. While another caller sends the same request, this one waits for it.

        Raises AmbiguousRequestError when it may have begun and spends credits, by this call or by
        an earlier one; it is not repeated. Raises ConfigError for `reuse` without a journal, and
        when the journal cannot be written; nothing was sent then.
        """
        if reuse and self._transport.journal is None:
            raise _no_journal()
        # Only the id is read strictly: what follows it is not worth losing paid work for.
        try:
            answer = self._transport.send(request, _started, reuse=reuse)
        except AlreadyBegunError as known:
            return Pipeline(self._transport, known.token)
        members = answer.parsed
        sub_geometry_id = members.get("subGeometryId")
        token = PipelineToken(
            pipeline_id=members["pipelineId"],
            operation=request.operation.removesuffix(".initiate"),
            host=self._transport.environment.base_url,
            map_type=map_type,
            sub_geometry_id=sub_geometry_id if isinstance(sub_geometry_id, str) else None,
        )
        wait = seconds_to_next_try(members.get("nextTry"))
        return Pipeline(self._transport, token, first_ask=wait)

    def attach(self, token_or_id: str, *, operation: str | None = None) -> Pipeline[Any]:
        """The handle of a pipeline that was started elsewhere; no request is sent.

        Takes what `token()` gave, or a bare id together with `operation` (such as
        `kraken.release`). Raises InvalidArgumentError for neither, and for another service's token.
        """
        if not isinstance(token_or_id, str) or not token_or_id.strip():
            raise InvalidArgumentError("attach takes a token or an id, and this is neither.")
        if operation is not None and not token_or_id.lstrip().startswith("{"):
            token = PipelineToken(
                pipeline_id=token_or_id,
                operation=operation,
                host=self._transport.environment.base_url,
            )
        else:
            token = PipelineToken.parse(token_or_id)
        if token.host != self._transport.environment.base_url:
            raise InvalidArgumentError(
                f"the pipeline belongs to {token.host}, and this client talks to "
                f"{self._transport.environment.base_url}."
            )
        return Pipeline(self._transport, token)

    def recover(self, *, elsewhere: bool = False) -> Recovery:
        """The pipelines that the journal knows, typed, after the process that began them is gone.

        It gives those of this process and of dead ones, of all users of this host, and names the
        requests whose fate is unknown; no request is sent. What belongs to another living process
        is left to it. Processes on other machines (containers too) cannot be seen from here: theirs
        are taken with `elsewhere`, for when you know that they are gone.

        Raises ConfigError without a journal, and when it cannot be used.
        """
        journal = self._transport.journal
        if journal is None:
            raise _no_journal()
        return Recovery.of(journal, elsewhere, lambda token: Pipeline(self._transport, token))

    def as_completed(
        self,
        pipelines: Iterable[Pipeline[T]],
        deadline: float | None = None,
        on_progress: Callable[[Pipeline[T], Progress], object] | None = None,
    ) -> Iterator[Pipeline[T]]:
        """Gives each pipeline when it is over, RESOLVED or FAILED, in the order of their ends.

        `deadline` (seconds) is for all of them together (default: the client's
        `pipeline_deadline`). Raises PipelineTimeoutError for the first one that it passes.
        """
        order = itertools.count()
        expires: float | None = None
        waiting: list[tuple[float, int, Pipeline[T]]] = []
        for pipeline in pipelines:
            expires = pipeline._expires(deadline) if expires is None else expires
            heapq.heappush(waiting, (pipeline._due, next(order), pipeline))
        while waiting and expires is not None:
            _, _, pipeline = heapq.heappop(waiting)
            if pipeline._status not in OVER:
                now = self._transport.clock.monotonic()
                if pipeline._due > now:
                    pipeline._sleep_until_due(expires)
                # What is due is asked even if the consumer has used up the time: it may be done.
                last_look = max(expires, now + LAST_LOOK)
                progress = pipeline._poll(last_look, on_progress is not None)
                if progress is not None and on_progress is not None:
                    on_progress(pipeline, progress)
            if pipeline._status in OVER:
                yield pipeline
            else:
                heapq.heappush(waiting, (pipeline._due, next(order), pipeline))

    def wait_all(
        self,
        pipelines: Iterable[Pipeline[T]],
        deadline: float | None = None,
        on_progress: Callable[[Pipeline[T], Progress], object] | None = None,
    ) -> list[Pipeline[T]]:
        """Waits for all of them; gives them back in their order. As `as_completed` otherwise."""
        together = list(pipelines)
        for _ in self.as_completed(together, deadline, on_progress):
            pass
        return together


def _no_journal() -> ConfigError:
    return ConfigError("this needs a journal.", hint='Make the client with journal="runs.sqlite".')


def _started(value: Any) -> dict[str, Any]:
    members = json_object(value, "")
    text(members.get("pipelineId"), "pipelineId")
    return members
