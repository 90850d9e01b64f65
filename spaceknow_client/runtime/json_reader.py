"""Parses JSON of responses: with orjson if it is installed (extra `orjson`), else with `json`.

Both return the same values and raise the same errors. Input that orjson rejects is passed to the
standard library, which accepts NaN, unpaired surrogates and a byte order mark. One difference remains:
orjson returns a float for an integer of more than 64 bits, which the API does not use.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_fast: Callable[[bytes], Any] | None
try:
    from orjson import loads as _fast
except ImportError:
    _fast = None


def read_json(content: bytes) -> Any:
    """The value. Raises ValueError (invalid JSON or UTF-8) or RecursionError (nested too deeply)."""
    if _fast is not None:
        try:
            return _fast(content)
        except ValueError:
            pass
    return json.loads(content)
