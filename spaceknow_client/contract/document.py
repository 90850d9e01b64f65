"""Reads the OpenAPI document of this package, and other bundled documents."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

Schema = dict[str, Any]

DATE_TIME_FORMAT = "spaceknow-date-time"
DATE_TIME = "%Y-%m-%d %H:%M:%S"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def bundled_document() -> dict[str, Any]:
    """Reads and parses the document. The result is not cached."""
    folder = files("spaceknow_client") / "generated"
    packed = folder / "openapi.json.gz"  # in a wheel
    if packed.is_file():
        content = gzip.decompress(packed.read_bytes())
    else:
        content = (folder / "openapi.json").read_bytes()
    document: dict[str, Any] = json.loads(content)
    return document


def is_date_time(value: Any) -> bool:
    """Whether a string is a valid time in the document's format."""
    if not isinstance(value, str):
        return True
    try:
        return f"{datetime.strptime(value, DATE_TIME).replace(tzinfo=UTC):{DATE_TIME}}" == value
    except ValueError:
        return False


def operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """(path, method, operation), in the document's order."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def successes(operation: Schema, document: Schema) -> dict[str, Schema]:
    """The success responses of an operation, by status."""
    return {
        status: followed(response, document)
        for status, response in operation["responses"].items()
        if str(status).startswith("2")
    }


def links(operation: Schema, document: Schema) -> dict[str, Schema]:
    """The links of the success responses, by name."""
    return {
        name: followed(link, document)
        for response in successes(operation, document).values()
        for name, link in response.get("links", {}).items()
    }


def result_of(operation: Schema, document: Schema) -> str | None:
    """The operation that fetches the result of the pipeline that `operation` starts."""
    targets = (str(one.get("operationId", "")) for one in links(operation, document).values())
    return next((target for target in targets if target.endswith(".retrieve")), None)


def followed(value: Schema, document: Schema) -> Schema:
    """A value with its references resolved."""
    while "$ref" in value:
        target: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def resolved(schema: Schema, document: Schema) -> Schema:
    """A schema with references resolved and `allOf` merged. Members next to these take precedence."""
    parts = [followed(schema, document)] if "$ref" in schema else []
    found = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    for part in reversed([*parts, *schema.get("allOf", [])]):
        other = resolved(part, document)
        for key in ("properties", "required"):
            if key in other and key in found:
                both = other[key], found[key]
                other[key] = both[0] | both[1] if key == "properties" else [*both[0], *both[1]]
                del found[key]
        found = other | found
    return found
