"""What sends the requests of a login and of a permission check: a transport, whichever it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from ..generated.types import Request, Response

T = TypeVar("T")


class AsyncSender(Protocol):
    """Sends a request until it is answered, before the moment `expires`. Raises SpaceKnowError."""

    def send(
        self, request: Request, parse: Callable[[Any], T], *, expires: float | None = None
    ) -> Awaitable[Response[T]]:
        """What the service answers."""
        ...


class Sender(Protocol):
    """As AsyncSender, for threads."""

    def send(
        self, request: Request, parse: Callable[[Any], T], *, expires: float | None = None
    ) -> Response[T]:
        """What the service answers."""
        ...
