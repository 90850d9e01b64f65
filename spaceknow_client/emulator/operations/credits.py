"""Credits of the caller's group."""

from __future__ import annotations

from ..pipelines import JSON
from ..state import State
from .registry import Asked, handles


@handles("credits.remaining")
def remaining(state: State, asked: Asked) -> JSON:
    """What the caller's group can still spend."""
    return {"remainingCredit": asked.caller.group.credits}
