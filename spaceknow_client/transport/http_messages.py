"""What one attempt sends, what comes back, and what is raised when nothing usable does. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors.base import ConfigError
from ..runtime.version import __version__
from .retry import Delivery

USER_AGENT = f"spaceknow-client/{__version__}"


@dataclass(frozen=True, kw_only=True)
class HTTPRequest:
    """What one attempt sends.

    Attributes:
        timeout: seconds that sending it and receiving the answer may take.
        max_bytes: the most that the answer's body may have, inflated.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    timeout: float
    max_bytes: int


@dataclass(frozen=True, kw_only=True)
class HTTPResponse:
    """What the server answered. `headers` are by lower-case name."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


class AttemptError(Exception):
    """An attempt without a whole answer. Its text holds no address, header or body."""

    def __init__(self, message: str, *, delivery: Delivery, timed_out: bool = False) -> None:
        super().__init__(message)
        self.delivery = delivery
        self.timed_out = timed_out

    def __reduce__(self) -> tuple[Any, ...]:
        return _attempt_error, (str(self), self.delivery, self.timed_out)


def _attempt_error(message: str, delivery: Delivery, timed_out: bool) -> AttemptError:
    return AttemptError(message, delivery=delivery, timed_out=timed_out)


class UnusableError(Exception):
    """There is an answer, but its body is not read."""

    def __init__(self, problem: str, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(problem)
        self.status = status
        self.headers = headers


def closed() -> ConfigError:
    """The error for a call on a client that was closed."""
    return ConfigError("the client is closed.", hint="Make a new one, or use it inside its `with`.")
