"""Judges messages by the document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

import jsonschema_rs

from ..generated.types import is_json, is_secret
from .document import (
    DATE_TIME_FORMAT,
    Schema,
    bundled_document,
    followed,
    is_date_time,
    is_file,
    media_of,
    operations,
    successes,
)
from .drift import Drift, Kind
from .parameters import text_value
from .schemas import choices, readable

MOST = 100
"""So many drifts are told of one answer."""

# Of several mistakes at one place the first one is told.
_KINDS: Mapping[str, Kind] = {
    "required": "missing member",
    "additionalProperties": "unknown member",
    "type": "type",
    "enum": "enum",
    "const": "enum",
}
_RANK = tuple(_KINDS)

_NO_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED)


Mistake = tuple[Kind, str, str]
"""The kind, the member, and what is wrong with it."""


class ResponseLike(Protocol):
    """An answer, the client's or a Message."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...


class Message(NamedTuple):
    """An answer from somewhere else than a client."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Judge:
    """The document, ready to judge answers and requests. May be used by several threads."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations: dict[str, Schema] = {
            operation["operationId"]: operation for _, _, operation in operations(document)
        }
        self._components: dict[bool, Schema] = {}
        self._compiled: dict[tuple[int, bool], jsonschema_rs.Validator] = {}

    @classmethod
    @cache
    def bundled(cls) -> Judge:
        """The document of this package; read once in a process."""
        return cls(bundled_document())

    def success(self, operation: str) -> Schema:
        """What the document says of an operation's answer of success."""
        found = successes(self.operations[operation], self.document)
        return found[min(found)]

    def validate_response(
        self, operation: str, message: ResponseLike, *, closed: bool = True
    ) -> list[Drift]:
        """How an answer differs from the document; empty when it is as described.

        `closed`: members, values and codes that the document does not name are drifts, too.
        """
        request_id = message.headers.get("spaceknow-request-id")
        told: dict[object, Drift] = {}
        for kind, member, detail in self._judged(operation, message, closed):
            drift = Drift(
                operation=operation,
                kind=kind,
                member=member,
                detail=detail,
                status=message.status,
                request_id=request_id[:80] if request_id else None,
            )
            told.setdefault(drift.key, drift)
            if len(told) >= MOST:
                break
        return list(told.values())

    def validate_request(self, operation: str, body: Any, *, closed: bool = True) -> list[Mistake]:
        """How the body of a request, before it is written as JSON or a form, differs from the document.

        `closed`: members and values that the document does not name are mistakes, too.
        """
        described = self.operations[operation].get("requestBody")
        if described is None:
            return [] if body is None else [("unknown member", "", "there is no body")]
        if body is None:
            return [("missing member", "", "a body")] if described.get("required") else []
        described = followed(described, self.document)
        media = media_of(described)
        if is_file(media):
            return [] if isinstance(body, bytes) else [("type", "", "it is no bytes")]
        return list(self.mistakes(described["content"][media]["schema"], body, closed=closed))

    def _judged(self, operation: str, message: ResponseLike, closed: bool) -> Iterator[Mistake]:
        status, headers, content = message.status, message.headers, message.content
        entry = self.operations[operation]
        response = self._response(entry, status)
        success = self.success(operation)
        if response is None:
            yield "status", "", f"HTTP {status} is not described"
            if not 200 <= status < 300 or not content:
                return
            response = success
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if status >= 400 and self._is_disguised(response, success, media_type, content):
            yield "status", "", f"HTTP {status} came with the body of success"
            response = success
        yield from self._headers(response, headers)
        described: dict[str, Schema] = response.get("content", {})
        if not described or status in _NO_BODY:
            return
        if media_type not in described:
            if status >= 500:  # a proxy's page, which is not the API's
                return
            came = media_type[:80] or "none"
            yield "content type", "", f"{' or '.join(described)} was expected, {came} came"
        as_json = [each for each in described if is_json(each)]
        if not as_json or (media_type in described and not is_json(media_type)):
            return
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            if media_type in described:
                yield "type", "", f"the body ({len(content)} bytes) is no JSON"
            return
        schema = described[media_type if media_type in as_json else as_json[0]]["schema"]
        yield from self.mistakes(schema, value, closed=closed)
        if closed:
            yield from self._code(entry, status, value)

    def _code(self, entry: Schema, status: int, value: Any) -> Iterator[Mistake]:
        """A machine code that the document does not have. Auth0's own are not listed in it."""
        code = value.get("error") if isinstance(value, dict) and status >= 400 else None
        if isinstance(code, str) and "x-error-codes" in entry and code:
            known = self.document.get("x-errors", {})
            if entry["x-error-codes"] and code not in known:
                yield "enum", "error", f"the machine code {_shown(code)} is not described"

    def _is_disguised(
        self, refusal: Schema, success: Schema, media_type: str, content: bytes
    ) -> bool:
        """Whether what has the status of a refusal is the answer of success."""
        as_refusal = refusal.get("content", {}).get(media_type)
        as_success = success.get("content", {}).get(media_type)
        if as_refusal is None or as_success is None:
            return as_success is not None
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            return False
        if self._fits(as_refusal["schema"], value):
            return False
        if self._fits(as_success["schema"], value):
            return True
        # It may have drifted itself.
        options = choices(as_success["schema"], self.document)
        names = {name for each in options for name in each.get("properties", {})}
        return isinstance(value, dict) and not names.isdisjoint(value)

    def _fits(self, schema: Schema, value: Any) -> bool:
        try:
            return self._validator(schema, closed=False).is_valid(value)
        except ValueError:  # numbers that JSON does not have
            return False

    def _headers(self, response: Schema, headers: Mapping[str, str]) -> Iterator[Mistake]:
        for name, entry in response.get("headers", {}).items():
            header = followed(entry, self.document)
            value = headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield "missing member", name, "the header was expected"
                continue
            for kind, _, detail in self.parameter(header.get("schema", {}), value):
                yield kind, name, detail

    def parameter(self, schema: Schema, text: str) -> Iterator[Mistake]:
        """What is wrong with the text of a parameter or a header."""
        return self.mistakes(schema, text_value(text, schema, self.document))

    def _response(self, entry: Schema, status: int) -> Schema | None:
        responses = entry["responses"]
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                return followed(responses[key], self.document)
        return None

    def _validator(self, schema: Schema, *, closed: bool) -> jsonschema_rs.Validator:
        key = (id(schema), closed)
        if key not in self._compiled:
            if closed not in self._components:
                schemas = self.document["components"]["schemas"]
                self._components[closed] = readable(schemas, self.document, closed=closed)
            root = readable(schema, self.document, closed=closed)
            # The document lives as long as this, so an id is of one schema only.
            self._compiled[key] = jsonschema_rs.Draft202012Validator(
                {**root, "components": {"schemas": self._components[closed]}},
                formats={DATE_TIME_FORMAT: is_date_time},
                validate_formats=True,
            )
        return self._compiled[key]

    def mistakes(self, schema: Schema, value: Any, *, closed: bool = True) -> Iterator[Mistake]:
        """What is wrong with a value of a schema of the document."""
        validator = self._validator(schema, closed=closed)
        try:
            if validator.is_valid(value):
                return
            errors = _unfolded(validator.iter_errors(value))
        except ValueError:  # numbers that JSON does not have
            yield "type", "", "a value that is no JSON"
            return
        first: dict[str, jsonschema_rs.ValidationError] = {}
        for error in sorted(errors, key=_rank):
            place = _member(error.instance_path)
            if error.kind.name == "required":
                missing = _joined(place, error.kind.value)
                yield "missing member", missing, "it was expected"
            elif error.kind.name == "additionalProperties":
                for name in error.kind.value:
                    yield "unknown member", _joined(place, _shown(name)), "it is not described"
            else:
                first.setdefault(place, error)
        for place, error in first.items():
            yield _kind(error), place, _words(error, place)


def _unfolded(
    errors: Iterable[jsonschema_rs.ValidationError],
) -> Iterator[jsonschema_rs.ValidationError]:
    """Errors without unions: of one that does not fit, those of the member that fits best."""
    for error in errors:
        context = getattr(error.kind, "context", None)
        if not context:
            yield error
            continue
        members = [list(_unfolded(each)) for each in context]
        here = list(error.instance_path)
        right_type = [each for each in members if not any(_is_type(e, here) for e in each)]
        if right_type:
            yield from min(right_type, key=len)
        else:
            yield members[0][0]


def _is_type(error: jsonschema_rs.ValidationError, here: list[str | int]) -> bool:
    return error.kind.name == "type" and list(error.instance_path) == here


def _rank(error: jsonschema_rs.ValidationError) -> int:
    name = error.kind.name
    return _RANK.index(name) if name in _RANK else len(_RANK)


def _member(path: Iterable[str | int]) -> str:
    found = ""
    for step in path:
        found = f"{found}[]" if isinstance(step, int) else _joined(found, _shown(step))
    return found


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _kind(error: jsonschema_rs.ValidationError) -> Kind:
    return "type" if _wanted(error) else _KINDS.get(error.kind.name, "value")


def _wanted(error: jsonschema_rs.ValidationError) -> str:
    """The types of the values that are listed, where a value is of none of them."""
    if error.kind.name not in ("enum", "const"):
        return ""
    kind: Any = error.kind  # its members are those of its keyword
    listed = kind.options if kind.name == "enum" else [kind.expected_value]
    types = dict.fromkeys(map(type_of, listed))
    return "" if type_of(error.instance) in types else " or ".join(types)


def _words(error: jsonschema_rs.ValidationError, place: str) -> str:
    """What is wrong, without the value, which may be anybody's."""
    kind = error.kind
    if kind.name == "type":
        return f"{' or '.join(kind.value)} was expected, {type_of(error.instance)} came"
    if kind.name in ("enum", "const"):
        value = error.instance
        if wanted := _wanted(error):
            return f"{wanted} was expected, {type_of(value)} came"
        told = "what came" if is_secret(place.rpartition(".")[2]) else _shown(str(value))
        return f"{told} is none of the known values"
    return f"it does not keep to {kind.name}"


def type_of(value: Any) -> str:
    """JSON's name of a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "integer", float: "number", list: "array"}
    return names.get(type(value), "object")


def _shown(text: str) -> str:
    """A server's word, as a terminal and a log can take it."""
    return "".join(mark if mark.isprintable() else "?" for mark in " ".join(text[:80].split()))
