"""Parses the bodies of requests, and writes JSON responses."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from ...contract.document import DATE_TIME, Schema
from ...contract.parameters import form_value
from ...generated.types import FORM, is_json

MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;\s*[\w.+-]+=[^\s;]+)*\s*")


class JSONAnswer(Response):
    """A JSON response with the API's media type.

    In ASCII: a request can contain half of a surrogate pair, which UTF-8 could not return.
    """

    media_type = "application/json; charset=utf-8"

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def read(body: bytes, media_type: str, described: Schema, document: Schema) -> Any:
    """The value of a body of this media type: of JSON, of a form, or the bytes of a file.

    `described` is the document's description of the body. Raises ValueError for an invalid body,
    including NaN and infinite numbers, and RecursionError.
    """
    form = described.get("content", {}).get(media_type)
    if media_type == FORM:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
        names = dict.fromkeys(name for name, _ in pairs)
        texts = {name: [text for each, text in pairs if each == name] for name in names}
        return form_value((form or {}).get("schema", {}), texts, document)
    if not is_json(media_type):
        if form is None:
            raise ValueError(f"unsupported media type {media_type}")
        return body
    text = body.decode("utf-8")
    return json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)


def media_type_of(content_type: str | None) -> str:
    """The media type in lower case; JSON without one, as some public clients send it."""
    return (content_type or "application/json").partition(";")[0].strip().lower()


def date_time(value: str | None) -> datetime | None:
    """The aware UTC time of a validated string."""
    return None if value is None else datetime.strptime(value, DATE_TIME).replace(tzinfo=UTC)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is invalid JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _whole(text: str) -> int:
    _finite(text)
    return int(text)
