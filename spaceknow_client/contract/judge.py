"""Validates requests and responses against the document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Literal, NamedTuple, Protocol

import jsonschema_rs

from ..generated.types import UNSET, Request, is_json, path_values
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
from .drift import Drift
from .parameters import parameter_value, query_names, text_value
from .schema_errors import Mistake, mistakes_of, shown
from .schemas import choices, readable

MOST = 100
"""Maximum number of differences per response."""

_NO_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED)


class ResponseLike(Protocol):
    """A response: the client's, or a Message."""

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
    """A response that is not from a client."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Judge:
    """Validates responses and requests against the document. Thread-safe."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations: dict[str, Schema] = {
            operation["operationId"]: operation for _, _, operation in operations(document)
        }
        self._routes = {
            operation["operationId"]: (path, method.upper())
            for path, method, operation in operations(document)
        }
        self._components: dict[bool, Schema] = {}
        self._compiled: dict[tuple[int, bool], jsonschema_rs.Validator] = {}

    @classmethod
    @cache
    def bundled(cls) -> Judge:
        """The document of this package; read once per process."""
        return cls(bundled_document())

    def success(self, operation: str) -> Schema:
        """The document's description of an operation's success response."""
        found = successes(self.operations[operation], self.document)
        return found[min(found)]

    def validate_response(
        self, operation: str, message: ResponseLike, *, closed: bool = True
    ) -> list[Drift]:
        """The differences between a response and the document.

        `closed`: undocumented members, values and codes are differences too.
        """
        return _drifts(operation, "response", message, self._judged(operation, message, closed))

    def validate_call(
        self, request: Request, message: ResponseLike, *, closed: bool = True
    ) -> list[Drift]:
        """How a request that a client made differs from the document; `message` is its answer."""
        mistakes = self._called(request, closed) if request.operation in self.operations else ()
        return _drifts(request.operation, "request", message, mistakes)

    def parameters(self, operation: str) -> list[Schema]:
        """The parameters of an operation, those of its path among them."""
        shared = self.document["paths"][self._routes[operation][0]].get("parameters", [])
        own = self.operations[operation].get("parameters", [])
        return [followed(each, self.document) for each in (*shared, *own)]

    def _called(self, request: Request, closed: bool) -> Iterator[Mistake]:
        path, method = self._routes[request.operation]
        found = path_values(path, request.path)
        if found is None or request.method != method:
            yield "value", "", f"it was sent to another address than {method} {path}"
        sent: dict[str, Mapping[str, str | list[str]]] = {
            "path": found or {},
            "query": request.query,
            "header": request.headers,
        }
        given = {
            place: {name: [each] if isinstance(each, str) else each for name, each in some.items()}
            for place, some in sent.items()
        }
        described = [each for each in self.parameters(request.operation) if each["in"] in given]
        for each in described:
            name, place = each["name"], each["in"]
            try:
                value = parameter_value(each, given[place], self.document)
            except KeyError:
                if each.get("required") and (place != "path" or found is not None):
                    yield "missing member", name, f"the {place} parameter was expected"
                continue
            for kind, _, detail in self.mistakes(each["schema"], value, closed=closed):
                yield kind, name, detail
        known = {name for each in described for name in query_names(each, self.document)}
        for name in request.query:
            if name.partition("[")[0] not in known:
                yield "unknown member", shown(name), "the query parameter is not described"
        body = None if request.json is UNSET else request.json
        if not isinstance(body, bytes):
            body = json.loads(json.dumps(body))
        yield from self.validate_request(request.operation, body, closed=closed)

    def validate_request(self, operation: str, body: Any, *, closed: bool = True) -> list[Mistake]:
        """The differences between the body of a request, before it is encoded, and the document.

        `closed`: undocumented members and values are errors too.
        """
        described = self.operations[operation].get("requestBody")
        if described is None:
            return [] if body is None else [("unknown member", "", "the operation takes no body")]
        if body is None:
            return [("missing member", "", "a body")] if described.get("required") else []
        described = followed(described, self.document)
        media = media_of(described)
        if is_file(media):
            return [] if isinstance(body, bytes) else [("type", "", "expected the bytes of a file")]
        return list(self.mistakes(described["content"][media]["schema"], body, closed=closed))

    def _judged(self, operation: str, message: ResponseLike, closed: bool) -> Iterator[Mistake]:
        status, headers, content = message.status, message.headers, message.content
        entry = self.operations[operation]
        response = self._response(entry, status)
        success = self.success(operation)
        if response is None:
            yield "status", "", f"HTTP {status} is undocumented"
            if not 200 <= status < 300 or not content:
                return
            response = success
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if status >= 400 and self._is_disguised(response, success, media_type, content):
            yield "status", "", f"HTTP {status} has the body of a success"
            response = success
        elif status < 300 and (refusal := self._refusal(entry, success, media_type, content)):
            yield "status", "", f"HTTP {status} has the body of an error"
            response = refusal
        yield from self._headers(response, headers)
        described: dict[str, Schema] = response.get("content", {})
        if not described or status in _NO_BODY:
            return
        if media_type not in described:
            if status >= 500:  # the page of a proxy
                return
            came = media_type[:80] or "none"
            yield "content type", "", f"expected {' or '.join(described)}, received {came}"
        as_json = [each for each in described if is_json(each)]
        if not as_json or (media_type in described and not is_json(media_type)):
            return
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            if media_type in described:
                yield "type", "", f"the body ({len(content)} bytes) is invalid JSON"
            return
        schema = described[media_type if media_type in as_json else as_json[0]]["schema"]
        yield from self.mistakes(schema, value, closed=closed)
        if closed:
            yield from self._code(entry, status, value)

    def _code(self, entry: Schema, status: int, value: Any) -> Iterator[Mistake]:
        """An undocumented error code. Auth0's codes are not in the document."""
        code = value.get("error") if isinstance(value, dict) and status >= 400 else None
        if isinstance(code, str) and "x-error-codes" in entry and code:
            known = self.document.get("x-errors", {})
            if entry["x-error-codes"] and code not in known:
                yield "enum", "error", f"the error code {shown(code)} is undocumented"

    def _is_disguised(
        self, refusal: Schema, success: Schema, media_type: str, content: bytes
    ) -> bool:
        """Whether a response with an error status has the body of a success."""
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

    def _refusal(
        self, entry: Schema, success: Schema, media_type: str, content: bytes
    ) -> Schema | None:
        """The description of an error, if that is what a response with a status of success is."""
        described = self._response(entry, 400) or {}
        as_refusal = described.get("content", {}).get(media_type)
        as_success = success.get("content", {}).get(media_type)
        if as_refusal is None or as_success is None:
            return None
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            return None
        is_one = self._fits(as_refusal["schema"], value)
        return described if is_one and not self._fits(as_success["schema"], value) else None

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
                    yield "missing member", name, "the header is required"
                continue
            for kind, _, detail in self.parameter(header.get("schema", {}), value):
                yield kind, name, detail

    def parameter(self, schema: Schema, text: str) -> Iterator[Mistake]:
        """The errors in the text of a header."""
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
            # The document exists as long as this object, so an id() always means the same schema.
            self._compiled[key] = jsonschema_rs.Draft202012Validator(
                {**root, "components": {"schemas": self._components[closed]}},
                formats={DATE_TIME_FORMAT: is_date_time},
                validate_formats=True,
            )
        return self._compiled[key]

    def mistakes(self, schema: Schema, value: Any, *, closed: bool = True) -> Iterator[Mistake]:
        """The errors in a value of a schema of the document."""
        validator = self._validator(schema, closed=closed)
        try:
            if validator.is_valid(value):
                return
            errors = [*validator.iter_errors(value)]
        except ValueError:  # numbers that JSON does not have
            yield "type", "", "a value is invalid JSON"
            return
        yield from mistakes_of(errors)


def _drifts(
    operation: str,
    of: Literal["request", "response"],
    message: ResponseLike,
    mistakes: Iterable[Mistake],
) -> list[Drift]:
    """Each mistake once."""
    request_id = message.headers.get("spaceknow-request-id")
    told: dict[object, Drift] = {}
    for kind, member, detail in mistakes:
        drift = Drift(
            operation=operation,
            kind=kind,
            member=member,
            detail=detail,
            status=message.status,
            request_id=request_id[:80] if request_id else None,
            of=of,
        )
        told.setdefault(drift.key, drift)
        if len(told) >= MOST:
            break
    return list(told.values())
