"""The generator's view: the bundled document, adapted to what openapi-python-client understands.

The published document stays as it is; what is changed here is changed in a copy.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from spaceknow_client.contract.document import (
    DATE_TIME_FORMAT,
    followed,
    is_file,
    media_of,
    operations,
    successes,
)
from spaceknow_client.generated.types import JSON

from .reading import REFERENCE, listed

# Formats that are strings in Python too, whatever class openapi-python-client has for them.
PLAIN_FORMATS = (
    *("byte", "date", "duration", "email", "hostname", "ipv4", "ipv6", "iri", "regex", "time"),
    *("uri", "uri-reference", "uri-template", "uuid"),
)

# Keywords that limit a value. The server checks them; models only store values.
BOUNDS = ("pattern", "minItems", "maxItems", "prefixItems", "minimum", "maximum", "uniqueItems")


def generator_view(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of `document` for the generator.

    - Error answers are left out: the layer reads them, from the catalogue of error codes.
    - An answer that is a file becomes bytes, whatever media types it may have.
    - `anyOf: [enum, string]`, an open enumeration, becomes an enumeration (our template keeps it open).
    - A union with a discriminator is kept as the JSON object that it is: GeoJSON passes through
      untouched, unknown geometry types too.
    - Titles go: openapi-python-client would name classes after them.
    - Schemas that nothing refers to any more are dropped.
    """
    view = copy.deepcopy(document)
    for name in ("x-errors", "x-map-types", "x-datasets"):
        view.pop(name, None)
    schemas = view["components"].get("schemas", {})
    for name, schema in schemas.items():
        schemas[name] = _schema(schema)
    for _, _, operation in operations(view):
        _responses(operation, view)
        _bodies(operation, view)
        _parameters(operation, view)
        operation["security"] = []
    for item in view["paths"].values():
        _parameters(item, view)
    reachable = _reachable(view["paths"], schemas)
    view["components"] = {
        "schemas": {name: schema for name, schema in schemas.items() if name in reachable}
    }
    return view


def _schema(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "discriminator" in schema:
        return {"type": "object", "description": schema.get("description", "")}
    if listed(schema) is not None:
        return _enumeration(schema)
    result = {
        key: _schema(value)
        for key, value in schema.items()
        if key not in BOUNDS and key not in ("examples", "example", "default", "title")
    }
    if schema.get("format") == DATE_TIME_FORMAT:
        result["format"] = "date"  # as upstream.py reads it; a date itself is a string
    elif schema.get("format") in PLAIN_FORMATS:
        del result["format"]
    if schema.get("type") == "array" and "items" not in schema:
        result["items"] = {}
    if "properties" in schema:
        # The server checks alternatives of required members: every member stays optional.
        for keyword in ("anyOf", "oneOf", "allOf"):
            if all("required" in option for option in schema.get(keyword, [{}])):
                result.pop(keyword, None)
        result["properties"] = {
            name: _schema(value) for name, value in schema["properties"].items()
        }
    return result


def _enumeration(schema: dict[str, Any]) -> dict[str, Any]:
    """An enumeration of strings, open or not, stays one; numbers stay numbers. Null is a separate form."""
    values, _ = listed(schema) or ([], False)
    rest = {k: v for k, v in schema.items() if k in ("description", "x-argument")}
    strings = [value for value in values if isinstance(value, str)]
    kinds = [{"type": "integer"}] * any(isinstance(value, int) for value in values)
    forms = [{"type": "string", "enum": strings}] * bool(strings) + kinds
    forms += [{"type": "null"}] * (None in values)
    return rest | (forms[0] if len(forms) == 1 else {"oneOf": forms})


def _responses(operation: dict[str, Any], view: dict[str, Any]) -> None:
    answers: dict[str, Any] = {}
    for status, response in successes(operation, view).items():
        content = response.get("content")
        if content is None:
            answers[status] = {"description": response["description"]}
        elif set(content) == {JSON}:
            answers[status] = {
                "description": response["description"],
                "content": {JSON: {"schema": _schema(content[JSON]["schema"])}},
            }
        else:
            binary = {"schema": {"type": "string", "format": "binary"}}
            answers[status] = {
                "description": response["description"],
                "content": {"application/octet-stream": binary},
            }
    operation["responses"] = answers


def _parameters(holder: dict[str, Any], view: dict[str, Any]) -> None:
    """Headers are moved to the query and marked: some types are not supported in headers."""
    found = []
    for parameter in (followed(one, view) for one in holder.get("parameters", [])):
        place, schema = parameter["in"], _schema(parameter["schema"])
        place = {"in": "query", "x-in": place} if place == "header" else {"in": place}
        found.append({**parameter, **place, "schema": schema})
    holder["parameters"] = found


def _bodies(operation: dict[str, Any], view: dict[str, Any]) -> None:
    """A body is JSON, whatever its media type, or a file."""
    if "requestBody" in operation:
        body = followed(operation["requestBody"], view)
        media = media_of(body)
        binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        content = (
            binary
            if is_file(media)
            else {JSON: {"schema": _schema(body["content"][media]["schema"])}}
        )
        operation["requestBody"] = {**body, "content": content}


def _reachable(start: Any, schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        named = set(REFERENCE.findall(json.dumps(waiting.pop()))) - found
        found |= named
        waiting += [schemas[name] for name in named]
    return found
