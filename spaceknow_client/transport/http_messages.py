"""Requests, responses and errors of one attempt. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors.base import ConfigError
from ..runtime.version import __version__
from .retry import Delivery

NO_BODY = (204, 304)  # statuses of responses without a body, whatever their headers say
USER_AGENT = f"spaceknow-client/{__version__}"
OWN_HEADERS = (
    *("accept", "accept-encoding", "authorization", "connection", "content-encoding"),
    *("content-length", "content-type", "cookie", "expect", "host", "te", "trailer"),
    *("transfer-encoding", "upgrade", "user-agent"),
)
"""Headers of HTTP or of the client itself, which no parameter can have."""


@dataclass(frozen=True, kw_only=True)
class HTTPRequest:
    """The request of one attempt.

    Attributes:
        timeout: seconds to send it and receive the response.
        max_bytes: maximum size of the response body, decompressed.
        has_secret_query: whether the query of the URL contains a key.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    timeout: float
    max_bytes: int
    has_secret_query: bool = False

    def has_the_head_of(self, other: HTTPRequest) -> bool:
        """Whether both requests have the same head; the bodies can differ."""
        mine, others = self.content, other.content
        return (
            self.method == other.method
            and self.headers == other.headers
            and (mine is None) is (others is None)
            and len(mine or b"") == len(others or b"")
        )


class Headers(Mapping[str, str]):
    """Headers of a response, case-insensitive; repeated headers are joined with commas.

    httpx.Headers does the same, but takes several times the CPU for each poll.
    """

    __slots__ = ("_values",)

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        """`raw` has lower-case names."""
        self._values: dict[str, str] = {}
        for name, value in raw:
            key, text = name.decode("latin-1"), _text(value)
            known = self._values.get(key)
            self._values[key] = text if known is None else f"{known}, {text}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


@dataclass(frozen=True, kw_only=True)
class HTTPResponse:
    """The response of the server. `headers` are by lower-case name."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether its status is 2xx."""
        return 200 <= self.status < 300

    @property
    def is_told_by_status(self) -> bool:
        """Whether its meaning does not depend on the body: an error, or a status without body."""
        return not self.is_success or self.status in NO_BODY


class AttemptError(Exception):
    """An attempt without a complete response. Its text contains no URL, header or body."""

    def __init__(self, message: str, *, delivery: Delivery, timed_out: bool = False) -> None:
        super().__init__(message)
        self.delivery = delivery
        self.timed_out = timed_out

    def __reduce__(self) -> tuple[Any, ...]:
        return _attempt_error, (str(self), self.delivery, self.timed_out)


def _attempt_error(message: str, delivery: Delivery, timed_out: bool) -> AttemptError:
    return AttemptError(message, delivery=delivery, timed_out=timed_out)


class UnusableError(Exception):
    """A successful response whose body is not read. (Other statuses count without a body.)

    `may_pass`: whether a proxy may be the cause.
    """

    def __init__(
        self, problem: str, status: int, headers: Mapping[str, str], *, may_pass: bool = False
    ) -> None:
        super().__init__(problem)
        self.status = status
        self.headers = headers
        self.may_pass = may_pass


def closed() -> ConfigError:
    """The error for a call on a closed client."""
    return ConfigError(
        "the client is closed.", hint="Create a new client, or use it inside its `with` block."
    )
