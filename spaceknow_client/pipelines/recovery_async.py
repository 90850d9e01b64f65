"""What a journal gives back after the process that wrote it is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

from attrs import field, frozen

from ..errors.base import InvalidArgumentError
from ..runtime.concurrency import AsyncPromise
from .handle import PipelineToken
from .journal.entry import Allocation, Entry, UnknownRequest
from .journal.recorder_async import AsyncJournalRecorder

if TYPE_CHECKING:
    from .pipeline_async import AsyncPipeline


@frozen(kw_only=True)
class AsyncRecovery:
    """The pipelines of this process and of dead ones, and what nobody knows. Iterating it gives the
    pipelines.

    Attributes:
        pipelines: their handles, the oldest first; those that are resolved or failed too.
        allocations: areas that were allocated, with what that cost.
        unknown: requests that were sent and got no answer. They are not repeated: find out whether
            they took effect (credits, support), then forget them.
    """

    pipelines: list[AsyncPipeline[Any]]
    unknown: list[UnknownRequest]
    allocations: list[Allocation] = field(factory=list)
    _recorder: AsyncJournalRecorder = field(repr=False, alias="recorder")
    _ids: dict[str, str] = field(repr=False, alias="ids")  # of entries, by the pipelines' ids

    async def forget(self, *items: AsyncPipeline[Any] | UnknownRequest) -> None:
        """Deletes these of its items from the journal; without arguments, all that it lists.

        A request that is forgotten is sent again by `reuse=True`. Raises InvalidArgumentError for
        what is not listed here, ConfigError when the journal cannot be used.
        """
        ids = self._ids | {request.id: request.id for request in self.unknown}
        chosen = [item.id for item in items] or list(ids)
        if not ids.keys() >= set(chosen):
            raise InvalidArgumentError("only what this recovery lists can be forgotten by it.")
        await self._recorder.forget([ids[name] for name in chosen])

    @classmethod
    async def of(
        cls,
        recorder: AsyncJournalRecorder,
        elsewhere: bool,
        attach: Callable[[PipelineToken], AsyncPipeline[Any]],
        settled: Callable[[Entry], AsyncPromise[Entry]] | None,
    ) -> Self:
        """Asks the journal; `attach` makes the handles, `settled` tries to settle an allocation."""
        entries = await recorder.recover(elsewhere)
        if settled is not None:
            entries = [
                await settled(entry) if entry.is_unknown and entry.allocates else entry
                for entry in entries
            ]
        begun = [entry for entry in entries if entry.pipeline_id is not None]
        return cls(
            pipelines=[attach(entry.token()) for entry in begun],
            allocations=[
                Allocation.of(entry)
                for entry in entries
                if entry.allocates and not entry.is_unknown
            ],
            unknown=[UnknownRequest.of(entry) for entry in entries if entry.is_unknown],
            recorder=recorder,
            ids={entry.pipeline_id or "": entry.id for entry in begun},
        )

    def __iter__(self) -> Iterator[AsyncPipeline[Any]]:
        return iter(self.pipelines)

    def __len__(self) -> int:
        return len(self.pipelines)
