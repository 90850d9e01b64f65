"""Decides when to poll a pipeline next. Pure logic, shared by both clients."""

from __future__ import annotations

import random
from typing import Any

from attrs import frozen

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown

# The server's recommendation in recorded responses, used if it recommends nothing readable.
DEFAULT_NEXT_TRY = 5.0
MIN_NEXT_TRY = 0.1
MAX_NEXT_TRY = 300.0
JITTER = 0.1

# Seconds; a longer deadline means never. Some integers are too large for a float.
LONGEST = 1e12

# Seconds of continuous outage after which waiting ends. Shorter outages only cost time.
OUTAGE_BUDGET = 3600.0


@frozen(kw_only=True)
class Progress:
    """Progress of a pipeline.

    Attributes:
        message: current activity, in the server's words.
        provider: the imagery provider that it waits for, if any.
        step: number of the current step, or None.
        steps: total number of steps (6).
    """

    message: str
    provider: str | None = None
    step: int | None = None
    steps: int = 6

    @classmethod
    def read(cls, value: Any) -> Progress | None:
        """From the member `progress` of a response: an object, or a string from older services.

        Progress is only informative: an unreadable value gives None, never an error.
        """
        if isinstance(value, str):
            return cls(message=value)
        if not isinstance(value, dict) or not isinstance(value.get("message"), str):
            return None
        provider, step = value.get("provider"), value.get("step")
        return cls(
            message=value["message"],
            provider=provider if isinstance(provider, str) else None,
            step=step if isinstance(step, int) and not isinstance(step, bool) else None,
        )


def checked_deadline(deadline: Any) -> float:
    """A number of seconds. Raises InvalidArgumentError."""
    if (
        isinstance(deadline, bool)
        or not isinstance(deadline, (int, float))
        or deadline != deadline  # NaN: no time would be after it
    ):
        raise InvalidArgumentError(f"deadline must be a number of seconds, not {shown(deadline)}.")
    return float(min(deadline, LONGEST))


def seconds_to_next_try(next_try: Any) -> float:
    """`nextTry` as a wait: a minimum, with implausible values limited.

    Nothing is added to the server's value: each pipeline has its own interval, and a client limits its
    concurrent requests. Without a value, as in an outage that affects all pipelines, jitter spreads
    polls.
    """
    if isinstance(next_try, bool) or not isinstance(next_try, (int, float)) or next_try != next_try:
        return DEFAULT_NEXT_TRY * (1 + random.uniform(0, JITTER))
    # Limited before the conversion, because an integer can be too large for a float.
    return float(min(max(next_try, MIN_NEXT_TRY), MAX_NEXT_TRY))
