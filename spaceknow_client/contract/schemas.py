"""The document's schemas, read as strictly as they are written.

The document leaves objects and enumerations open, since clients have to bear with new things. To
find these new things its schemas are closed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/"


def strict(node: Any, schemas: dict[str, Schema]) -> Any:
    """A copy of a schema, or of a mapping of them, that takes no more than it names.

    Objects take the members that they list (one that lists none, or says
    `additionalProperties: true`, stays open), open enumerations their known values, and a union
    with a discriminator is told apart by it alone, so that a mistake is found in the right member.
    """
    if isinstance(node, list):
        return [strict(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    if is_open_enum(node):
        return strict(node["anyOf"][0], schemas)
    copy = {name: strict(each, schemas) for name, each in node.items() if name != "examples"}
    if isinstance(node.get("oneOf"), list) and isinstance(node.get("discriminator"), dict):
        return closed(copy, schemas)
    if node.get("type") == "object" and isinstance(node.get("properties"), dict):
        copy.setdefault("additionalProperties", False)
    return copy


def closed(union: Schema, schemas: dict[str, Schema]) -> Schema:
    """A union with a discriminator, in JSON Schema's own words: a type picks its member."""
    name = union.pop("discriminator")["propertyName"]
    members = {
        named(member, schemas)["properties"][name]["const"]: member for member in union.pop("oneOf")
    }
    picks = [
        {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": member}
        for value, member in members.items()
    ]
    choice = {
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": list(members)}},
        "allOf": picks,
    }
    return {**union, "allOf": [*union.get("allOf", []), choice]}


def is_open_enum(node: Schema) -> bool:
    """Whether a schema names known values of a string and takes any other, too."""
    either = node.get("anyOf")
    return (
        isinstance(either, list)
        and len(either) == 2
        and "enum" in either[0]
        and either[1] == {"type": either[0].get("type")}
    )


def named(node: Schema, schemas: dict[str, Schema]) -> Schema:
    """What a schema refers to, or itself."""
    while "$ref" in node:
        node = schemas[node["$ref"].removeprefix(REFERENCE)]
    return node


class SchemaLocation(NamedTuple):
    """Where a member is described: its schema, and whether the object around it requires it."""

    schema: Schema
    required: bool


def places(node: Schema, member: str, schemas: dict[str, Schema]) -> list[SchemaLocation]:
    """Where a schema describes a member such as `results[].bands[].gsd`; empty: nowhere."""
    found = [SchemaLocation(node, required=True)]
    for step in member.replace("[]", ".[]").split(".") if member else ():
        if step:
            found = [new for place in found for new in _children(place.schema, step, schemas)]
    return found


def _children(node: Schema, step: str, schemas: dict[str, Schema]) -> Iterator[SchemaLocation]:
    for choice in choices(node, schemas):
        if step == "[]" and isinstance(choice.get("items"), dict):
            yield SchemaLocation(choice["items"], required=False)
        elif step in choice.get("properties", {}):
            yield SchemaLocation(
                choice["properties"][step], required=step in choice.get("required", ())
            )


def choices(node: Schema, schemas: dict[str, Schema]) -> Iterator[Schema]:
    """A schema without references, or those of which it is the union."""
    node = named(node, schemas)
    either = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    if not either or "properties" in node:
        yield node
    for each in either:
        if "properties" not in node:
            yield from choices(each, schemas)
