# Compiled by `python -m generator` from run_async.py. Never edit by hand.
# ruff: noqa
"""A fan-out: starts, polls and fetches a limited number of concurrent pipelines for any number of inputs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Any, Generic, TypeVar

from attrs import define, field

from ..errors.base import (
    AmbiguousRequestError,
    CreditLimitError,
    InvalidArgumentError,
    PipelineTimeoutError,
    SpaceKnowError,
)
from ..errors.shown import shown
from ..runtime.clock import Clock
from ..runtime.concurrency import Promise, Stream
from .context import PipelineContext
from .credit_budget import CreditBudget
from .pipeline import Fetching, Pipeline
from .polling import LONGEST, checked_deadline
from .run_progress import Outcome, RunProgress

I = TypeVar("I")  # noqa: E741  # the input
T = TypeVar("T")

log = logging.getLogger("spaceknow_client")

Start = Promise[Pipeline[T]]
# The steps for one input: each receives the result of the step before, and starts a pipeline or
# returns None to end.
Stage = Callable[[Any], Promise[Pipeline[Any] | None]]
Stages = Iterable[Stage]


@define(eq=False)
class Running(Generic[I]):
    """The job of one input: its pipelines, one after another."""

    input: I
    _clock: Clock
    _stages: Iterator[Stage]
    _each: float
    _budget: CreditBudget | None
    result: Any = None
    error: SpaceKnowError | None = None
    abandoned: bool = False
    _due: float = field(init=False)
    _stage: Stage | None = field(init=False)
    _expires: float = field(init=False, default=inf)
    _fetching: Fetching[Any] | None = field(init=False, default=None)
    _stepping: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._due = self._clock.monotonic()
        self._stage = next(self._stages)

    @property
    def pipeline(self) -> Pipeline[Any] | None:
        """The pipeline of the last step, once started."""
        return None if self._stage or self._fetching is None else self._fetching.pipeline

    @property
    def due(self) -> float:
        """When the next step is due."""
        return self._due if self._fetching is None else min(self._fetching.due, self._expires)

    def step(self, expires: float | None) -> bool:
        """Starts the next pipeline, or polls the current one."""
        self._stepping = True  # must come first, see `abandon`
        try:
            return self.abandoned or self._step(expires)
        except SpaceKnowError as error:
            self.error = error
            if self._budget is not None and self._fetching is not None and self._stage is not None:
                self._budget.heed(error)  # the awaited result is an estimate
            is_to_know = isinstance(error, AmbiguousRequestError) or error.spent or error.reserved
            if self.abandoned and is_to_know:
                log.warning("error in an abandoned run: %s", error)
            return True
        finally:
            self._stepping = False

    def _step(self, expires: float | None) -> bool:
        if self._fetching is None:
            return self._stage is None or self._start(self._stage)
        if not self._fetching.step(expires):
            if self._clock.monotonic() < self._expires:
                return False
            raise self._fetching.pipeline._timed_out()
        self.result = self._fetching.result
        if self._stage is None:
            return True
        self._fetching, self._due = None, self._clock.monotonic()
        return False

    def _start(self, phase: Stage) -> bool:
        pipeline = phase(self.result)
        self._stage = next(self._stages, None)
        if pipeline is None:
            return True
        self._fetching = Fetching(pipeline, None)
        self._expires = self._clock.monotonic() + self._each
        if self.abandoned:
            paid = f"; its allocation cost {pipeline.spent:.12g} credits" if pipeline.spent else ""
            log.warning(
                "started after its run was abandoned; to resume, call attach(%r)%s",
                pipeline.token(),
                paid,
            )
        return self.abandoned

    def abandon(self) -> SpaceKnowError:
        """Abandons the job: starts nothing more, and returns an error with its state.

        A worker first notes that it steps and then checks whether the job was abandoned; here the
        order is reversed, so that at least one of the two notices the other.
        """
        self.abandoned = True
        stepping = self._stepping
        if self.error is not None:
            return self.error
        if self.pipeline is not None:
            return self.pipeline._timed_out()
        if stepping and self._fetching is None:
            return AmbiguousRequestError(
                "the deadline passed while the pipeline was being started; its outcome will be logged"
            )
        return PipelineTimeoutError(
            "the deadline passed before the pipeline was started", hint="Start it again."
        )

    def outcome(self, error: SpaceKnowError | None = None) -> Outcome[I, Pipeline[Any], Any]:
        """The outcome of the input."""
        error = error or self.error
        result = None if error else self.result
        spent = self.pipeline.spent if self.pipeline else None
        if error is not None and error.spent is not None:
            spent = error.spent
        return Outcome(
            input=self.input,
            pipeline=self.pipeline,
            error=error,
            spent=spent,
            reserved=error.reserved if error else None,
            result=result,
        )


class Run(Generic[I, T]):
    """One fan-out. `each` is the time limit of each pipeline in seconds, `deadline` that of the run."""

    def __init__(
        self,
        context: PipelineContext,
        inputs: Iterable[tuple[I, Stages]],
        *,
        concurrency: int,
        deadline: float | None,
        stop_on_error: bool,
        on_progress: Callable[[RunProgress], object] | None,
        total: int | None,
        budget: CreditBudget | None = None,
        each: float = inf,
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise InvalidArgumentError(
                f"concurrency must be a whole number of at least 1, not {shown(concurrency)}."
            )
        self._context = context
        self._inputs = iter(inputs)
        self._concurrency = concurrency
        self._expires = context.transport.clock.monotonic() + (
            LONGEST if deadline is None else checked_deadline(deadline)
        )
        self._stop_on_error = stop_on_error
        self._on_progress = on_progress
        self._total = total
        self._budget = budget
        self._each = each
        self._running: set[Running[I]] = set()
        self._started = self._done = self._failed = 0
        self._bad_input: InvalidArgumentError | None = None

    def outcomes(self) -> Stream[Outcome[I, Pipeline[T], T]]:
        """Each outcome when it is complete."""
        watch = self._context.workers.watch()
        more = True
        try:
            while True:
                while more and len(self._running) < self._concurrency:
                    more = self._start_next(watch.add)
                if not self._running:
                    break
                try:
                    job = watch.next(self._expires)
                except TimeoutError:
                    watch.close()  # otherwise workers would start more while the caller is busy
                    if self._budget is not None:
                        self._budget.stop("the deadline of the run has passed")
                    break
                self._running.discard(job)
                outcome = job.outcome()
                more = more and not isinstance(outcome.error, CreditLimitError)
                more = more and not (self._budget and self._budget.is_stopped)
                self._count(outcome)
                yield outcome
            for job in list(self._running):
                self._running.discard(job)
                outcome = job.outcome(job.abandon())
                self._count(outcome)
                yield outcome
            if self._bad_input is not None:
                raise InvalidArgumentError(
                    f"{self._bad_input.message.rstrip('.')}. {self._started} were started before it "
                    f"({self._done} done, {self._failed} failed), and none after it.",
                    hint=self._bad_input.hint,
                )
        finally:
            watch.close()
            self._abandon()

    def _start_next(self, add: Callable[[Running[I]], None]) -> bool:
        """Starts the job of the next input; False if there is none."""
        try:
            input, phases = next(self._inputs)
        except StopIteration:
            return False
        except InvalidArgumentError as error:  # from an iterator; lists were checked before
            self._bad_input = error
            return False
        clock = self._context.transport.clock
        job = Running(input, clock, iter(phases), self._each, self._budget)
        self._running.add(job)
        add(job)
        self._started += 1
        self._tell()
        return True

    def _count(self, outcome: Outcome[I, Pipeline[T], T]) -> None:
        if outcome.error is None:
            self._done += 1
        else:
            self._failed += 1
        self._tell()
        if outcome.error is not None and self._stop_on_error:
            raise outcome.error

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(
                RunProgress(
                    total=self._total,
                    started=self._started,
                    done=self._done,
                    failed=self._failed,
                    credits=None if self._budget is None else self._budget.planned,
                )
            )

    def _abandon(self) -> None:
        """Logs the handles of running pipelines, and stops spending."""
        if self._budget is not None:
            self._budget.stop("the run has ended")
        tokens = []
        for job in self._running:
            job.abandoned = True
            if job.pipeline is not None:
                tokens.append(job.pipeline.token())
        if tokens:
            lines = "\n".join(tokens)
            log.warning(
                "no longer waiting; to resume, call attach(...) with each of these:\n%s", lines
            )
