"""Writes one exception class for each error code, under the group of its API."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

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

# The errors that are written by hand; a class of a code must not take the name of one.
BASE = Path(__file__).parents[2] / "spaceknow_client" / "errors" / "base.py"
HANDWRITTEN = frozenset(re.findall(r"^class (\w+)", BASE.read_text(encoding="utf-8"), re.MULTILINE))


def class_name(code: str) -> str:
    """`NOT-ENOUGH-CREDITS` -> `NotEnoughCreditsError`; a code that ends in ERROR gets no second one."""
    name = "".join(part.capitalize() for part in code.split("-"))
    return name if name.endswith("Error") else f"{name}Error"


def exceptions(document: dict[str, Any]) -> str:
    """The text of `spaceknow_client/errors/codes.py`."""
    errors: dict[str, Any] = document["x-errors"]
    groups = sorted({GROUPS[info["api"]] for info in errors.values()})
    lines = [
        '"""One exception class for each error code of the API."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f"from .base import APIError, {', '.join(groups)}",
    ]
    for code, info in errors.items():
        text = f"{code}: {info['meaning']}"
        doc = textwrap.fill(text, 92, initial_indent='    """', subsequent_indent="    ")
        doc = doc.replace("\\", "\\\\")
        lines += ["", "", f"class {class_name(code)}({GROUPS[info['api']]}):", f'{doc}"""']
    lines += ["", "", "BY_CODE: Final[dict[str, type[APIError]]] = {"]
    lines += [f"    {code!r}: {class_name(code)}," for code in errors]
    lines += ["}", "", "__all__ = ["]
    lines += [f"    {name!r}," for name in sorted(["BY_CODE", *map(class_name, errors)])]
    lines.append("]")
    return "\n".join(lines) + "\n"
