"""Every deviation of a response that violates the document, as a fault of the emulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema_rs

from spaceknow_client.contract.document import Schema, followed, successes
from spaceknow_client.contract.schemas import SchemaLocation, choices, is_open_enum, places
from spaceknow_client.emulator import Fault


class NoDriftError(Exception):
    """The document allows this deviation, or does not describe the member."""


def seeded(kind: str, operation: Schema, what: str, document: Schema) -> Fault:
    """A deviation of the success response. Raises NoDriftError for one that the document allows."""
    return _KINDS[kind](operation, what, document)


def _add(operation: Schema, member: str, document: Schema) -> Fault:
    around, _, name = member.rpartition(".")
    parents = _found(operation, around, document)
    objects = [each for place in parents for each in choices(place.schema, document)]
    is_open = any(each.get("additionalProperties") for each in objects)
    if not name or is_open or not any(each.get("properties") for each in objects):
        raise NoDriftError
    return Fault.edit({member: "new"})


def _remove(operation: Schema, member: str, document: Schema) -> Fault:
    if not all(place.required for place in _described(operation, member, document)):
        raise NoDriftError
    return Fault.edit(without=[member])


def _type(operation: Schema, member: str, document: Schema) -> Fault:
    return _replaced(operation, member, document, (5, "text"))


def _null(operation: Schema, member: str, document: Schema) -> Fault:
    return _replaced(operation, member, document, (None,))


def _enum(operation: Schema, member: str, document: Schema) -> Fault:
    value: object = "DRIFTED"
    for place in _described(operation, member, document):
        node = followed(place.schema, document)
        if not ({"enum", "const"} & set(node) or is_open_enum(node)):
            raise NoDriftError
        listed = [each for each in node.get("enum", ()) if each is not None]
        if listed and all(type(each) is int for each in listed):
            value = max(listed) + 1
    return Fault.edit({member: value})


def _status(operation: Schema, what: str, document: Schema) -> Fault:
    if what in operation["responses"]:
        raise NoDriftError
    return Fault.edit(status=int(what))


def _content_type(operation: Schema, what: str, document: Schema) -> Fault:
    return Fault.edit(media_type=what)


_KINDS: dict[str, Callable[[Schema, str, Schema], Fault]] = {
    "add": _add,
    "remove": _remove,
    "type": _type,
    "null": _null,
    "enum": _enum,
    "status": _status,
    "content-type": _content_type,
}


def _replaced(operation: Schema, member: str, document: Schema, values: tuple[Any, ...]) -> Fault:
    """Sets a member to the first value that the document does not allow there."""
    components = {"components": document["components"]}
    validators = [
        jsonschema_rs.Draft202012Validator({**place.schema, **components})
        for place in _described(operation, member, document)
    ]
    for value in values:
        if all(_is_other_type(each, value) for each in validators):
            return Fault.edit({member: value})
    raise NoDriftError


def _is_other_type(validator: jsonschema_rs.Validator, value: Any) -> bool:
    """Whether a value is invalid, and not only out of bounds."""
    errors = [*validator.iter_errors(value)]
    kinds = {error.kind.name for error in errors}
    for error in errors:
        listed: Any = error.kind
        if listed.name == "enum" and type(value) in map(type, listed.options):
            return False
    return bool(kinds) and not any("imum" in kind or kind == "pattern" for kind in kinds)


def _found(operation: Schema, member: str, document: Schema) -> list[SchemaLocation]:
    answers = successes(operation, document)
    content = answers[min(answers)].get("content", {}).get("application/json")
    return [] if content is None else places(content["schema"], member, document)


def _described(operation: Schema, member: str, document: Schema) -> list[SchemaLocation]:
    """The location of a member whose parents are all required."""
    found = _found(operation, member, document)
    around = _found(operation, member.rpartition(".")[0], document)
    objects = [each for place in around for each in choices(place.schema, document)]
    if not found or not all(_has(each, member, document) for each in objects):
        raise NoDriftError
    return found


def _has(schema: Schema, member: str, document: Schema) -> bool:
    return bool(places(schema, member.rpartition(".")[2], document))
