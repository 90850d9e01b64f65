"""What a fan-out tells while it runs, and what it gives for each of its inputs."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import field, frozen

from ..errors.base import SpaceKnowError

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
        spent: credits that the allocation cost; None without `allocate`, and where none was made.
        reserved: credits that it may have cost, by its estimate, where its outcome is unknown.
    """

    input: I
    pipeline: P | None
    error: SpaceKnowError | None
    spent: float | None = None
    reserved: float | None = None
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
        credits: what was spent or is reserved; None without `max_credits`. With `allocate` that
            is what allocations cost, without it what dry runs estimated of all that was begun.
    """

    total: int | None
    begun: int
    done: int
    failed: int
    credits: float | None = None
