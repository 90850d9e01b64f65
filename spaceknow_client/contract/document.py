"""The OpenAPI document that is part of this package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def bundled_document() -> dict[str, Any]:
    """Reads and parses the document. The caller owns the result, and keeps it if it needs it again."""
    text = files("spaceknow_client").joinpath("generated", "openapi.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
