"""Writes one exception class for each error code, under the group of its API."""

from __future__ import annotations

import textwrap
from typing import Any

from .document import DocumentError

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


def class_name(code: str) -> str:
    """`NOT-ENOUGH-CREDITS` -> `NotEnoughCreditsError`; a code that ends in ERROR gets no second one."""
    name = "".join(part.capitalize() for part in code.split("-"))
    return name if name.endswith("Error") else f"{name}Error"


def exceptions(document: dict[str, Any]) -> str:
    """The text of `spaceknow_client/errors/codes.py`."""
    errors: dict[str, Any] = document["x-errors"]
    by_name: dict[str, str] = {}
    for code, info in errors.items():
        if info["api"] not in GROUPS:
            raise DocumentError(
                f"errors.yaml: {code} belongs to the API {info['api']!r}; known are "
                f"{', '.join(GROUPS)}."
            )
        other = by_name.setdefault(class_name(code), code)
        if other != code:
            raise DocumentError(
                f"errors.yaml: {code} and {other} would both be {class_name(code)}."
            )
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
        text = f"{code}: {info['meaning']} {info['hint']}"
        doc = textwrap.fill(text, 92, initial_indent='    """', subsequent_indent="    ")
        doc = doc.replace("\\", "\\\\")
        lines += ["", "", f"class {class_name(code)}({GROUPS[info['api']]}):", f'{doc}"""']
    lines += ["", "", "BY_CODE: Final[dict[str, type[APIError]]] = {"]
    lines += [f"    {code!r}: {class_name(code)}," for code in errors]
    lines += ["}", "", "__all__ = ["]
    lines += [f"    {name!r}," for name in sorted(["BY_CODE", *by_name])]
    lines.append("]")
    return "\n".join(lines) + "\n"
