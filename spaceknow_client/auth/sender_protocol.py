"""The protocol of a transport, as logins and permission checks need it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from ..generated.types import Request, Response

T = TypeVar("T")


class AsyncSender(Protocol):
    """Sends a request, with retries until the time `expires`. Raises SpaceKnowError."""

    def send(
        self, request: Request, parse: Callable[[Any], T], *, expires: float | None = None
    ) -> Awaitable[Response[T]]:
        """The response of the service."""
        ...


class Sender(Protocol):
    """As AsyncSender, for threads."""

    def send(
        self, request: Request, parse: Callable[[Any], T], *, expires: float | None = None
    ) -> Response[T]:
        """The response of the service."""
        ...
