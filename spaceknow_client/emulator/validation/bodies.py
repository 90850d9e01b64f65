"""Bodies of requests and answers: what is read from them, and how JSON is written."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

_DATE_TIME = "%Y-%m-%d %H:%M:%S"


class JSONAnswer(Response):
    """A JSON answer with the API's media type.

    Plain ASCII: a request may hold half of a surrogate pair, which UTF-8 could not echo.
    """

    media_type = "application/json; charset=utf-8"

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def load_json(body: bytes, **_: str) -> Any:
    """A JSON value. Raises ValueError for what is none, NaN and endless numbers too."""
    text = body.decode("utf-8")
    return json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)


def parsed(body: bytes, content_type: str) -> Any:
    """The value of a JSON or form body; None if it is empty or cannot be read."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True)) if body else None
        return load_json(body) if body and is_json(media_type) else None
    except (ValueError, RecursionError):
        return None


def is_json(media_type: str) -> bool:
    """Whether a media type means JSON."""
    return media_type == "application/json" or media_type.endswith("+json")


def is_date_time(value: Any) -> bool:
    """Whether a string is a time that exists, `YYYY-MM-DD HH:MM:SS` (the document's format)."""
    if not isinstance(value, str):
        return True
    try:
        datetime.strptime(value, _DATE_TIME).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def date_time(value: str | None) -> datetime | None:
    """The aware UTC time of a checked string."""
    return None if value is None else datetime.strptime(value, _DATE_TIME).replace(tzinfo=UTC)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _whole(text: str) -> int:
    _finite(text)
    return int(text)
