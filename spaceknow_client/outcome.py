"""What one attempt brought, and what that says of the request's effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from .errors.base import APIError, SpaceKnowError
from .retry import Fate

if TYPE_CHECKING:
    from ._http import Answer


@frozen(kw_only=True)
class Outcome:
    """An answer of success, or an error with what is known of the request's fate."""

    answer: Answer | None
    error: SpaceKnowError | None
    fate: Fate

    @property
    def status(self) -> int | None:
        """The HTTP status, where there is an answer."""
        return self.answer.status if self.answer else None

    @property
    def began_nothing(self) -> bool:
        """Whether the request provably took no effect: it was not sent, or it was refused."""
        if self.fate is Fate.UNSENT:
            return True
        return (
            isinstance(self.error, APIError)
            and self.status is not None
            and self.status < 500
            and self.status != 408
        )
