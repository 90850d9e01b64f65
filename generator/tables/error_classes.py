"""The exception class of each error code, and the group of each API."""

from __future__ import annotations

import re
from pathlib import Path

# The API that errors.yaml names -> the handwritten group of errors/base.py.
GROUPS = {
    "general": "GeneralError",
    "tasking": "TaskingError",
    "ragnar": "RagnarError",
    "kraken": "KrakenError",
    "credits": "CreditsError",
    "geojsondb": "GeoJSONDBError",
    "datacube": "DatacubeError",
}
# The same, as a heading.
TITLES = {
    "general": "General",
    "tasking": "Tasking API",
    "ragnar": "Ragnar API (imagery)",
    "kraken": "Kraken API",
    "credits": "Credits API",
    "geojsondb": "GeoJSON DB API",
    "datacube": "Datacube API",
}

# The errors that are written by hand; a class of a code must not take the name of one.
BASE = Path(__file__).parents[2] / "spaceknow_client" / "errors" / "base.py"
HANDWRITTEN = frozenset(re.findall(r"^class (\w+)", BASE.read_text(encoding="utf-8"), re.MULTILINE))


def class_name(code: str) -> str:
    """`NOT-ENOUGH-CREDITS` -> `NotEnoughCreditsError`; a code that ends in ERROR gets no second one."""
    name = "".join(part.capitalize() for part in code.split("-"))
    return name if name.endswith("Error") else f"{name}Error"
