"""What a fan-out tells while it runs, and what it gives for each of its inputs."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from attrs import define, field, frozen

from ..errors.base import CreditLimitError, InvalidArgumentError, SpaceKnowError

I = TypeVar("I")  # noqa: E741  # the input
P = TypeVar("P")  # the handle of the pipeline
T = TypeVar("T")  # its result


@frozen(kw_only=True)
class Outcome(Generic[I, P, T]):
    """What became of one input of a fan-out.

    Attributes:
        input: what was given.
        pipeline: the pipeline that was begun for it; None when none was.
        error: why there is no result; None when there is one.
    """

    input: I
    pipeline: P | None
    error: SpaceKnowError | None
    _result: T | None = field(repr=False, alias="result")

    @property
    def result(self) -> T:
        """The result. Raises `error` when there is none."""
        if self.error is not None:
            raise self.error
        return self._result  # type: ignore[return-value]  # there is one when there is no error


@frozen(kw_only=True)
class RunProgress:
    """How far a fan-out is.

    Attributes:
        total: how many inputs there are; None while that is not known.
        begun: inputs that were taken up.
        done: of these, the ones that have a result.
        failed: of these, the ones that have an error.
        credits: estimated cost of what was begun; None without `max_credits`.
    """

    total: int | None
    begun: int
    done: int
    failed: int
    credits: float | None = None


@define
class CreditBudget:
    """Credits that a fan-out may spend. Threads may share it.

    Attributes:
        limit: the most that may be spent.
        planned: what was set aside so far.
    """

    limit: float
    planned: float = 0.0
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, (int, float)):
            raise InvalidArgumentError(f"max_credits is a number, not {self.limit!r}.")
        if not self.limit >= 0:
            raise InvalidArgumentError(f"max_credits is a number of at least 0, not {self.limit}.")

    def set_aside(self, cost: float) -> None:
        """Plans to spend `cost`. Raises CreditLimitError when that would be over the limit."""
        with self._lock:
            if self.planned + cost > self.limit:
                raise CreditLimitError(
                    f"the next release is estimated at {cost:g} credits, and {self.planned:g} of "
                    f"the {self.limit:g} that may be spent are planned already; it was not begun",
                    estimate=cost,
                    planned=self.planned,
                    limit=self.limit,
                    hint="Raise max_credits to go on.",
                )
            self.planned += cost
