"""An entry of a journal: a request that starts a pipeline or allocates, with its outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from math import isfinite
from typing import Any
from uuid import uuid4

from attrs import evolve, field, fields, frozen

from ...errors.base import AmbiguousRequestError
from ...generated.catalogue import OPERATIONS
from ...generated.types import UNSET, Request
from ...transport.responses import storable
from ..handle import PipelineToken, Started, handed_on, map_type_of, path_of


class State(StrEnum):
    """State of a request. Refused requests have none: their entries are deleted."""

    INTENDED = "intended"  # being sent
    STARTED = "started"
    UNKNOWN = "unknown"  # sent, without a response
    RESOLVED = "resolved"  # the result was fetched, or the allocation was made
    FAILED = "failed"


@frozen(kw_only=True)
class Entry:
    """A request and its outcome.

    Attributes:
        id: ID of this entry, assigned before it is written.
        key: a hash of all that makes requests equal: host, account, operation, path, body.
        operation: name of the operation pair, such as `kraken.release`.
        body: as JSON with sorted members.
        path: path of the request, if it has parameters.
        repeatable: whether sending it twice costs nothing.
        created: seconds since 1970.
        cost: credits spent on an allocation.
        handed: other values that the result of the pipeline requires, as JSON.
    """

    id: str = field(factory=lambda: uuid4().hex)
    key: str
    host: str
    account: str
    operation: str
    body: str = field(repr=False)
    path: str | None
    map_type: str | None
    repeatable: bool = field(converter=bool)
    created: float
    state: State = field(default=State.INTENDED, converter=State)
    pipeline_id: str | None = None
    sub_geometry_id: str | None = None
    request_id: str | None = None
    reason: str | None = None
    cost: float | None = None
    handed: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, request: Request, *, host: str, account: str, now: float) -> Entry:
        """For a request to be sent."""
        operation = OPERATIONS[request.operation]
        body = _canonical(None if request.json is UNSET else request.json)
        parts = [host, account, operation.id, request.path, request.query, body]
        parts += [request.headers] if request.headers else []
        return cls(
            key=sha256(_canonical(parts).encode()).hexdigest(),
            host=host,
            account=account,
            operation=operation.id.removesuffix(".initiate"),
            body=body,
            path=path_of(request),
            map_type=map_type_of(request),
            repeatable=operation.safe_to_repeat,
            created=now,
        )

    def started(self, started: Started, request_id: str | None, handed: str | None = None) -> Entry:
        """The same request, with the pipeline that it started."""
        return evolve(
            self,
            state=State.STARTED,
            pipeline_id=started.pipeline_id,
            sub_geometry_id=started.sub_geometry_id,
            request_id=request_id,
            handed=handed,
        )

    def allocated(self, cost: float | None, request_id: str | None) -> Entry:
        """The same request, an allocation, with its cost if known."""
        return evolve(self, state=State.RESOLVED, cost=cost, request_id=request_id)

    def after(self, request: Request, content: bytes, request_id: str | None) -> Entry | None:
        """The same request after a successful response; None if the response is insufficient."""
        if not self.allocates:
            started = Started.read(content)
            if started is None:
                return None
            return self.started(started, request_id, handed_on(request, started.answer))
        try:
            cost = float(json.loads(content)["cost"])
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            return None
        return self.allocated(cost if isfinite(cost) else None, request_id)

    @property
    def is_unknown(self) -> bool:
        """Whether the outcome of the request is unknown."""
        return self.state == State.UNKNOWN

    @property
    def allocates(self) -> bool:
        """Whether the request is an allocation."""
        return self.operation in OPERATIONS

    @property
    def sent_operation(self) -> str:
        """The operation that the request called."""
        return self.operation if self.allocates else f"{self.operation}.initiate"

    def unknown_outcome(self) -> AmbiguousRequestError:
        """The error for an equal request, which was not sent because this outcome is unknown."""
        return AmbiguousRequestError(
            "not sent: an equal request was sent before, and its outcome is unknown",
            operation=self.sent_operation,
            request_id=self.request_id,
            hint="Find out whether it took effect (client.credits.remaining(), or support). Then pass "
            "it, as listed in client.pipelines.recover().unknown, to `forget`, and send it again.",
        )

    def token(self) -> PipelineToken:
        """The handle of its pipeline. Only for an entry that has one."""
        return PipelineToken(
            pipeline_id=self.pipeline_id or "",
            operation=self.operation,
            host=self.host,
            path=self.path,
            map_type=self.map_type,
            sub_geometry_id=self.sub_geometry_id,
            handed=self.handed,
            body=self._sent(),
        )

    def _sent(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:  # damaged; the pipeline can be followed without it
            return None


@frozen(kw_only=True)
class Allocation:
    """An allocation of an area that was made.

    Attributes:
        body: the request body.
        at: time of the request (UTC).
        cost: credits; None if the response was lost, and a later price of 0 showed that it was made.
        request_id: the server's ID of the request.
        id: ID of its entry in the journal.
    """

    body: Any = field(repr=False)
    at: datetime
    cost: float | None
    request_id: str | None
    id: str = field(repr=False)

    @classmethod
    def of(cls, entry: Entry) -> Allocation:
        """From a resolved entry without pipeline."""
        return cls(
            body=json.loads(entry.body),
            at=datetime.fromtimestamp(entry.created, UTC),
            cost=entry.cost,
            request_id=entry.request_id,
            id=entry.id,
        )


@frozen(kw_only=True)
class UnknownRequest:
    """A request that was sent and whose outcome is unknown.

    Attributes:
        operation: `credits.allocate_area`, or the name of a pair such as `kraken.release`.
        body: the request body.
        map_type: the map type, if the request has one.
        at: time of the request (UTC).
        reason: why the outcome is unknown.
        request_id: the server's ID of the request, if it responded; support needs it.
        id: ID of its entry in the journal.
    """

    operation: str
    body: Any = field(repr=False)
    map_type: str | None
    at: datetime
    reason: str
    request_id: str | None
    id: str = field(repr=False)

    @classmethod
    def of(cls, entry: Entry) -> UnknownRequest:
        """From an entry whose state is UNKNOWN."""
        return cls(
            operation=entry.operation,
            body=json.loads(entry.body),
            map_type=entry.map_type,
            at=datetime.fromtimestamp(entry.created, UTC),
            reason=entry.reason or "",
            request_id=entry.request_id,
            id=entry.id,
        )


def _canonical(value: Any) -> str:
    if isinstance(value, bytes):  # a file: what tells it from others
        value = {"sha256": sha256(value).hexdigest()}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


# Accepted types of values, by column.
COLUMNS: dict[str, tuple[type, ...]] = {
    attribute.name: (
        *((int, float) if str(attribute.type)[:5] in ("bool", "float") else (str,)),
        *((type(None),) if "None" in str(attribute.type) else ()),
    )
    for attribute in fields(Entry)
}


def row_of(entry: Entry) -> list[Any]:
    """The values of an entry in the order of the columns."""
    values = [getattr(entry, name) for name in COLUMNS]
    return [storable(value) if isinstance(value, str) else value for value in values]


def entry_of(row: Sequence[Any]) -> Entry:
    """The entry in a row. Raises ValueError or TypeError for an invalid row."""
    for (name, kinds), value in zip(COLUMNS.items(), row, strict=True):
        if not isinstance(value, kinds):
            raise TypeError(f"{name} is {value!r:.50}")
    entry = Entry(**dict(zip(COLUMNS, row, strict=True)))
    datetime.fromtimestamp(entry.created, UTC)
    settled = entry.state not in (State.INTENDED, State.UNKNOWN)
    if settled and (entry.pipeline_id or "").strip():
        return entry
    json.loads(entry.body)
    if settled and f"{entry.operation}.initiate" in OPERATIONS:
        raise ValueError(f"an entry of {entry.operation} in state {entry.state} has no pipeline")
    return entry
