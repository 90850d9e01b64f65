"""Routes and validates requests by the document, and validates the emulator's responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from ...contract.document import bundled_document, cursor_names, followed, is_file, operations
from ...contract.judge import Judge, Message
from ...contract.parameters import parameter_value
from ...contract.schema_errors import Mistake
from ...generated.types import path_values
from ..calls import redacted
from .bodies import MEDIA_TYPE, media_type_of, read
from .failures import Failure
from .statuses import INVALID_BODY

_LONGEST = 300


@dataclass(frozen=True)
class Operation:
    """An operation of the document.

    Attributes:
        id: operationId, such as `kraken.release.initiate`.
        method: HTTP method in upper case.
        security: alternatives, each with the schemes that are required together and their
            permissions; an empty alternative requires nothing.
        codes: error codes of the operation.
        parameters: parameters of the path, of the query and in headers.
        body: the description of the request body; None if there is none.
        cursors: the names of its cursors, which are not secret.
    """

    id: str
    method: str
    security: tuple[Mapping[str, Sequence[str]], ...]
    codes: frozenset[str]
    parameters: tuple[dict[str, Any], ...]
    body: Mapping[str, Any] | None
    cursors: tuple[str, ...]

    @property
    def is_login(self) -> bool:
        """Whether it is Auth0's, with its own form of responses and without SpaceKnow's headers."""
        return self.id.startswith("auth0.")


@dataclass(frozen=True)
class Route:
    """A path of the document.

    `operation` is None if the path does not support the method; `allowed` are the supported methods.
    """

    operation: Operation | None
    allowed: tuple[Operation, ...]
    parameters: Mapping[str, str]


class Contract:
    """Routing and validation by the bundled document. Thread-safe."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.judge = Judge(document)
        self.operations: dict[str, Operation] = {}
        self._paths: dict[str, list[Operation]] = {}
        for path, method, entry in operations(document):
            operation = _operation(path, method, entry, document)
            self.operations[operation.id] = operation
            self._paths.setdefault(path, []).append(operation)
        self.permissions = {
            name
            for operation in self.operations.values()
            for needed in operation.security
            for names in needed.values()
            for name in names
        }
        self.schemes = {
            name: followed(scheme, document)
            for name, scheme in document["components"].get("securitySchemes", {}).items()
        }
        bearers = [name for name, scheme in self.schemes.items() if scheme["type"] == "http"]
        self.login_scheme = next(iter(bearers), "")
        self.meanings: dict[str, str] = {
            code: entry["meaning"] for code, entry in document["x-errors"].items()
        }

    @classmethod
    @cache
    def bundled(cls) -> Contract:
        """The document of this package; read once per process."""
        return cls(bundled_document())

    def query_of(
        self, operation: Operation | None, query: QueryParams
    ) -> dict[str, str | list[str]]:
        """The query parameters for the record of requests: keys and other secrets are redacted."""
        keys = {scheme["name"] for scheme in self.schemes.values() if scheme.get("in") == "query"}
        values = {name: each if (each := query.getlist(name))[1:] else each[0] for name in query}
        cursors = operation.cursors if operation else ()
        return redacted(values, cursors) | dict.fromkeys(keys & values.keys(), "REDACTED")

    def headers_of(self, operation: Operation | None, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that are parameters, as they may be remembered: secrets are redacted."""
        if operation is None:
            return {}
        names = [each["name"] for each in operation.parameters if each["in"] == "header"]
        return redacted(
            {name: headers[name] for name in names if name in headers}, operation.cursors
        )

    def route(self, method: str, path: str) -> Route | None:
        """The route of `path` in the document; None for an unknown path."""
        # Segments of dots would be resolved to another path, so they are not values of parameters.
        if {".", ".."} & {*path.split("/")}:
            return None
        found = [
            (values, self._paths[template])
            for template in self._paths
            if (values := path_values(template, path)) is not None
        ]
        if not found:
            return None
        # Paths without parameters take precedence, and `{id}:test` over `{id}`.
        values, allowed = min(
            found, key=lambda each: (len(each[0]), len("".join(each[0].values())))
        )
        taken = [operation for operation in allowed if operation.method == method]
        return Route(taken[0] if taken else None, tuple(allowed), values)

    def refusal(
        self, operation: Operation, request: Request, path: Mapping[str, str], body: bytes
    ) -> Failure | None:
        """The first error in a request's parameters and body; None if the request is valid."""
        query = request.query_params
        given = {
            "path": {name: [value] for name, value in path.items()},
            "query": {name: query.getlist(name) for name in query},
        }
        for parameter in operation.parameters:
            place, name = parameter["in"], parameter["name"]
            values = request.headers.getlist(name)
            texts = given.get(place, {name: values} if values else {})
            try:
                value = parameter_value(parameter, texts, self.document)
                mistakes = self.judge.mistakes(parameter["schema"], value, closed=False)
                text = next(_told(f"{place.capitalize()} parameter {name}", mistakes), None)
            except KeyError:
                is_missing = parameter.get("required", False)
                text = f"{place.capitalize()} parameter {name} is missing." if is_missing else None
            if text is not None:
                is_tile = place == "path" and "INVALID-TILE-COORDINATES" in operation.codes
                code = "INVALID-TILE-COORDINATES" if is_tile else INVALID_BODY
                return Failure("INVALID-QUERY-PARAMETER" if place == "query" else code, text)
        if operation.body is None:
            return None
        text = self._body_mistake(operation.body, body, request.headers.get("content-type"))
        return None if text is None else Failure(INVALID_BODY, text)

    def _body_mistake(
        self, described: Mapping[str, Any], body: bytes, content_type: str | None
    ) -> str | None:
        media_type = media_type_of(content_type)
        if not body and not (content_type and is_file(media_type)):
            return "The body is missing." if described.get("required") else None
        if media_type not in described["content"] or not MEDIA_TYPE.fullmatch(
            content_type or media_type
        ):
            known = ", ".join(described["content"])
            return f"Unsupported content type {content_type!r:.100}. Expected {known}."
        try:
            value = read(body, media_type, dict(described), self.document)
        except ValueError:
            return f"The body is not valid {media_type}."
        except RecursionError:
            return "The body is nested too deeply."
        if isinstance(value, bytes):
            return None
        schema = described["content"][media_type]["schema"]
        return next(_told("Body", self.judge.mistakes(schema, value, closed=False)), None)

    def body(self, operation: Operation | None, content: bytes, content_type: str | None) -> Any:
        """The parsed body; None where it cannot be parsed."""
        described = (operation.body if operation else None) or {}
        try:
            return read(content, media_type_of(content_type), dict(described), self.document)
        except (ValueError, RecursionError):
            return None

    def faults(self, operation: Operation, response: Response) -> list[str]:
        """The errors in a response of the emulator; empty if it is valid."""
        message = Message(response.status_code, response.headers, bytes(response.body))
        return [*map(str, self.judge.validate_response(operation.id, message, closed=False))]


def _operation(
    path: str, method: str, entry: dict[str, Any], document: dict[str, Any]
) -> Operation:
    security = entry.get("security", document.get("security", []))
    shared = document["paths"][path].get("parameters", [])
    parameters = [followed(each, document) for each in [*shared, *entry.get("parameters", [])]]
    return Operation(
        id=entry["operationId"],
        method=method.upper(),
        security=tuple(security),
        codes=frozenset(entry.get("x-error-codes", ())),
        parameters=tuple(each for each in parameters if each["in"] in ("path", "query", "header")),
        body=followed(entry["requestBody"], document) if "requestBody" in entry else None,
        cursors=cursor_names(entry, document),
    )


def _told(place: str, mistakes: Iterator[Mistake]) -> Iterator[str]:
    for kind, member, detail in mistakes:
        text = f"{place}{'.' * bool(member)}{member}: {kind}: {detail}."
        yield text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
