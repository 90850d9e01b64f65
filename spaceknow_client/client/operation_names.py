"""Operations of the document by the names that users give them."""

from __future__ import annotations

from difflib import get_close_matches

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.catalogue import OPERATIONS, Operation


def operation_named(name: str) -> Operation:
    """The operation `name`; of a pipeline's pair (`kraken.release`) the one that starts it.

    Raises InvalidArgumentError, with similar names, when there is none.
    """
    found = OPERATIONS.get(name) or OPERATIONS.get(f"{name}.initiate")
    if found is None:
        similar = get_close_matches(str(name), OPERATIONS, cutoff=0.4)
        hint = f"Similar ones: {', '.join(similar)}." if similar else None
        raise InvalidArgumentError(f"there is no operation {shown(name)}", hint=hint)
    return found
