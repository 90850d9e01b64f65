"""Progress and outcomes of a fan-out."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import field, frozen

from ..errors.base import SpaceKnowError

I = TypeVar("I")  # noqa: E741  # the input
P = TypeVar("P")  # the pipeline
T = TypeVar("T")  # its result


@frozen(kw_only=True)
class Outcome(Generic[I, P, T]):
    """The outcome of one input of a fan-out.

    Attributes:
        input: the input.
        pipeline: the pipeline started for it, or None.
        error: why there is no result, or None.
        spent: credits spent on the allocation; None without `allocate`, and if none was made.
        reserved: credits that an allocation of unknown outcome might have spent, as estimated.
    """

    input: I
    pipeline: P | None
    error: SpaceKnowError | None
    spent: float | None = None
    reserved: float | None = None
    _result: T | None = field(repr=False, alias="result")

    @property
    def result(self) -> T:
        """The result. Raises `error` if there is none."""
        if self.error is not None:
            raise self.error
        return self._result  # type: ignore[return-value]  # there is one when there is no error


@frozen(kw_only=True)
class RunProgress:
    """Progress of a fan-out.

    Attributes:
        total: number of inputs; None while unknown.
        started: number of inputs that were started.
        done: number of started inputs with a result.
        failed: number of started inputs with an error.
        credits: credits spent or reserved; None without `max_credits`. With `allocate`, the costs
            of allocations; without, the estimates of dry runs for all that was started.
    """

    total: int | None
    started: int
    done: int
    failed: int
    credits: float | None = None
