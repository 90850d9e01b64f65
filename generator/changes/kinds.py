"""What a schema comes to: the alternatives that a value may be, and which alternatives hold others.

Only what Python sees counts. `anyOf` of one type is that type, a time is a `datetime` whatever its
text looks like, and a union with a discriminator is JSON that passes through untouched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from spaceknow_client.contract.document import DATE_TIME_FORMAT, Schema, followed, resolved

from ..document.reading import listed, name_of

Alternative = tuple[Any, ...]  # its kind, then what tells it from others of that kind
Kinds = frozenset[Alternative]

UNIONS = {"anyOf", "oneOf", "allOf"}
ANY_NAME = "*"  # of a member that the document does not name
ANY: Alternative = ("anything",)
FORMATS = {DATE_TIME_FORMAT: "time", "date-time": "time", "binary": "bytes"}
TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
    list: "array",
    dict: "object",
}


def values_of_map(schema: Schema) -> Schema:
    """The schema of the values of further members of an object; empty if they can be anything."""
    found = schema.get("additionalProperties")
    return found if isinstance(found, dict) else {}


def members(schema: Schema, document: Schema) -> tuple[dict[str, Schema], list[str]]:
    """The members of an object, those of its `allOf` too, and the names of the required ones."""
    whole = resolved(schema, document)
    return whole.get("properties", {}), whole.get("required", [])


def is_class(schema: Schema, document: Schema) -> bool:
    """Whether a component is a class of Python: a model or an enumeration."""
    if "discriminator" in schema:
        return False
    return bool(members(schema, document)[0]) or listed(schema) is not None


def kinds(schema: Schema, document: Schema, seen: tuple[str, ...] = ()) -> Kinds:
    """The alternatives that a value of this schema may be."""
    name = name_of(schema)
    if name is not None:
        target = followed(schema, document)
        if is_class(target, document):
            return frozenset({("enumeration" if listed(target) else "model", name)})
        return frozenset({ANY}) if name in seen else kinds(target, document, (*seen, name))
    if "discriminator" in schema:
        options = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
        return frozenset({("one of", frozenset(name_of(option) for option in options))})
    values, is_open = listed(schema) or ([schema["const"]] if "const" in schema else [], False)
    if is_open:
        return frozenset({("open enumeration",)})
    if values:
        return frozenset(("value", json.dumps(value), TYPES[type(value)]) for value in values)
    for keyword in ("anyOf", "oneOf"):
        options = [
            option for option in schema.get(keyword, []) if set(option) - {"required", "x-method"}
        ]
        if options:
            return frozenset().union(*(kinds(option, document, seen) for option in options))
    is_object = "properties" in schema or "allOf" in schema
    types: Any = schema.get("type", "object" if is_object else [])
    each = types if isinstance(types, list) else [types]
    found = frozenset(_alternative(kind, schema, document, seen) for kind in each)
    return found or frozenset({ANY})


def _alternative(kind: str, schema: Schema, document: Schema, seen: tuple[str, ...]) -> Alternative:
    if kind == "array":
        return ("array", kinds(schema.get("items", {}), document, seen))
    if kind == "string":
        return (FORMATS.get(schema.get("format", ""), "string"),)
    return (kind,)


def fits(narrow: Kinds, wide: Kinds, same: Callable[[str, str], bool]) -> bool:
    """Whether each value of `narrow` is one of `wide`.

    `same` decides whether two components are one class, so that a new name is reported only once.
    """
    return all(any(_fits(one, other, same) for other in wide) for one in narrow)


def _fits(one: Alternative, other: Alternative, same: Callable[[str, str], bool]) -> bool:
    kind, wanted = one[0], other[0]
    if wanted == "anything":
        return True
    if kind in ("enumeration", "open enumeration") and wanted == "string":
        return True
    if kind == "value":
        return one == other or _fits((one[2],), other, same)
    if (kind, wanted) == ("integer", "number"):
        return True
    if kind != wanted:
        return False
    if kind == "array":
        return fits(one[1], other[1], same)
    if kind == "one of":
        return bool(one[1] <= other[1])
    return kind not in ("model", "enumeration") or same(one[1], other[1])


def words(found: Kinds) -> str:
    """The alternatives in the words of a document: `number or null`."""
    return " or ".join(sorted(map(_words, found), key=lambda text: (text == "null", text)))


def _words(one: Alternative) -> str:
    match one[0]:
        case "array":
            return f"array of {words(one[1])}"
        case "model" | "enumeration":
            return str(one[1])
        case "one of":
            return f"one of {', '.join(sorted(map(str, one[1])))}"
        case "value":
            return str(one[1])
    return str(one[0])


def references(schema: Schema) -> set[str]:
    """The components that a schema names without a member between."""
    if (name := name_of(schema)) is not None:
        return {name}
    inner = [schema["items"]] if isinstance(schema.get("items"), dict) else []
    inner += [values] if (values := values_of_map(schema)) else []
    inner += [option for keyword in ("anyOf", "oneOf") for option in schema.get(keyword, ())]
    return {name for one in inner for name in references(one)}


def together(schema: Schema) -> list[Any]:
    """Alternatives that only say which members are required."""
    options = [option for key in sorted(UNIONS) for option in schema.get(key, ())]
    return [option for option in options if not set(option) - {"required", "x-method"}]


def needed_of(schema: Schema) -> list[str]:
    """What has to be given: the required members, and those of an alternative without others."""
    alternatives = [
        one.get("required", []) for one in together(schema) if one.get("x-method", True)
    ]
    return [*schema.get("required", ()), *(alternatives[0] if len(alternatives) == 1 else ())]
