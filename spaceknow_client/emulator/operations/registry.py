"""Handlers by operationId."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from ..accounts.users import User
from ..state import State
from ..stores.pipelines import JSON
from ..validation.failures import AnswerError, Failure


@dataclass(frozen=True)
class OperationRequest:
    """A valid request.

    Attributes:
        operation: operationId.
        body: the parsed body; None if there is none.
        path: path parameters; `query` has the query parameters, and `headers` all headers.
        user: the user; None for an operation without a token, or called without one.
        address: base URL of the emulator.
    """

    operation: str
    body: Any
    path: Mapping[str, str]
    user: User | None
    address: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> User:
        """The user of an operation that requires a token."""
        if self.user is None:
            raise AnswerError("NOT-AUTHORIZED", "This operation requires a token.")
        return self.user


Handler = Callable[[State, OperationRequest], "JSON | Response"]
"""Handles a request: a dict becomes a JSON response with status 200. Raises AnswerError."""

HANDLERS: dict[str, Handler] = {}


def handles(operation: str) -> Callable[[Handler], Handler]:
    """Registers a function as the handler of an operation."""

    def register(handler: Handler) -> Handler:
        HANDLERS[operation] = handler
        return handler

    return register


def started(
    state: State,
    asked: OperationRequest,
    result: Callable[[], JSON],
    *,
    kind: str | None = None,
    provider: str | None = None,
    failure: Failure | None = None,
) -> JSON:
    """Starts a pipeline, which fails if a test requests it; returns the response of an initiate.

    Retrieve operations of the same `kind` return its result: by default that of its pair.
    """
    pair = asked.operation.removesuffix(".initiate")
    plot = state.scripts.take(pair)
    planned = plot.failure if plot else state.failures.take(pair)
    script = plot.started() if plot else None
    return state.pipelines.start(
        kind or f"{pair}.retrieve",
        result,
        provider=provider,
        failure=planned or failure,
        script=script,
    )


def retriever(kind: str, place: str = "body", name: str = "pipelineId") -> Handler:
    """A handler that returns the results of pipelines of a kind; `place` has their ID as `name`."""

    def handle(state: State, asked: OperationRequest) -> JSON | Response:
        given = {"body": asked.body, "path": asked.path, "query": asked.query}
        return state.pipelines.result(given.get(place, asked.headers)[name], kind)

    return handle
