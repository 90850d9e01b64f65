# Compiled by `python -m generator` from pipelines_async.py. Never edit by hand.
# ruff: noqa
"""Starting, finding and waiting for many pipelines: `client.pipelines`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Callable, Iterable, Iterator, Mapping, Sized
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve

from ..errors.base import ConfigError, InvalidArgumentError, SpaceKnowError
from ..generated.api.credits_ import credits_check_area
from ..generated.types import Request, json_object, text
from ..runtime.lists import checked, refused
from ..transport.attempt_result import AlreadyStartedError
from .context import PipelineContext
from .handle import PipelineToken, Started, is_name
from .pipeline import Pipeline, Waiting
from .polling import Progress, seconds_to_next_try
from .run import Run, Start
from .run_progress import Outcome, RunProgress

if TYPE_CHECKING:
    from .journal.entry import Entry
    from .journal.recorder import JournalRecorder
    from .recovery import Recovery

T = TypeVar("T")

log = logging.getLogger("spaceknow_client")


class Pipelines:
    """Starts, finds and waits for pipelines: `client.pipelines`."""

    def __init__(self, context: PipelineContext) -> None:
        self.context = context
        self._transport = context.transport

    def start(
        self, request: Request, *, map_type: str | None = None, reuse: bool = False
    ) -> Pipeline[Any]:
        """Sends an `initiate` request and returns the pipeline that it started.

        With `reuse`, a running or resolved pipeline in the journal is returned instead, if host,
        user, operation and body are equal; then nothing is sent. A failed one is started again. While
        another caller sends the same request, this call waits for it.

        Raises AmbiguousRequestError if this request or an earlier equal one may have started a
        pipeline that spends credits; it is not retried. Raises ConfigError for `reuse` without a
        journal, and if the journal cannot be written; then nothing was sent.
        """
        if reuse:
            self._journal()
        # Only the ID is parsed strictly, so that an odd response does not lose paid work.
        try:
            answer = self._transport.send(request, _started, reuse=reuse)
        except AlreadyStartedError as known:
            token = evolve(PipelineToken.parse(known.handle), body=request.json)
            return Pipeline(self.context, token)
        members = answer.parsed
        started = Started.of(members)
        token = started.token(request, self._transport.environment.base_url)
        if map_type is not None:
            token = evolve(token, map_type=map_type)
        wait = seconds_to_next_try(members.get("nextTry"))
        return Pipeline(self.context, token, first_ask=wait)

    def recorded(self, request: Request) -> Pipeline[Any] | None:
        """The pipeline that `start(request, reuse=True)` would return from the journal; sends nothing.

        None if there is none, and while another caller sends the same request. Raises as `start` with
        `reuse`.
        """
        journal = self._journal()
        self._transport.prepare(request)  # determines the user
        record = journal.record(request, True, self._transport.expires())
        known = record.look() if record else None
        if known is not None and known.is_unknown:
            raise known.unknown_outcome()
        if known is None or known.pipeline_id is None:
            return None
        return Pipeline(self.context, known.token())

    def attach(self, token_or_id: str, *, operation: str | None = None) -> Pipeline[Any]:
        """The pipeline of a handle; no request is sent.

        Accepts the result of `token()`, or an ID together with `operation` (such as
        `kraken.release`). Raises InvalidArgumentError for anything else, and for a handle of another
        service.
        """
        if not is_name(token_or_id):
            raise InvalidArgumentError(
                "attach requires a pipeline handle, or an ID with operation."
            )
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
                f"the pipeline belongs to {token.host}, but this client uses "
                f"{self._transport.environment.base_url}."
            )
        return Pipeline(self.context, token)

    def recover(self, *, check_allocations: bool = False) -> Recovery:
        """The pipelines in the journal after the process that started them has ended.

        Returns those of this process and of ended processes, of all users of this host, and the
        requests whose outcome is unknown; no request is sent. With `check_allocations` it requests the
        price of each allocation of this user whose outcome is unknown (`credits.check_area`, which
        spends nothing): a price of 0 shows that it was made; with any other the outcome stays unknown.
        Entries of other running processes, in any container, are not touched.

        Raises ConfigError without a journal, and if it cannot be used.
        """
        from .recovery import Recovery

        return Recovery.of(
            self._journal(),
            self._transport.expires,
            lambda token: Pipeline(self.context, token),
            self._settled if check_allocations else None,
        )

    def _settled(self, entry: Entry) -> Entry:
        """An allocation of unknown outcome, resolved if a price of 0 shows that it was made."""
        body = json.loads(entry.body)
        if "sceneIds" not in body or body.get("costFreeAllocation"):
            return entry  # its price does not show whether it was made
        request = credits_check_area.get_request(body=body)
        try:
            self._transport.prepare(request)
            if not self._journal().is_mine(entry):
                return entry
            price = self._transport.send(request, credits_check_area.parse)
        except SpaceKnowError as error:
            log.warning("the outcome of an allocation stays unknown: %s", error)
            return entry
        if price.parsed.cost:
            return entry
        return self._journal().took_effect(entry, self._transport.expires())

    def delete_recorded(self, *ids: str) -> None:
        """Deletes entries of the journal by their IDs, or by those of their pipelines.

        After that, `reuse=True` can send, and pay for, the same requests again; nothing changes at the
        server. Raises InvalidArgumentError, and deletes nothing, for an ID that is not in the journal,
        and while a running process sends the request; ConfigError without a journal, and if it cannot
        be used.
        """
        for id in ids:
            if not is_name(id):
                raise InvalidArgumentError(f"ids must be non-empty strings, not {id!r}.")
        self._journal().delete(ids, self._transport.expires())

    def as_completed(
        self,
        pipelines: Iterable[Pipeline[T]],
        deadline: float | None = None,
        on_progress: Callable[[Pipeline[T], Progress], object] | None = None,
    ) -> Iterator[Pipeline[T]]:
        """Yields each pipeline when it ends (RESOLVED or FAILED), in the order in which they end.

        `deadline` (seconds) applies to all of them together (default: the client's
        `pipeline_deadline`). Raises PipelineTimeoutError for one that has not ended by then. Polling
        continues while the caller processes a pipeline.
        """
        watch = self.context.workers.watch()
        waiting: dict[Waiting[T], Pipeline[T]] = {}
        expires = 0.0
        try:
            for pipeline in _checked(pipelines):
                expires = expires or pipeline._expires(deadline)
                job = Waiting(pipeline, _bound(on_progress, pipeline))
                waiting[job] = pipeline
                watch.add(job)
            while waiting:
                try:
                    job = watch.next(expires)
                except TimeoutError:
                    break
                yield waiting.pop(job)
            if waiting:
                raise next(iter(waiting.values()))._timed_out()
        except (Exception, GeneratorExit):
            raise
        except BaseException:  # Ctrl-C, or a canceled task
            tokens = "\n".join(pipeline.token() for pipeline in waiting.values())
            log.warning(
                "no longer waiting; to resume, call attach(...) with each of these:\n%s", tokens
            )
            raise
        finally:
            watch.close()

    def wait_all(
        self,
        pipelines: Iterable[Pipeline[T]],
        deadline: float | None = None,
        on_progress: Callable[[Pipeline[T], Progress], object] | None = None,
    ) -> list[Pipeline[T]]:
        """Waits for all of them; returns them in their order. Otherwise as `as_completed`."""
        together = list(_checked(pipelines))
        for _ in self.as_completed(together, deadline, on_progress):
            pass
        return together

    def run(
        self,
        calls: Iterable[Callable[[], Start[T]]],
        *,
        concurrency: int = 100,
        deadline: float | None = None,
        stop_on_error: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Iterator[Outcome[Callable[[], Start[T]], Pipeline[T], T]]:
        """Starts a pipeline for each call, and yields each outcome as its result is fetched.

        Args:
            calls: functions without arguments that start one pipeline each, such as
                `partial(client.kraken.release, "cars", scene_ids=[...], extent=...)`. It can be
                endless: a call is taken only when there is room.
            concurrency: maximum number of concurrent pipelines, including those not yet fetched.
            deadline: seconds for all of them together (default: none). Running pipelines then yield
                PipelineTimeoutError with a handle to resume; no others are started. A call that is
                just being sent yields AmbiguousRequestError.
            stop_on_error: raise the first error instead of yielding it.
            on_progress: called after each change.

        If it ends early, by an error or because the caller stops, running pipelines continue at
        the server: their handles are logged as a warning.
        """
        given = checked("calls", calls, "a list of functions", _without_argument)
        run: Run[Callable[[], Start[T]], T] = Run(
            self.context,
            ((call, (stage,)) for call, stage in given),
            concurrency=concurrency,
            deadline=deadline,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            total=len(given) if isinstance(given, Sized) else None,
        )
        return run.outcomes()

    def _journal(self) -> JournalRecorder:
        if self.context.journal is None:
            raise ConfigError(
                "this requires a journal.", hint='Create the client with journal="runs.sqlite".'
            )
        return self.context.journal


def _bound(
    on_progress: Callable[[Pipeline[T], Progress], object] | None, pipeline: Pipeline[T]
) -> Callable[[Progress], object] | None:
    return None if on_progress is None else lambda progress: on_progress(pipeline, progress)


def _checked(pipelines: Iterable[Pipeline[T]]) -> Iterator[Pipeline[T]]:
    def check(name: str, value: Any) -> None:
        if not isinstance(value, Pipeline):
            raise refused(name, Pipeline.__name__, value)

    # Keys of a dict are accepted, as for concurrent.futures.
    given = pipelines.keys() if isinstance(pipelines, Mapping) else pipelines
    return (each for each, _ in checked("pipelines", given, "a list of pipelines", check))


def _without_argument(name: str, call: Any) -> Callable[[Any], Any]:
    if not callable(call):
        raise refused(name, "a function that starts a pipeline", call)
    return lambda _: call()


def _started(value: Any) -> dict[str, Any]:
    members = json_object(value, "")
    text(members.get("pipelineId"), "pipelineId")
    return members
