"""The schemas: what the generated models cannot express, or would express wrongly."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache
from keyword import iskeyword
from pathlib import Path

import jsonschema_rs

from spaceknow_client.contract.schemas import members

from ..document.names import (
    RESERVED_MEMBERS,
    enumeration_name,
    member_name,
    model_name,
    module_name,
)
from ..sync_compiler import sync_name
from .house_rules import hold
from .place import SourceLocation, similar

# Objects whose keys are names that the author chooses, and members that hold data.
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
    """Media types, parameters and headers: everything that has a schema."""
    return (place for place in objects(root) if isinstance(place["schema"].value, dict))


def roots(root: SourceLocation) -> Iterator[SourceLocation]:
    """Every schema that is not inside another one."""
    yield from root["components"]["schemas"]
    yield from (carrier["schema"] for carrier in carriers(root))


def walk(schema: SourceLocation) -> Iterator[SourceLocation]:
    """A schema and the schemas inside it; references are not followed."""
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
            _discriminator(schema)
            _patterns(schema)
            if "discriminator" not in schema:
                for keyword in ("oneOf", "anyOf"):
                    told_apart([*schema[keyword]])


TEMPLATES = [*Path(__file__).parents[1].glob("*/templates/*.py.jinja")]
IMPORTS = re.compile(r"^ *(?:from \S+ )?import (\([^)]*\)|[^\n]+)", re.MULTILINE)


@cache
def _imported() -> frozenset[str]:
    """The names that templates of code import."""
    texts = (path.read_text(encoding="utf-8") for path in TEMPLATES)
    parts = (part for text in texts for found in IMPORTS.findall(text) for part in found.split(","))
    names = (part.strip("() \n").rpartition(" ")[2] for part in parts)
    return frozenset(name for name in names if name)


def reserved_classes(tags: SourceLocation) -> set[str]:
    """The names of classes that the generated modules already use."""
    own = {model_name(tag["name"].text) for tag in tags if tag["name"].text}
    classes = {f"{name}{kind}" for name in own for kind in ("Operations", "Resource")}
    return {"Client", *_imported(), *classes}


def _name(schema: SourceLocation, modules: dict[str, SourceLocation]) -> None:
    name = schema.name
    other = modules.setdefault(module_name(model_name(name)), schema)
    if model_name(name) != name:
        text = f"the schema {name!r} would be the class {model_name(name)}."
        schema.mistake(f"{text} Rename it to {model_name(name)}.")
    elif iskeyword(name) or (
        "discriminator" not in schema and name in reserved_classes(schema.root["tags"])
    ):
        schema.mistake(f"{name} is already used by the generated code. Rename the schema.")
    elif sync_name(name) != name:
        text = f"{name} would become {sync_name(name)} in the synchronous client."
        schema.mistake(f"{text} Rename the schema.")
    elif other is not schema:
        text = f"{name} and {other.name} ({other}) would both be the module {module_name(name)}."
        schema.mistake(f"{text} Rename one of them.")


def _values(schema: SourceLocation) -> None:
    values: dict[str, SourceLocation] = {}
    for index, value in enumerate(schema["enum"]):
        name = enumeration_name(value.text, index)
        other = values.setdefault(name, value)
        if other is not value:
            text = f"the values {other.value!r} and {value.value!r} would both be {name} in Python."
            value.mistake(f"{text} Remove one: responses may still contain it.")


def _patterns(schema: SourceLocation) -> None:
    """Reports patterns that Python (for requests) or the validator (for examples) cannot read."""
    for pattern in (schema["pattern"], *schema["patternProperties"]):
        text = pattern.text if pattern.name == "pattern" else pattern.name
        try:
            with warnings.catch_warnings(action="error"):  # for what Python will read differently
                re.compile(text, re.ASCII)
            jsonschema_rs.Draft202012Validator({"pattern": text})
        except (re.error, FutureWarning, jsonschema_rs.ValidationError) as error:
            problem = f"the pattern {text!r} cannot be read: {str(error).splitlines()[0]}."
            pattern.mistake(f"{problem} Correct it, or describe the form in words.")


def _discriminator(schema: SourceLocation) -> None:
    """Reports a discriminator that does not distinguish the forms of a union."""
    told = schema["discriminator"]
    name = told["propertyName"].text
    if not told or not name:
        return  # there is none, or it is reported elsewhere
    forms = [form for keyword in ("oneOf", "anyOf") for form in schema[keyword]]
    if not forms:
        told.mistake(
            "a discriminator requires oneOf or anyOf with its forms. Add one of them, or remove the "
            "discriminator."
        )
    values: dict[str, SourceLocation] = {}
    for form in forms:
        member = members_of(form).get(name)
        if "$ref" not in form:
            form.mistake(
                "a form with a discriminator must be a named schema. Replace it by a $ref to one."
            )
        elif member is None and not form.followed().broken:
            text = f"{form.followed().name} has no member {name}, which the discriminator requires"
            form.mistake(f"{text}. Add it there, or remove the discriminator.")
    forms_by_reference = {form["$ref"].text for form in forms}
    for value in told["mapping"]:
        if value.text not in forms_by_reference:
            text = f"{value.text!r}, in the mapping of {value.name}, is not one of the forms."
            value.mistake(f"{text} Add it to the forms, or remove it from the mapping.")
    if all(
        "$ref" in form and not form.followed().broken and name in members_of(form) for form in forms
    ):
        for form in forms:
            alone = {"oneOf": [form.value], "discriminator": told.value}
            for picked in map(str, members(alone, schema.root.value)):
                other = values.setdefault(picked, form)
                if other is not form:
                    text = f"{name} {picked!r} selects both this form and {other['$ref'].text}."
                    form.mistake(f"{text} Use a different value for each.")


def told_apart(forms: list[SourceLocation]) -> None:
    """Reports forms that are never used: a value is read as the first form that accepts it."""
    for number, first in enumerate(forms):
        for other in forms[number + 1 :]:
            if members_of(first) and members_of(other) and _takes(first, other):
                text = (
                    f"every value of this form is also a {first.followed().name} ({first}), which"
                )
                other.mistake(
                    f"{text} comes first. Add a discriminator, put this form first, or require a "
                    f"member there that this form does not have."
                )


def _takes(first: SourceLocation, other: SourceLocation, depth: int = 5) -> bool:
    """Whether the models read every value of the other schema as one of the first, too."""
    first, other = first.followed(), other.followed()
    if not depth or first.path == other.path:
        return True
    if "const" in first or "enum" in first:
        return bool(first.value == other.value)
    kind, given = first["type"].value, other["type"].value
    if kind is not None and kind != given and (kind, given) != ("number", "integer"):
        return False
    if kind == "array":
        return _takes(first["items"], other["items"], depth - 1)
    known, others = members_of(first), members_of(other)
    if any(name not in required_of(other) for name in required_of(first)):
        return False
    shared = [name for name in known if name in others]
    return all(_takes(known[name], others[name], depth - 1) for name in shared)


def required_of(schema: SourceLocation) -> list[str]:
    """The required members of an object, including those of its allOf."""
    schema = schema.followed()
    own = [name.text for name in schema["required"]]
    return own + [name for part in schema["allOf"] for name in required_of(part)]


def members_of(schema: SourceLocation) -> dict[str, SourceLocation]:
    """The members of an object, including those of its allOf."""
    schema = schema.followed()
    found = {member.name: member for member in schema["properties"]}
    for part in schema["allOf"]:
        found = members_of(part) | found
    return found


def _members(schema: SourceLocation, top: SourceLocation) -> None:
    if "allOf" not in top:
        for required in schema["required"]:
            if required.text and required.text not in top["properties"]:
                text = f"required lists {required.text}, which is not in properties"
                text += similar(required.text, top["properties"].value or ())
                required.mistake(f"{text}. Add it there, or correct the spelling.")
    names: dict[str, SourceLocation] = {}
    for member in schema["properties"]:
        name = member_name(member.name)
        other = names.setdefault(name, member)
        if name in RESERVED_MEMBERS:
            text = f"the member {member.name} would hide the attribute {name} of models."
            member.mistake(f"{text} Remove it: its value is then in additional_properties.")
        elif other is not member:
            text = f"the members {other.name} ({other}) and {member.name} would both be {name}"
            member.mistake(
                f"{text} in Python. Remove one: its value is then in additional_properties."
            )
