"""Pipelines: jobs that are started and whose result can be fetched later."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..clock import EmulatorClock
from ..script import Script
from ..validation.failures import AnswerError, Failure
from ..validation.statuses import FAILED_PIPELINE
from .identifiers import Identifiers

JSON = dict[str, Any]

# (message, whether it is about the provider), in order
_STEPS = (
    ("Preparing analysis", False),
    ("Ordering data from provider", True),
    ("Waiting for provider data to become available", True),
    ("Downloading data from provider", True),
    ("Analyzing", False),
    ("Finalizing analysis", False),
)


@dataclass(frozen=True)
class Pipeline:
    """One job.

    Attributes:
        kind: kind of the result, such as `map`; returned by retrieve operations of this kind.
        started: monotonic time of the start.
        result: creates the result for each retrieve.
        failure: why the pipeline fails, or None.
        script: scripted statuses; None if it ages by the clock.
    """

    id: str
    kind: str
    provider: str | None
    started: float
    result: Callable[[], JSON]
    failure: Failure | None
    script: Script | None = None


class Pipelines:
    """All pipelines, which age by the emulator's clock.

    A pipeline is NEW for half of its first `nextTry`, so that a client that waits for it never
    sees NEW; then it is PROCESSING, and ends `seconds` after its start. `nextTry` is at least a second,
    as recorded, or 0 with `zero_next_try` for pipelines under a second.
    """

    def __init__(
        self, seconds: float, seed: int, clock: EmulatorClock, *, zero_next_try: bool = False
    ) -> None:
        if not 0 <= seconds < math.inf:
            raise ValueError(
                f"seconds_per_pipeline must be a number of at least 0, not {seconds!r}."
            )
        self.seconds = seconds
        self._clock = clock
        is_zero = zero_next_try and seconds < 1
        self._next_try = 0 if is_zero else max(1, min(5, round(seconds / 4)))
        self._identifiers = Identifiers(20, seed, "pipeline")
        self._lock = threading.Lock()
        self._pipelines: dict[str, Pipeline] = {}

    def start(
        self,
        kind: str,
        result: Callable[[], JSON],
        *,
        provider: str | None = None,
        failure: Failure | None = None,
        script: Script | None = None,
    ) -> JSON:
        """Starts a pipeline; returns the response of an initiate."""
        pipeline = Pipeline(
            self._identifiers.next(),
            kind,
            provider,
            self._clock.monotonic(),
            result,
            failure,
            script,
        )
        with self._lock:
            self._pipelines[pipeline.id] = pipeline
        return {"pipelineId": pipeline.id, "status": "NEW", "nextTry": self._next_try}

    def state(self, pipeline_id: str, *, with_progress: bool) -> JSON:
        """The response of get-status. Raises AnswerError for an unknown pipeline."""
        pipeline = self._find(pipeline_id)
        if pipeline.script is not None:
            return self._told(pipeline, pipeline.script, with_progress=with_progress)
        age = self._age(pipeline)
        left = self.seconds - age
        if left <= 0:
            return {"status": "FAILED" if pipeline.failure else "RESOLVED"}
        waiting = min(self._next_try, self.seconds) / 2
        state: JSON = {
            "status": "NEW" if age < waiting else "PROCESSING",
            "nextTry": min(self._next_try, math.ceil(left)),
        }
        if with_progress and age >= waiting:
            state["progress"] = _progress((age - waiting) / (self.seconds - waiting), pipeline)
        return state

    def result(self, pipeline_id: str, kind: str) -> JSON:
        """The result of a resolved pipeline. Raises AnswerError if there is none."""
        pipeline = self._find(pipeline_id)
        if pipeline.kind != kind:
            raise _unknown(pipeline_id)
        script = pipeline.script
        if self._age(pipeline) < self.seconds if script is None else not script.is_over:
            raise AnswerError("PIPELINE-NOT-PROCESSED", "The pipeline has not been resolved yet.")
        if pipeline.failure:
            raise AnswerError(*pipeline.failure, status=FAILED_PIPELINE)
        return pipeline.result()

    def _told(self, pipeline: Pipeline, script: Script, *, with_progress: bool) -> JSON:
        """The next scripted status. A pipeline that has failed anyway cannot be resolved."""
        status = script.next()
        if script.is_over:
            return {"status": "FAILED" if pipeline.failure else status}
        state: JSON = {"status": status, "nextTry": self._next_try}
        if with_progress and status == "PROCESSING":
            state["progress"] = _progress(script.share, pipeline)
        return state

    def _find(self, pipeline_id: str) -> Pipeline:
        with self._lock:
            pipeline = self._pipelines.get(pipeline_id)
        if pipeline is None:
            raise _unknown(pipeline_id)
        return pipeline

    def _age(self, pipeline: Pipeline) -> float:
        return self._clock.monotonic() - pipeline.started


def _unknown(pipeline_id: str) -> AnswerError:
    return AnswerError("NON-EXISTENT-PIPELINE", f"Unknown pipeline {pipeline_id[:40]!r}.")


def _progress(share: float, pipeline: Pipeline) -> JSON:
    step = min(len(_STEPS) - 1, int(share * len(_STEPS)))
    message, about_provider = _STEPS[step]
    progress: JSON = {"message": message, "step": step + 1}
    if about_provider and pipeline.provider is not None:
        progress["provider"] = pipeline.provider
    return progress
