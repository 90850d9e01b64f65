"""Handlers by operationId."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from ..failures import AnswerError
from ..state import State
from ..users import User


@dataclass(frozen=True)
class Asked:
    """A request that the document accepts.

    Attributes:
        body: the parsed body; None if there is none.
        path: parameters of the path.
        user: the caller; None for an operation that takes no token, or was called without one.
    """

    body: Any
    path: Mapping[str, str]
    user: User | None

    @property
    def caller(self) -> User:
        """The caller of an operation that needs a token."""
        if self.user is None:
            raise AnswerError("NOT-AUTHORIZED", "A token is needed here.")
        return self.user


Handler = Callable[[State, Asked], "dict[str, Any] | Response"]
"""Answers a request: a dict is a JSON answer with status 200. Raises AnswerError for an error."""

HANDLERS: dict[str, Handler] = {}


def handles(operation: str) -> Callable[[Handler], Handler]:
    """Registers a function as the handler of an operation."""

    def register(handler: Handler) -> Handler:
        HANDLERS[operation] = handler
        return handler

    return register
