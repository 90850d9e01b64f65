"""The schemas: what the generated models could not express, or would express wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from ..document.names import (
    RESERVED_CLASSES,
    RESERVED_MEMBERS,
    enumeration_name,
    member_name,
    model_name,
    module_name,
)
from .house_rules import hold
from .place import SourceLocation, similar

# Objects whose keys are names of the author's choice, and values that are data.
NAMED = ("content", "headers", "links", "paths", "properties", "responses", "schemas", "variables")
DATA = (
    "const",
    "default",
    "enum",
    "example",
    "examples",
    "mapping",
    "value",
    "x-errors",
    "x-map-types",
    "x-datasets",
)

# Keywords with schemas below them, first those that say what a value is made of.
MAPS = ("properties", "$defs")
LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
SINGLE = ("items", "additionalProperties")


def objects(place: SourceLocation, named: bool = False) -> Iterator[SourceLocation]:
    """The objects at any depth whose members OpenAPI defines, data and lists of names left out."""
    if isinstance(place.value, dict) and not named:
        yield place
    for inner in place:
        if isinstance(inner.value, (dict, list)) and (named or inner.name not in DATA):
            yield from objects(inner, not named and inner.name in NAMED)


def carriers(root: SourceLocation) -> Iterator[SourceLocation]:
    """Media types, parameters and headers: what has a schema."""
    return (place for place in objects(root) if isinstance(place["schema"].value, dict))


def roots(root: SourceLocation) -> Iterator[SourceLocation]:
    """Every schema that is in no other one."""
    yield from root["components"]["schemas"]
    yield from (carrier["schema"] for carrier in carriers(root))


def walk(schema: SourceLocation) -> Iterator[SourceLocation]:
    """A schema and those that it is made of; references are not followed."""
    if isinstance(schema.value, dict):
        yield schema
        for key in schema.value:
            if key in MAPS or key in LISTS:
                for inner in schema[key]:
                    yield from walk(inner)
            elif key in SINGLE:
                yield from walk(schema[key])


def check(root: SourceLocation) -> None:
    modules: dict[str, SourceLocation] = {}
    for schema in root["components"]["schemas"]:
        _name(schema, modules)
    for top in roots(root):
        for schema in walk(top):
            hold("schema", schema)
            _values(schema)
            _members(schema, top)
            if _is_object(schema) and schema.path[:-1] != ("components", "schemas"):
                schema.mistake(
                    "an object without a name would be a class without one. Move it to a file of "
                    "openapi/schemas/ under a name, and refer to it here."
                )


def _name(schema: SourceLocation, modules: dict[str, SourceLocation]) -> None:
    name = schema.name
    other = modules.setdefault(module_name(model_name(name)), schema)
    if model_name(name) != name:
        text = f"the schema {name!r} would be the class {model_name(name)}."
        schema.mistake(f"{text} Rename it to {model_name(name)}.")
    elif name in RESERVED_CLASSES:
        schema.mistake(f"{name} is a class of the generated code itself. Rename the schema.")
    elif other is not schema:
        text = f"{name} and {other.name} ({other}) would both be the module {module_name(name)}."
        schema.mistake(f"{text} Rename one of them.")


def _is_object(schema: SourceLocation) -> bool:
    """Whether it would be a class; one reference in `allOf` is but a place for words beside it."""
    parts = [*schema["allOf"]]
    is_one = len(parts) == 1 and "$ref" in parts[0]
    return (
        schema["type"].value == "object" or "properties" in schema or (bool(parts) and not is_one)
    )


def _values(schema: SourceLocation) -> None:
    values: dict[str, SourceLocation] = {}
    for index, value in enumerate(schema["enum"]):
        name = enumeration_name(value.text, index)
        other = values.setdefault(name, value)
        if other is not value:
            text = f"the values {other.value!r} and {value.value!r} would both be {name} in Python."
            value.mistake(f"{text} Leave out one: it keeps its text.")


def _members(schema: SourceLocation, top: SourceLocation) -> None:
    if "allOf" not in top:
        for required in schema["required"]:
            if required.text and required.text not in top["properties"]:
                text = f"required names {required.text}, and properties has no such member"
                text += similar(required.text, top["properties"].value or ())
                required.mistake(f"{text}. Add it there, or mend the spelling.")
    names: dict[str, SourceLocation] = {}
    for member in schema["properties"]:
        name = member_name(member.name)
        other = names.setdefault(name, member)
        if name in RESERVED_MEMBERS:
            text = f"the member {member.name} would hide the attribute {name} that models have."
            member.mistake(f"{text} Leave it out: it is kept in additional_properties.")
        elif other is not member:
            text = f"the members {other.name} ({other}) and {member.name} would both be {name}"
            member.mistake(f"{text} in Python. Leave out one: it is kept in additional_properties.")
