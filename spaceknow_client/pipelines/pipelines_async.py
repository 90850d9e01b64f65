"""Starting, finding and following many pipelines: `client.pipelines`."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sized
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve

from ..errors.base import ConfigError, InvalidArgumentError, SpaceKnowError
from ..generated.api.credits_ import credits_check_area
from ..generated.types import Request, json_object, text
from ..runtime.lists import checked, refused
from ..transport.attempt_result import AlreadyStartedError
from .context_async import AsyncPipelineContext
from .handle import PipelineToken, Started, is_name
from .pipeline_async import AsyncPipeline, AsyncWaiting
from .polling import Progress, seconds_to_next_try
from .run_async import AsyncRun, AsyncStart
from .run_progress import Outcome, RunProgress

if TYPE_CHECKING:
    from .journal.entry import Entry
    from .journal.recorder_async import AsyncJournalRecorder
    from .recovery_async import AsyncRecovery

T = TypeVar("T")

log = logging.getLogger("spaceknow_client")


class AsyncPipelines:
    """Starting, finding and following pipelines: `client.pipelines`."""

    def __init__(self, context: AsyncPipelineContext) -> None:
        self.context = context
        self._transport = context.transport

    async def start(
        self, request: Request, *, map_type: str | None = None, reuse: bool = False
    ) -> AsyncPipeline[Any]:
        """Sends an `initiate` and gives the handle of the pipeline that it began.

        With `reuse`, a pipeline of the journal that runs or is resolved takes its place, if the
        host, the user, the operation and the body are the same; nothing is sent then. A failed one
        is begun anew. While another caller sends the same request, this one waits for it.

        Raises AmbiguousRequestError when it may have begun and spends credits, by this call or by
        an earlier one; it is not repeated. Raises ConfigError for `reuse` without a journal, and
        when the journal cannot be written; nothing was sent then.
        """
        if reuse:
            self._journal()
        # Only the id is read strictly: what follows it is not worth losing paid work for.
        try:
            answer = await self._transport.send(request, _started, reuse=reuse)
        except AlreadyStartedError as known:
            token = evolve(PipelineToken.parse(known.handle), body=request.json)
            return AsyncPipeline(self.context, token)
        members = answer.parsed
        started = Started.of(members)
        token = started.token(request, self._transport.environment.base_url)
        if map_type is not None:
            token = evolve(token, map_type=map_type)
        wait = seconds_to_next_try(members.get("nextTry"))
        return AsyncPipeline(self.context, token, first_ask=wait)

    async def recorded(self, request: Request) -> AsyncPipeline[Any] | None:
        """The pipeline of the journal that `start(request, reuse=True)` would give; sends nothing.

        None where there is none, and while another caller sends the same request. Otherwise as
        `start` with `reuse`.
        """
        journal = self._journal()
        await self._transport.prepare(request)  # which tells whose requests these are
        record = journal.record(request, True, self._transport.expires())
        known = await record.look() if record else None
        if known is not None and known.is_unknown:
            raise known.unknown_outcome()
        if known is None or known.pipeline_id is None:
            return None
        return AsyncPipeline(self.context, known.token())

    def attach(self, token_or_id: str, *, operation: str | None = None) -> AsyncPipeline[Any]:
        """The handle of a pipeline that was started elsewhere; no request is sent.

        Takes what `token()` gave, or a bare id together with `operation` (such as
        `kraken.release`). Raises InvalidArgumentError for neither, and for another service's token.
        """
        if not is_name(token_or_id):
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
        return AsyncPipeline(self.context, token)

    async def recover(self, *, check_allocations: bool = False) -> AsyncRecovery:
        """The pipelines that the journal knows, typed, after the process that began them is gone.

        It gives those of this process and of dead ones, of all users of this host, and names the
        requests whose outcome is unknown; no request is sent. With `check_allocations` it asks for
        the price of each allocation of this user whose outcome is unknown (`credits.check_area`,
        which spends nothing): a price of 0 says that it was made; any other leaves it unknown. What
        belongs to another living process is left to it, in whatever container it is.

        Raises ConfigError without a journal, and when it cannot be used.
        """
        from .recovery_async import AsyncRecovery

        return await AsyncRecovery.of(
            self._journal(),
            self._transport.expires,
            lambda token: AsyncPipeline(self.context, token),
            self._settled if check_allocations else None,
        )

    async def _settled(self, entry: Entry) -> Entry:
        """An allocation of unknown outcome, resolved where a price of 0 shows that it was made."""
        body = json.loads(entry.body)
        if "sceneIds" not in body or body.get("costFreeAllocation"):
            return entry  # its price tells nothing
        request = credits_check_area.get_request(body=body)
        try:
            await self._transport.prepare(request)
            if not self._journal().is_mine(entry):
                return entry
            price = await self._transport.send(request, credits_check_area.parse)
        except SpaceKnowError as error:
            log.warning("the outcome of an allocation stays unknown: %s", error)
            return entry
        if price.parsed.cost:
            return entry
        return await self._journal().took_effect(entry, self._transport.expires())

    async def delete_recorded(self, *ids: str) -> None:
        """Deletes entries of the journal by their ids, or by those of their pipelines.

        The same requests can be sent, and paid for, again by `reuse=True`; nothing changes at the
        server. Raises InvalidArgumentError, and deletes nothing, for an id that the journal does
        not have, and while a living process is sending the request; ConfigError without a journal,
        and when it cannot be used.
        """
        for id in ids:
            if not is_name(id):
                raise InvalidArgumentError(f"ids must be strings that are not empty, not {id!r}.")
        await self._journal().delete(ids, self._transport.expires())

    async def as_completed(
        self,
        pipelines: Iterable[AsyncPipeline[T]],
        deadline: float | None = None,
        on_progress: Callable[[AsyncPipeline[T], Progress], object] | None = None,
    ) -> AsyncIterator[AsyncPipeline[T]]:
        """Gives each pipeline when it is over, RESOLVED or FAILED, in the order of their ends.

        `deadline` (seconds) is for all of them together (default: the client's
        `pipeline_deadline`). Raises PipelineTimeoutError for one of those that it passes. They are
        followed while the caller is busy with what it was given, too.
        """
        watch = self.context.workers.watch()
        waiting: dict[AsyncWaiting[T], AsyncPipeline[T]] = {}
        expires = 0.0
        try:
            for pipeline in _checked(pipelines):
                expires = expires or pipeline._expires(deadline)
                job = AsyncWaiting(pipeline, _bound(on_progress, pipeline))
                waiting[job] = pipeline
                watch.add(job)
            while waiting:
                try:
                    job = await watch.next(expires)
                except TimeoutError:
                    break
                yield waiting.pop(job)
            if waiting:
                raise next(iter(waiting.values()))._timed_out()
        except (Exception, GeneratorExit):
            raise
        except BaseException:  # Ctrl-C, or a cancelled task
            tokens = "\n".join(pipeline.token() for pipeline in waiting.values())
            log.warning("no longer waiting; go on with attach(...) of each of these:\n%s", tokens)
            raise
        finally:
            watch.close()

    async def wait_all(
        self,
        pipelines: Iterable[AsyncPipeline[T]],
        deadline: float | None = None,
        on_progress: Callable[[AsyncPipeline[T], Progress], object] | None = None,
    ) -> list[AsyncPipeline[T]]:
        """Waits for all of them; gives them back in their order. As `as_completed` otherwise."""
        together = list(_checked(pipelines))
        async for _ in self.as_completed(together, deadline, on_progress):
            pass
        return together

    def run(
        self,
        calls: Iterable[Callable[[], AsyncStart[T]]],
        *,
        concurrency: int = 100,
        deadline: float | None = None,
        stop_on_error: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> AsyncIterator[Outcome[Callable[[], AsyncStart[T]], AsyncPipeline[T], T]]:
        """Starts a pipeline for each call, and gives each outcome as its result comes.

        Args:
            calls: functions without arguments that start a pipeline each, such as
                `partial(client.kraken.release, "cars", scene_ids=[...], extent=...)`. It may be
                endless: a call is taken from it only when there is room.
            concurrency: the most pipelines that are under way at once, not fetched ones included.
            deadline: seconds for all of them together (default: none). What is under way then
                comes with PipelineTimeoutError, whose token goes on; nothing more is begun. What is
                being begun at that moment comes with AmbiguousRequestError.
            stop_on_error: raise the first error instead of giving it with its input.
            on_progress: is told after each change.

        When it ends early, by an error or since the caller breaks off, what is under way goes on at
        the server: its tokens are logged as a warning.
        """
        given = checked("calls", calls, "a list of functions", _without_argument)
        run: AsyncRun[Callable[[], AsyncStart[T]], T] = AsyncRun(
            self.context,
            ((call, (stage,)) for call, stage in given),
            concurrency=concurrency,
            deadline=deadline,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            total=len(given) if isinstance(given, Sized) else None,
        )
        return run.outcomes()

    def _journal(self) -> AsyncJournalRecorder:
        if self.context.journal is None:
            raise ConfigError(
                "this needs a journal.", hint='Make the client with journal="runs.sqlite".'
            )
        return self.context.journal


def _bound(
    on_progress: Callable[[AsyncPipeline[T], Progress], object] | None, pipeline: AsyncPipeline[T]
) -> Callable[[Progress], object] | None:
    return None if on_progress is None else lambda progress: on_progress(pipeline, progress)


def _checked(pipelines: Iterable[AsyncPipeline[T]]) -> Iterator[AsyncPipeline[T]]:
    def check(name: str, value: Any) -> None:
        if not isinstance(value, AsyncPipeline):
            raise refused(name, AsyncPipeline.__name__, value)

    # A dict by pipeline tells what each is about, as with concurrent.futures.
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
