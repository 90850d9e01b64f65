"""The properties of an item that STAC extensions allow, from their documentation.

Their own schemas are on the web only, and tests do not need the web.
"""

from __future__ import annotations

from typing import Any

HOST = "https://stac-extensions.github.io"


def number(least: float, most: float) -> dict[str, Any]:
    return {"type": "number", "minimum": least, "maximum": most}


def extension(title: str, members: dict[str, Any], *, needs_one: bool = True) -> dict[str, Any]:
    """All members with a prefix are known; most extensions require one of them if they are declared."""
    properties: dict[str, Any] = {
        "type": "object",
        "properties": {f"{title}:{name}": content for name, content in members.items()},
        "patternProperties": {f"^(?!{title}:)": {}},
        "additionalProperties": False,
    }
    if needs_one:
        properties["anyOf"] = [{"required": [f"{title}:{name}"]} for name in members]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "properties": {"properties": properties},
    }


EXTENSIONS: dict[str, dict[str, Any]] = {
    # It also has `bands`, which an item without assets must not have.
    f"{HOST}/eo/v1.1.0/schema.json": extension("eo", {"cloud_cover": number(0, 100)}),
    f"{HOST}/view/v1.0.0/schema.json": extension(
        "view",
        {
            "off_nadir": number(0, 90),
            "sun_azimuth": number(0, 360),
            "sun_elevation": number(-90, 90),
        },
    ),
    f"{HOST}/projection/v2.0.0/schema.json": extension(
        "proj",
        {
            "code": {"type": "string", "pattern": "^EPSG:[0-9]+$"},
            "transform": {
                "type": "array",
                "minItems": 6,
                "maxItems": 6,
                "items": {"type": "number"},
            },
        },
        needs_one=False,
    ),
}
