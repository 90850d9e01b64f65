"""The exception class of each error code, and the base class of the codes of each API."""

from __future__ import annotations

import re
from pathlib import Path

# Values of `api` of a code in errors.yaml, in addition to the tags of the document.
BESIDE_TAGS = ("general", "ragnar")
# The spelling of APIs whose tags do not show it, and their headings.
WRITTEN = {"geojsondb": "GeoJSONDB"}
TITLES = {
    "general": "General",
    "ragnar": "Ragnar API (imagery)",
    "geojsondb": "GeoJSON DB API",
}

# The errors that are written by hand; a class of a code must not have the same name.
BASE = Path(__file__).parents[2] / "spaceknow_client" / "errors" / "base.py"
HANDWRITTEN = frozenset(re.findall(r"^class (\w+)", BASE.read_text(encoding="utf-8"), re.MULTILINE))


def group_name(api: str) -> str:
    """The base class of the codes of an API: `kraken` -> `KrakenError`."""
    name = WRITTEN.get(api) or "".join(part.capitalize() for part in api.split("_"))
    return f"{name}Error"


def title(api: str) -> str:
    """The heading of an API."""
    return TITLES.get(api) or f"{api.replace('_', ' ').capitalize()} API"


def class_name(code: str) -> str:
    """`NOT-ENOUGH-CREDITS` -> `NotEnoughCreditsError`; a code that ends in ERROR gets no second one."""
    name = "".join(part.capitalize() for part in code.split("-"))
    return name if name.endswith("Error") else f"{name}Error"
