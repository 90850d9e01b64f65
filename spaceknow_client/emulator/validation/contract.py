"""The document at work: it routes requests and judges them, and the emulator's own answers too."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from jsonschema_path import SchemaPath
from openapi_core import OpenAPI
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.request.exceptions import ParameterValidationError
from starlette.responses import Response

from ...contract.document import bundled_document
from .bodies import is_date_time, is_json, load_json
from .explanations import explain
from .failures import Failure
from .fast_validator import configuration
from .messages import BASE_URL, Question, ServiceResponse
from .served_document import served
from .statuses import INVALID_BODY

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_REMEMBERED = 4096  # answers found in order


@dataclass(frozen=True)
class Operation:
    """What the document says of one operation.

    Attributes:
        id: operationId, such as `kraken.release.initiate`.
        method: HTTP method, in capitals.
        security: alternatives, each the permissions that a token needs; None: no token is needed.
        codes: machine codes that the operation may answer.
    """

    id: str
    method: str
    security: tuple[tuple[str, ...] | None, ...]
    codes: frozenset[str]

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
        seen = served(document)
        # Resolving references again for every message costs more than the validation itself.
        spec = SchemaPath.from_dict(seen, resolved_cache_maxsize=100_000)
        config = configuration(
            seen,
            {"spaceknow-date-time": is_date_time},
            extra_media_type_deserializers=dict.fromkeys(_json_types(document), load_json),
            spec_validator_cls=None,  # checked where it is written; here it only takes time
        )
        self._openapi = OpenAPI(spec, config)
        self._finder = APICallPathFinder(spec)
        # openapi-core does not promise that threads may share its caches. Under the interpreter's
        # lock this one costs nothing.
        self._lock = threading.Lock()
        self._fine: set[object] = set()
        self.operations: dict[str, Operation] = {
            item[method]["operationId"]: _operation(method, item[method], document)
            for item in document["paths"].values()
            for method in METHODS
            if method in item
        }
        self.permissions = {
            name
            for operation in self.operations.values()
            for needed in operation.security
            for name in needed or ()
        }
        self.meanings: dict[str, str] = {
            code: entry["meaning"] for code, entry in document["x-errors"].items()
        }

    @classmethod
    @cache
    def bundled(cls) -> Contract:
        """The document of this package; read once in a process."""
        return cls(bundled_document())

    def route(self, method: str, path: str) -> Route | None:
        """Where the document has `path`; None for an unknown one."""
        with self._lock:
            found = self._find(method.lower(), path)
            if found is not None:
                return Route(found[0], (found[0],), found[1])
            others = [other for name in METHODS if (other := self._find(name, path)) is not None]
        if not others:
            return None
        return Route(None, tuple(operation for operation, _ in others), others[0][1])

    def _find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        # A segment of dots is a way to another path, for whoever resolves it: here it is no value.
        if method not in METHODS or {".", ".."} & set(path.split("/")):
            return None
        try:
            found = self._finder.find(method, BASE_URL + path)
        except PathError:
            return None
        values = {name: unquote(value) for name, value in found.path_result.variables.items()}
        return self.operations[(found.operation / "operationId").read_str()], values

    def refusal(self, operation: Operation, question: Question) -> Failure | None:
        """Why the document refuses a request (its parameters and body); None: it does not."""
        try:
            with self._lock:
                errors = list(self._openapi.iter_request_errors(question))
        except RecursionError:
            return Failure(INVALID_BODY, "The body is nested too deeply.")
        except ValueError:  # openapi-core takes parameters of a media type to have a value
            return Failure(INVALID_BODY, "The content type cannot be read.")
        for error in errors:
            text = explain(error)
            if isinstance(error, ParameterValidationError):
                if error.location == "query":
                    return Failure("INVALID-QUERY-PARAMETER", text)
                if "INVALID-TILE-COORDINATES" in operation.codes:
                    return Failure("INVALID-TILE-COORDINATES", text)
            return Failure(INVALID_BODY, text)
        return None

    def faults(self, operation: Operation, question: Question, response: Response) -> list[str]:
        """What the document refuses in an answer of the emulator; empty when it is in order."""
        answer = ServiceResponse(response)
        # Neither body nor status of an answer can be in order once and out of order later.
        key = (operation.id, answer.status_code, answer.content_type, tuple(answer.headers.keys()))
        remembered = (key, answer.fingerprint())
        with self._lock:
            if remembered in self._fine:
                return []
            errors = list(self._openapi.iter_response_errors(question, answer))
            if not errors:
                if len(self._fine) >= _REMEMBERED:
                    self._fine.clear()
                self._fine.add(remembered)
        return [explain(error) for error in errors]


def _operation(method: str, entry: dict[str, Any], document: dict[str, Any]) -> Operation:
    security = entry.get("security", document.get("security", []))
    return Operation(
        id=entry["operationId"],
        method=method.upper(),
        security=tuple(tuple(needed["jwt"]) if "jwt" in needed else None for needed in security),
        codes=frozenset(entry.get("x-error-codes", ())),
    )


def _json_types(node: Any) -> set[str]:
    """The JSON media types that the document names."""
    found: set[str] = set()
    if isinstance(node, dict):
        content = node.get("content")
        if isinstance(content, dict):
            found.update(name for name in content if is_json(name))
        for value in node.values():
            found |= _json_types(value)
    elif isinstance(node, list):
        for value in node:
            found |= _json_types(value)
    return found
