# Compiled by `python -m generator` from recovery_async.py. Never edit by hand.
# ruff: noqa
"""The pipelines recovered from a journal after the process that wrote it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

from attrs import field, frozen

from ..errors.base import InvalidArgumentError
from ..runtime.concurrency import Promise
from .handle import PipelineToken
from .journal.entry import Allocation, Entry, UnknownRequest
from .journal.recorder import JournalRecorder

if TYPE_CHECKING:
    from .pipeline import Pipeline


@frozen(kw_only=True)
class Recovery:
    """The pipelines of this process and of ended processes, and requests of unknown outcome.

    Iterating over it yields the pipelines.

    Attributes:
        pipelines: the pipelines, oldest first, including resolved and failed ones.
        allocations: areas that were allocated, with their cost.
        unknown: requests that were sent without a response. They are not retried: find out whether
            they took effect (credits, support), then pass them to `forget`.
    """

    pipelines: list[Pipeline[Any]]
    unknown: list[UnknownRequest]
    allocations: list[Allocation] = field(factory=list)
    _recorder: JournalRecorder = field(repr=False, alias="recorder")
    _expires: Callable[[], float] = field(repr=False, alias="expires")
    _ids: dict[str, list[str]] = field(repr=False, alias="ids")  # IDs of entries, by pipeline ID

    def forget(self, *items: Pipeline[Any] | Allocation | UnknownRequest) -> None:
        """Hides pipelines and allocations from the next `recover()`; without arguments, all of them.

        `reuse=True` still finds them. The same request can be sent again only after an entry of
        unknown outcome was passed here explicitly, or after a deletion by ID
        (`pipelines.delete_recorded`). Raises InvalidArgumentError for an item that is not listed here,
        ConfigError if the journal cannot be used.
        """
        known = self._ids | {request.id: [request.id] for request in self.unknown}
        chosen = [getattr(item, "id", None) for item in items] or list(self._ids)
        if not known.keys() >= set(chosen):
            raise InvalidArgumentError("items must be listed by this recovery.")
        ids = [id for name in chosen if name is not None for id in known[name]]
        self._recorder.forget(ids, self._expires())

    @classmethod
    def of(
        cls,
        recorder: JournalRecorder,
        expires: Callable[[], float],
        attach: Callable[[PipelineToken], Pipeline[Any]],
        settled: Callable[[Entry], Promise[Entry]] | None,
    ) -> Self:
        """Reads the journal; `attach` creates the pipelines, `settled` tries to settle an allocation."""
        entries = recorder.recover(expires())
        if settled is not None:
            entries = [
                settled(entry) if entry.is_unknown and entry.allocates else entry
                for entry in entries
            ]
        ids: dict[str, list[str]] = {}
        started: list[Entry] = []
        for entry in entries:
            if not entry.is_unknown and entry.pipeline_id is not None:
                ids.setdefault(entry.pipeline_id, []).append(entry.id)
                started.append(entry)
        made = [entry for entry in entries if entry.allocates and not entry.is_unknown]
        ids |= {entry.id: [entry.id] for entry in made}
        return cls(
            pipelines=[attach(entry.token()) for entry in started],
            allocations=[Allocation.of(entry) for entry in made],
            unknown=[UnknownRequest.of(entry) for entry in entries if entry.is_unknown],
            recorder=recorder,
            expires=expires,
            ids=ids,
        )

    def __iter__(self) -> Iterator[Pipeline[Any]]:
        return iter(self.pipelines)

    def __len__(self) -> int:
        return len(self.pipelines)
