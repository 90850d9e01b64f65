"""User: the caller's account."""

from __future__ import annotations

from ..pipelines import JSON
from ..state import State
from .registry import Asked, handles


@handles("user.info")
def info(state: State, asked: Asked) -> JSON:
    """Who the caller is."""
    user = asked.caller
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "accounting": user.group.name,
        "permissions": list(user.permissions),
    }
