"""The document at work: it routes requests and judges them, and the emulator's own answers too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from ...contract.document import bundled_document, followed, is_file, operations
from ...contract.judge import Judge, Message, Mistake
from ...contract.parameters import parameter_value
from ...generated.types import is_secret, path_values
from .bodies import MEDIA_TYPE, media_type_of, read
from .failures import Failure
from .statuses import INVALID_BODY

_LONGEST = 300


@dataclass(frozen=True)
class Operation:
    """What the document says of one operation.

    Attributes:
        id: operationId, such as `kraken.release.initiate`.
        method: HTTP method, in capitals.
        security: alternatives, each the schemes that are needed together, with the permissions that
            each needs; an empty one: nothing is needed.
        codes: machine codes that the operation may answer.
        parameters: those of the path, of the query and in headers.
        body: what is said of the request's body; None if there is none.
    """

    id: str
    method: str
    security: tuple[Mapping[str, Sequence[str]], ...]
    codes: frozenset[str]
    parameters: tuple[dict[str, Any], ...]
    body: Mapping[str, Any] | None

    @property
    def is_login(self) -> bool:
        """Whether Auth0 answers it: in its own form, without SpaceKnow's headers."""
        return self.id.startswith("auth0.")


@dataclass(frozen=True)
class Route:
    """A path that the document has.

    `operation` is None when the path does not take the method; `allowed` are all that it takes.
    """

    operation: Operation | None
    allowed: tuple[Operation, ...]
    parameters: Mapping[str, str]


class Contract:
    """The bundled document, ready to be asked. May be used by several threads."""

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
        """The document of this package; read once in a process."""
        return cls(bundled_document())

    def without_keys(self, query: QueryParams) -> dict[str, str | list[str]]:
        """The parameters of a query as they may be remembered: keys and other secrets are redacted."""
        keys = {scheme["name"] for scheme in self.schemes.values() if scheme.get("in") == "query"}
        values = {name: query.getlist(name) for name in query}
        return {
            name: "REDACTED" if name in keys or is_secret(name) else each if each[1:] else each[0]
            for name, each in values.items()
        }

    def headers_of(self, operation: Operation | None, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that are parameters, as they may be remembered: secrets are redacted."""
        listed = operation.parameters if operation else ()
        names = [each["name"] for each in listed if each["in"] == "header"]
        return {n: "REDACTED" if is_secret(n) else headers[n] for n in names if n in headers}

    def route(self, method: str, path: str) -> Route | None:
        """Where the document has `path`; None for an unknown one."""
        # A segment of dots is a way to another path, for whoever resolves it: here it is no value.
        if {".", ".."} & {*path.split("/")}:
            return None
        found = [
            (values, self._paths[template])
            for template in self._paths
            if (values := path_values(template, path)) is not None
        ]
        if not found:
            return None
        # A path without parameters goes before one with them, and `{id}:test` before `{id}`.
        values, allowed = min(
            found, key=lambda each: (len(each[0]), len("".join(each[0].values())))
        )
        taken = [operation for operation in allowed if operation.method == method]
        return Route(taken[0] if taken else None, tuple(allowed), values)

    def refusal(
        self, operation: Operation, request: Request, path: Mapping[str, str], body: bytes
    ) -> Failure | None:
        """Why the document refuses a request (its parameters and body); None: it does not."""
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
            return f"The content type {content_type!r:.100} is not taken here, only {known}."
        try:
            value = read(body, media_type, dict(described), self.document)
        except ValueError:
            return f"The body cannot be read as {media_type}."
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
        """What the document refuses in an answer of the emulator; empty when it is in order."""
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
    )


def _told(place: str, mistakes: Iterator[Mistake]) -> Iterator[str]:
    for kind, member, detail in mistakes:
        text = f"{place}{'.' * bool(member)}{member}: {kind}: {detail}."
        yield text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
