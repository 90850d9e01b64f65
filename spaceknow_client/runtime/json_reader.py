"""Reading the JSON of answers: with orjson where it is installed (extra `orjson`), else with `json`.

Both give the same values and the same errors. What orjson refuses, the standard library is asked
about: it takes NaN, halves of surrogate pairs and a byte order mark, and its word counts. One
difference is left: orjson makes a float of an integer of more than 64 bits. The API has none.
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
    """The value. Raises ValueError (no JSON, no UTF-8) or RecursionError (nested too deeply)."""
    if _fast is not None:
        try:
            return _fast(content)
        except ValueError:
            pass
    return json.loads(content)
