"""Finds operations of the document by name."""

from __future__ import annotations

from difflib import get_close_matches

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.catalogue import OPERATIONS, Operation


def operation_named(name: str) -> Operation:
    """The operation `name`; for a pipeline (`kraken.release`) the one that starts it.

    Raises InvalidArgumentError, with similar names, if it is unknown.
    """
    found = OPERATIONS.get(name) or OPERATIONS.get(f"{name}.initiate")
    if found is None:
        similar = get_close_matches(str(name), OPERATIONS, cutoff=0.4)
        hint = f"Did you mean {' or '.join(similar)}?" if similar else None
        raise InvalidArgumentError(f"unknown operation {shown(name)}", hint=hint)
    return found
