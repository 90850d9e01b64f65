"""The exception class of each error code, and the group of those of each API."""

from __future__ import annotations

import re
from pathlib import Path

# What errors.yaml may name as the API of a code, beside the tags of the document.
BESIDE_TAGS = ("general", "ragnar")
# The names of APIs whose tags do not tell how they are written, and their headings.
WRITTEN = {"geojsondb": "GeoJSONDB"}
TITLES = {
    "general": "General",
    "ragnar": "Ragnar API (imagery)",
    "geojsondb": "GeoJSON DB API",
}

# The errors that are written by hand; a class of a code must not take the name of one.
BASE = Path(__file__).parents[2] / "spaceknow_client" / "errors" / "base.py"
HANDWRITTEN = frozenset(re.findall(r"^class (\w+)", BASE.read_text(encoding="utf-8"), re.MULTILINE))


def group_name(api: str) -> str:
    """The group of the codes of an API: `kraken` -> `KrakenError`."""
    name = WRITTEN.get(api) or "".join(part.capitalize() for part in api.split("_"))
    return f"{name}Error"


def title(api: str) -> str:
    """The heading of an API."""
    return TITLES.get(api) or f"{api.replace('_', ' ').capitalize()} API"


def class_name(code: str) -> str:
    """`NOT-ENOUGH-CREDITS` -> `NotEnoughCreditsError`; a code that ends in ERROR gets no second one."""
    name = "".join(part.capitalize() for part in code.split("-"))
    return name if name.endswith("Error") else f"{name}Error"
