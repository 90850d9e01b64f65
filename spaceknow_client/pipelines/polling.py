"""When to ask for a pipeline's status next. Pure decisions, shared by both clients."""

from __future__ import annotations

import random
from typing import Any

from attrs import frozen

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown

# What the server recommends in its recorded answers, used where it recommends nothing readable.
DEFAULT_NEXT_TRY = 5.0
MIN_NEXT_TRY = 0.1
MAX_NEXT_TRY = 300.0
JITTER = 0.1

# Seconds; a deadline beyond it means never. No float is as large as some integers.
LONGEST = 1e12

# How many seconds the service may be away in a row before a wait gives up. Outages cost time only.
OUTAGE_BUDGET = 3600.0


@frozen(kw_only=True)
class Progress:
    """How far a pipeline is.

    Attributes:
        message: what the server does now, in its words.
        provider: the imagery provider that it waits for, if any.
        step: number of the step, None where the server tells none.
        steps: how many steps there are (6).
    """

    message: str
    provider: str | None = None
    step: int | None = None
    steps: int = 6

    @classmethod
    def read(cls, value: Any) -> Progress | None:
        """From the member `progress` of an answer: an object, or a plain text from older services.

        Progress is for people to look at: what cannot be read is None, never an error.
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
        or deadline != deadline  # not a number: no moment would be after it
    ):
        raise InvalidArgumentError(f"a deadline is a number of seconds, not {shown(deadline)}.")
    return float(min(deadline, LONGEST))


def seconds_to_next_try(next_try: Any) -> float:
    """`nextTry` as a wait: a floor, with absurd values clamped.

    Nothing is added to what the server says: each pipeline has a pace of its own, and a client has
    only so many requests under way at once. Where it says nothing, as in an outage that all
    pipelines share, jitter spreads them.
    """
    if isinstance(next_try, bool) or not isinstance(next_try, (int, float)) or next_try != next_try:
        return DEFAULT_NEXT_TRY * (1 + random.uniform(0, JITTER))
    # Clamped before it becomes a float: an integer may be too large for one.
    return float(min(max(next_try, MIN_NEXT_TRY), MAX_NEXT_TRY))
