"""The result of one attempt: a response, or an error with the delivery outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from ..errors.base import APIError, SpaceKnowError
from .retry import Delivery

if TYPE_CHECKING:
    from .http_messages import HTTPResponse


class AlreadyStartedError(Exception):
    """The pipeline of the request is already in the journal. Caught where it was started."""

    def __init__(self, handle: str) -> None:
        super().__init__(handle)
        self.handle = handle


class InProgressError(Exception):
    """Another caller, in this or another process, is sending the same request."""


@frozen(kw_only=True)
class AttemptResult:
    """A successful response, or an error with the delivery outcome of the request."""

    answer: HTTPResponse | None
    error: SpaceKnowError | None
    delivery: Delivery

    @property
    def status(self) -> int | None:
        """The HTTP status, if a response was received."""
        return self.answer.status if self.answer else None

    @property
    def had_no_effect(self) -> bool:
        """Whether the request certainly had no effect: it was not sent, or it was refused."""
        if self.delivery is Delivery.UNSENT:
            return True
        return (
            isinstance(self.error, APIError)
            and self.status is not None
            and self.status < 500
            and self.status != 408
        )
