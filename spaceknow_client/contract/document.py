"""The OpenAPI document that is part of this package."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import Any


def bundled_document() -> dict[str, Any]:
    """Reads and parses the document. The caller owns the result, and keeps it if it needs it again."""
    folder = files("spaceknow_client") / "generated"
    packed = folder / "openapi.json.gz"  # in a wheel
    if packed.is_file():
        content = gzip.decompress(packed.read_bytes())
    else:
        content = (folder / "openapi.json").read_bytes()
    document: dict[str, Any] = json.loads(content)
    return document
