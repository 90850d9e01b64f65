"""Reads parts of a bundled document, in addition to `spaceknow_client.contract.document`."""

from __future__ import annotations

import re
from typing import Any

from spaceknow_client.contract.document import Schema, followed, media_of

# Of a schema, in JSON text.
REFERENCE = re.compile(r"#/components/schemas/([^\"]+)")


def name_of(schema: Schema) -> str | None:
    """The name of the component that a schema refers to."""
    reference = schema.get("$ref")
    return reference.rsplit("/", 1)[-1] if isinstance(reference, str) else None


def listed(schema: Schema) -> tuple[list[Any], bool] | None:
    """The values of an enumeration, and whether it is open: `anyOf: [{enum: [...]}, {type: string}]`."""
    if "enum" in schema:
        return schema["enum"], False
    options = schema.get("anyOf", [])
    closed = [option["enum"] for option in options if "enum" in option]
    plain = [each for each in options if each.get("type") in ("string", "integer")]
    return (closed[0], True) if len(options) == 2 and len(closed) == 1 and plain else None


def json_schema(content: Schema) -> Schema | None:
    """The schema of a body or a response: of its JSON, if it has several media types."""
    media: dict[str, Schema] = content.get("content", {})
    return media[media_of(content)].get("schema", {}) if media else None


def json_body(operation: Schema, document: Schema) -> Schema | None:
    """The schema of the request body of an operation."""
    return json_schema(followed(operation.get("requestBody", {}), document))


def parameters(path: str, operation: Schema, document: Schema) -> dict[tuple[str, str], Schema]:
    """The parameters by place and name: those of the path first, in the order of its template."""
    shared = document["paths"][path].get("parameters", [])
    listed = [followed(one, document) for one in [*shared, *operation.get("parameters", [])]]
    found = {(one["in"], one["name"]): one for one in listed}

    def order(key: tuple[str, str]) -> int:
        return path.find(f"{{{key[1]}}}") if key[0] == "path" else len(path)

    return {key: found[key] for key in sorted(found, key=order)}


def roles(operation: Schema, document: Schema) -> list[str]:
    """The permissions that an operation names, in all alternatives."""
    every = [
        role
        for option in security(operation, document)
        for named in option.values()
        for role in named
    ]
    return [*dict.fromkeys(map(str, every))]


def security(operation: Schema, document: Schema) -> list[dict[str, list[str]]]:
    """The alternatives of an operation: schemes that it requires together, each with its permissions."""
    found: Any = operation.get("security", document.get("security", []))
    return list(found)


def needs(operation: Schema, document: Schema) -> str:
    """The requirements of an operation in words; empty if only a token is required."""
    named = [option for option in security(operation, document) if option]
    if len(named) == 1 and len(named[0]) == 1:
        return " and ".join(f"`{role}`" for role in roles(operation, document))
    ways = []
    for option in named:
        parts = [
            f"{scheme} ({' and '.join(f'`{role}`' for role in needed)})" if needed else scheme
            for scheme, needed in option.items()
        ]
        ways.append(" with ".join(parts))
    return ", or ".join(ways)


def schemes(document: Schema) -> dict[str, Schema]:
    """The security schemes."""
    found: dict[str, Schema] = document["components"].get("securitySchemes", {})
    return {name: followed(scheme, document) for name, scheme in found.items()}
