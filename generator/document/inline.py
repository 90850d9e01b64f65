"""Gives a name to each object inside other schemas, so that later steps find it under that name.

An object in the member `rule` of `Alert` becomes the schema AlertRule, one in the answer of
`alerts.list` AlertsListResponse, and one with a `title` is called by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from spaceknow_client.contract.document import operations

from .names import model_name
from .source_positions import Pointer

# Members that stay beside the reference to an object, because they belong to its place.
OF_PLACE = ("description", "deprecated", "x-argument", "x-method", "x-max-latitude")
NULL = {"type": "null"}


class Bundle(Protocol):
    """The part of Document that is used here."""

    content: dict[str, Any]

    def mistake(self, pointer: Pointer, text: str) -> None: ...

    def place(self, pointer: Pointer) -> str: ...

    def moved(self, pointer: Pointer, to: Pointer) -> None: ...


def name_objects(document: Bundle) -> None:
    """Moves each object without a name to `components`, and puts a reference in its place."""
    _Names(document).all()


class _Names:
    def __init__(self, document: Bundle) -> None:
        self._document = document
        self._content = document.content
        self._schemas: dict[str, Any] = self._content["components"].setdefault("schemas", {})

    def all(self) -> None:
        for name in [*self._schemas]:
            at = ("components", "schemas", name)
            if _may_be_null(self._schemas[name]):
                self._child(self._schemas, name, at[:-1], f"{name}Value")
            else:
                self._inside(self._schemas[name], at, name)
        for holder, pointer, name in self._carriers():
            self._child(holder, "schema", pointer, name)
        ordered = dict(sorted(self._schemas.items()))
        self._schemas.clear()
        self._schemas |= ordered

    def _carriers(self) -> Iterator[tuple[dict[str, Any], Pointer, str]]:
        """Every object with a schema outside components.schemas: parameters, bodies, responses."""
        for section in ("parameters", "requestBodies", "responses"):
            for name, item in self._content["components"].get(section, {}).items():
                yield from _with_schema(item, ("components", section, name), model_name(name))
        for path, item in self._content["paths"].items():
            first = next((one for of, _, one in self._operations() if of == path), {})
            yield from self._parameters(item, ("paths", path), _title(first))
        for path, method, operation in self._operations():
            at, title = ("paths", path, method), _title(operation)
            yield from self._parameters(operation, at, title)
            body = operation.get("requestBody", {})
            yield from _with_schema(body, (*at, "requestBody"), f"{title}Request")
            answers = operation.get("responses", {})
            for status, answer in answers.items() if isinstance(answers, dict) else ():
                called = f"{title}Response{'' if str(status) == '200' else status}"
                yield from _with_schema(answer, (*at, "responses", str(status)), called)

    def _operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        whole = {p: i for p, i in self._content["paths"].items() if isinstance(i, dict)}
        return [one for one in operations({"paths": whole}) if isinstance(one[2], dict)]

    def _parameters(
        self, holder: Any, at: Pointer, title: str
    ) -> Iterator[tuple[dict[str, Any], Pointer, str]]:
        listed = holder.get("parameters", []) if isinstance(holder, dict) else []
        for number, item in enumerate(listed if isinstance(listed, list) else []):
            name = item.get("name", "") if isinstance(item, dict) else ""
            where = (*at, "parameters", str(number))
            yield from _with_schema(item, where, f"{title}{model_name(str(name) or 'parameter')}")

    def _inside(self, schema: Any, at: Pointer, name: str) -> None:
        """Names the objects inside the schema `name`."""
        if not isinstance(schema, dict):
            return
        members = schema.get("properties")
        for member in [*members] if isinstance(members, dict) else ():
            self._child(members, member, (*at, "properties"), f"{name}{model_name(str(member))}")
        for key, more in (("items", "Item"), ("additionalProperties", "Value")):
            if isinstance(schema.get(key), dict):
                self._child(schema, key, at, f"{name}{more}")
        for key in ("anyOf", "oneOf"):
            options = schema.get(key)
            if isinstance(options, list):
                several = sum(option != NULL for option in options) > 1
                for number in range(len(options)):
                    called = f"{name}{number + 1}" if several else name
                    self._child(options, number, (*at, key), called)
        parts = schema.get("allOf")
        for number, part in enumerate(parts if isinstance(parts, list) else []):
            self._inside(part, (*at, "allOf", str(number)), name)  # it belongs to the object itself

    def _child(self, holder: Any, key: Any, at: Pointer, name: str) -> None:
        """Names the schema at `key` of `holder`, if it becomes a class, and the schemas inside it."""
        schema, at = holder[key], (*at, str(key))
        if not isinstance(schema, dict) or not (_has_members(schema) or _may_be_null(schema)):
            self._inside(schema, at, name)
            return
        title = schema.get("title")
        name = model_name(title) if isinstance(title, str) and title.strip() else name
        if name in self._schemas:
            other = self._document.place(("components", "schemas", name))
            text = (
                f"this object would be the class {name}, which is defined at {other}. Add another"
            )
            self._document.mistake(
                at, f"{text} title, or move it to openapi/schemas/ under a name."
            )
            return
        to = ("components", "schemas", name)
        self._document.moved(at, to)
        whole = {key: value for key, value in schema.items() if not key.startswith("x-")}
        beside = {key: schema[key] for key in OF_PLACE if key in schema}
        reference = {"$ref": f"#/components/schemas/{name}"}
        if _may_be_null(schema):
            whole |= {"type": "string" if "enum" in schema else "object"}
            if "enum" in schema:
                whole["enum"] = [value for value in schema["enum"] if value is not None]
            holder[key] = {"oneOf": [reference, dict(NULL)], **beside}
        else:
            holder[key] = {**reference, **beside}
        self._schemas[name] = whole
        self._inside(whole, to, name)


def _title(operation: Any) -> str:
    named = operation.get("operationId", "") if isinstance(operation, dict) else ""
    return model_name(str(named).replace(".", "_")) if named else ""


def _has_members(schema: dict[str, Any]) -> bool:
    """Whether it becomes a class; a single reference in `allOf` only adds a description."""
    parts = schema.get("allOf")
    parts = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    is_built = len(parts) > 1 or any("$ref" not in part for part in parts)
    return "$ref" not in schema and (bool(schema.get("properties")) or is_built)


def _may_be_null(schema: Any) -> bool:
    """Whether it is an object with members or an enumeration of strings, or null."""
    if not isinstance(schema, dict):
        return False
    if isinstance(schema.get("enum"), list) and None in schema["enum"]:
        return all(value is None or isinstance(value, str) for value in schema["enum"])
    kinds = schema.get("type")
    return isinstance(kinds, list) and "null" in kinds and _has_members(schema)


def _with_schema(
    holder: Any, at: Pointer, name: str
) -> Iterator[tuple[dict[str, Any], Pointer, str]]:
    """A parameter, or the media types of a body or a response."""
    if not isinstance(holder, dict):
        return
    if isinstance(holder.get("schema"), dict):
        yield holder, at, name
    content = holder.get("content")
    for media, item in content.items() if isinstance(content, dict) else ():
        if isinstance(item, dict) and isinstance(item.get("schema"), dict):
            yield item, (*at, "content", str(media)), name
