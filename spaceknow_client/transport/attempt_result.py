"""What one attempt brought, what that says of the request's effect, and why there was none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from ..errors.base import APIError, SpaceKnowError
from .retry import Delivery

if TYPE_CHECKING:
    from .http_messages import HTTPResponse


class AlreadyStartedError(Exception):
    """The request needs not be sent: its pipeline is in the journal. Caught where it was started."""

    def __init__(self, handle: str) -> None:
        super().__init__(handle)
        self.handle = handle


class InProgressError(Exception):
    """Another caller, in whatever process, is sending the same request at this moment."""


@frozen(kw_only=True)
class AttemptResult:
    """An answer of success, or an error with what is known of the request's fate."""

    answer: HTTPResponse | None
    error: SpaceKnowError | None
    delivery: Delivery

    @property
    def status(self) -> int | None:
        """The HTTP status, where there is an answer."""
        return self.answer.status if self.answer else None

    @property
    def began_nothing(self) -> bool:
        """Whether the request provably took no effect: it was not sent, or it was refused."""
        if self.delivery is Delivery.UNSENT:
            return True
        return (
            isinstance(self.error, APIError)
            and self.status is not None
            and self.status < 500
            and self.status != 408
        )
