"""Strict versions of the document's schemas.

In the document, objects and enumerations are open, because clients must accept new members and values.
To find these, the schemas are closed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .document import Schema, followed, resolved

UNIONS = {"oneOf", "anyOf"}


def readable(node: Any, document: Schema, *, closed: bool) -> Any:
    """A copy of a schema, or of a mapping of schemas, for validation.

    In a union with a discriminator only the discriminator selects the alternative, so that an error
    is found in the right one. `closed`: objects accept only the members that they list (an object
    that lists none, or has `additionalProperties: true`, stays open), and open enumerations only
    their known values.
    """
    if isinstance(node, list):
        return [readable(each, document, closed=closed) for each in node]
    if not isinstance(node, dict):
        return node
    if closed and isinstance(node.get("allOf"), list):
        node = resolved(node, document)  # separately, its parts would refuse each other's members
    if closed and is_open_enum(node):
        return readable(node["anyOf"][0], document, closed=closed)
    copy = {
        name: readable(each, document, closed=closed)
        for name, each in node.items()
        if name != "examples" or not isinstance(each, list)
    }
    if isinstance(node.get("discriminator"), dict) and UNIONS & node.keys():
        return _told_apart(copy, members(node, document))
    if closed and node.get("type") == "object" and isinstance(node.get("properties"), dict):
        copy.setdefault("additionalProperties", False)
    return copy


def members(union: Schema, document: Schema) -> dict[str, Schema]:
    """The alternatives of a union with a discriminator, by the value that selects each.

    The value is from the alternative itself (`const`, `enum`), from the mapping, or the name of the
    schema.
    """
    told = union["discriminator"]
    mapping: dict[str, str] = told.get("mapping", {})
    found: dict[str, Schema] = {}
    for member in [each for keyword in UNIONS for each in union.get(keyword, ())]:
        schema = resolved(member, document).get("properties", {}).get(told["propertyName"], {})
        schema = resolved(schema, document)
        values = [schema["const"]] if "const" in schema else schema.get("enum", [])
        values = values or [value for value, to in mapping.items() if to == member.get("$ref")]
        for value in values or [str(member.get("$ref", "")).rpartition("/")[2]]:
            found[value] = member
    return found


def _told_apart(union: Schema, members: dict[str, Schema]) -> Schema:
    """A union with a discriminator, expressed in JSON Schema."""
    name = union.pop("discriminator")["propertyName"]
    for keyword in UNIONS:
        union.pop(keyword, None)
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
    """Whether a schema lists known values of a string and accepts others too."""
    either = node.get("anyOf")
    return (
        isinstance(either, list)
        and len(either) == 2
        and "enum" in either[0]
        and either[1] == {"type": either[0].get("type")}
    )


class SchemaLocation(NamedTuple):
    """The description of a member: its schema, and whether its object requires it."""

    schema: Schema
    required: bool


def places(node: Schema, member: str, document: Schema) -> list[SchemaLocation]:
    """The descriptions of a member such as `results[].bands[].gsd` in a schema; can be empty."""
    found = [SchemaLocation(node, required=True)]
    for step in member.replace("[]", ".[]").split(".") if member else ():
        if step:
            found = [new for place in found for new in _children(place.schema, step, document)]
    return found


def _children(node: Schema, step: str, document: Schema) -> Iterator[SchemaLocation]:
    for choice in choices(node, document):
        if step == "[]" and isinstance(choice.get("items"), dict):
            yield SchemaLocation(choice["items"], required=False)
        elif step in choice.get("properties", {}):
            yield SchemaLocation(
                choice["properties"][step], required=step in choice.get("required", ())
            )


def choices(node: Schema, document: Schema) -> Iterator[Schema]:
    """A schema without references, or the alternatives of a union."""
    node = followed(node, document)
    either = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    if not either or "properties" in node:
        yield node
    for each in either:
        if "properties" not in node:
            yield from choices(each, document)
