"""A ceiling of credits: an estimate is reserved before it is spent, and then replaced by the cost."""

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
    """Credits that one call or one run may spend. Threads may share it.

    Sums are exact, as the decimal numbers that the service writes: ten times 0.1 is 1.
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
        """Credits that were spent or are reserved."""
        return as_float(self._spent + self._reserved)

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more may be started."""
        return self._stopped is not None

    def check(self) -> None:
        """Raises CreditLimitError when nothing more may be started."""
        if self._stopped is not None:
            raise self._refusal(f"nothing more is started: {self._stopped}", Fraction(0))

    def stop(self, why: str) -> None:
        """Lets nothing more be started."""
        self._stopped = self._stopped or why

    def reserve(self, estimate: Any, **details: Any) -> Fraction:
        """Sets an estimate of the service aside, and gives it as a number.

        `details` tell errors whose answer it was. Raises CreditLimitError when that would be over
        the limit, and InvalidResponseError when it is no price.
        """
        with self._lock:
            self.check()
            amount = self._price(estimate, "estimate", **details)
            if self._spent + self._reserved + amount > self._limit:
                raise self._refusal(
                    f"this is estimated at {shown(amount)} credits, and of the "
                    f"{shown(self._limit)} that may be spent "
                    f"{shown(self._spent + self._reserved)} are spent or reserved; "
                    "it was not started",
                    amount,
                )
            self._reserved += amount
            return amount

    def free(self, reserved: Fraction) -> None:
        """The request provably took no effect."""
        with self._lock:
            self._reserved -= reserved

    def settle(self, reserved: Fraction, cost: Any, **details: Any) -> float:
        """Replaces an estimate by what was paid.

        Raises InvalidResponseError when that is no price (the estimate stays reserved), and
        CreditLimitError when it is above the estimate. Nothing more is started then.
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
                    f"the allocation cost {shown(amount)} credits, and its estimate was "
                    f"{shown(reserved)}; {self._told()}",
                    reserved,
                    **details,
                )
                excess.spent = as_float(amount)
                raise excess
            return as_float(amount)

    def heed(self, error: SpaceKnowError) -> None:
        """Stops when the error is that an answer told no price, and says so in it.

        A page of a proxy in place of an answer (`may_pass`) does not stop others.
        """
        cause = error.__cause__ if isinstance(error, AmbiguousRequestError) else error
        if isinstance(cause, InvalidResponseError) and not cause.may_pass:
            with self._lock:
                self.stop("an answer of the service told no price")
                error.message = f"{error.message}; {self._told()}"

    def _price(self, value: Any, what: str, **details: Any) -> Fraction:
        amount = _amount(value)
        if amount is None:
            self._stopped = f"the {what} that the service answered is no price"
            raise InvalidResponseError(
                f"{_written(value)} was answered as the {what} in credits, which must be a finite "
                f"number of at least 0; {self._told()}",
                hint="Ask SpaceKnow's support, with the request id, before you go on.",
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
    """A number of credits as it is written in decimals; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return None
    if isinstance(value, Rational):
        amount = Fraction(value)
    else:
        try:
            amount = Fraction(str(float(value) if isinstance(value, Decimal) else value))
        except (ValueError, OverflowError):  # not a number, or infinite
            return None
    return amount if amount >= 0 else None


def _written(value: Any) -> str:
    try:
        return repr(value)[:100]
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "an integer of thousands of digits"


def as_float(amount: Fraction) -> float:
    """As the nearest float, infinite where there is none."""
    try:
        return float(amount)
    except OverflowError:
        return math.inf


def shown(amount: Fraction) -> str:
    """For people: exact where that is short."""
    return f"{as_float(amount):.12g}"
