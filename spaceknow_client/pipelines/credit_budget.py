"""A limit of credits: an estimate is reserved before it is spent, and then replaced by the cost."""

from __future__ import annotations

import math
import threading
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import Any

from ..errors.base import (
    AmbiguousRequestError,
    CreditLimitError,
    InvalidArgumentError,
    InvalidResponseError,
    SpaceKnowError,
)


class CreditBudget:
    """Maximum credits of one call or one run. Thread-safe.

    Sums are exact, in the decimal notation of the service: ten times 0.1 is 1.
    """

    def __init__(self, limit: Any) -> None:
        amount = _amount(limit)
        if amount is None:
            raise InvalidArgumentError(
                f"max_credits must be a finite number of at least 0, not {_written(limit)}."
            )
        self._limit = amount
        self._spent = Fraction(0)
        self._reserved = Fraction(0)
        self._stopped: str | None = None
        self._lock = threading.Lock()

    @property
    def planned(self) -> float:
        """Credits spent or reserved."""
        return as_float(self._spent + self._reserved)

    @property
    def is_stopped(self) -> bool:
        """Whether starting is no longer allowed."""
        return self._stopped is not None

    def check(self) -> None:
        """Raises CreditLimitError if starting is no longer allowed."""
        if self._stopped is not None:
            raise self._refusal(f"nothing more is started: {self._stopped}", Fraction(0))

    def stop(self, why: str) -> None:
        """Allows no further starts."""
        self._stopped = self._stopped or why

    def reserve(self, estimate: Any, **details: Any) -> Fraction:
        """Reserves an estimate of the service, and returns it as a number.

        `details` are attributes of errors about the response. Raises CreditLimitError if the limit
        would be exceeded, and InvalidResponseError if it is not a price.
        """
        with self._lock:
            self.check()
            amount = self._price(estimate, "estimate", **details)
            if self._spent + self._reserved + amount > self._limit:
                raise self._refusal(
                    f"not started: the estimate is {shown(amount)} credits, and "
                    f"{shown(self._spent + self._reserved)} of at most "
                    f"{shown(self._limit)} are already spent or reserved",
                    amount,
                )
            self._reserved += amount
            return amount

    def free(self, reserved: Fraction) -> None:
        """Releases the reservation of a request that certainly had no effect."""
        with self._lock:
            self._reserved -= reserved

    def settle(self, reserved: Fraction, cost: Any, **details: Any) -> float:
        """Replaces an estimate by the cost.

        Raises InvalidResponseError if the cost is not a price (the estimate stays reserved), and
        CreditLimitError if it exceeds the estimate. Nothing more is started then.
        """
        with self._lock:
            try:
                amount = self._price(cost, "cost", **details)
            except InvalidResponseError as error:
                error.reserved = as_float(reserved)
                raise
            self._reserved -= reserved
            self._spent += amount
            if amount > reserved:
                self._stopped = "an allocation cost more than its estimate"
                excess = self._refusal(
                    f"the allocation cost {shown(amount)} credits, more than its estimate of "
                    f"{shown(reserved)}; {self._told()}",
                    reserved,
                    **details,
                )
                excess.spent = as_float(amount)
                raise excess
            return as_float(amount)

    def heed(self, error: SpaceKnowError) -> None:
        """Stops if the error is a response without a price, and adds that to the error.

        A page of a proxy instead of a response (`may_pass`) does not stop the others.
        """
        cause = error.__cause__ if isinstance(error, AmbiguousRequestError) else error
        if isinstance(cause, InvalidResponseError) and not cause.may_pass:
            with self._lock:
                self.stop("a response of the service contained no price")
                error.message = f"{error.message}; {self._told()}"

    def _price(self, value: Any, what: str, **details: Any) -> Fraction:
        amount = _amount(value)
        if amount is None:
            self._stopped = f"the {what} returned by the service is not a price"
            raise InvalidResponseError(
                f"the service returned {_written(value)} as the {what} in credits; expected a finite "
                f"number of at least 0; {self._told()}",
                hint="Contact SpaceKnow's support with the request ID before you continue.",
                **details,
            )
        return amount

    def _told(self) -> str:
        reserved = f", {shown(self._reserved)} are reserved" if self._reserved else ""
        return f"nothing more is started, {shown(self._spent)} credits were spent{reserved}"

    def _refusal(self, message: str, estimate: Fraction, **details: Any) -> CreditLimitError:
        return CreditLimitError(
            message,
            estimate=as_float(estimate),
            planned=self.planned,
            limit=as_float(self._limit),
            **details,
        )


def _amount(value: Any) -> Fraction | None:
    """A number of credits in decimal notation; None if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return None
    if isinstance(value, Rational):
        amount = Fraction(value)
    else:
        try:
            amount = Fraction(str(float(value) if isinstance(value, Decimal) else value))
        except (ValueError, OverflowError):  # NaN or infinite
            return None
    return amount if amount >= 0 else None


def _written(value: Any) -> str:
    try:
        return repr(value)[:100]
    except ValueError:  # Python does not print integers of more than 4,300 digits
        return "an integer of thousands of digits"


def as_float(amount: Fraction) -> float:
    """The nearest float, infinite if there is none."""
    try:
        return float(amount)
    except OverflowError:
        return math.inf


def shown(amount: Fraction) -> str:
    """For messages: exact if that is short."""
    return f"{as_float(amount):.12g}"
