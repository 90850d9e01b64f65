"""Pipeline handles: versioned JSON with all that is needed to find a pipeline again, without secrets."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

from attrs import field, fields, frozen

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.catalogue import OPERATIONS
from ..generated.types import UNSET, Request, path_values, plain, segment
from ..transport.responses import names_pipeline, storable

VERSION = 1

# Members of the JSON, with the attributes for them.
MEMBERS = {
    "operation": "operation",
    "host": "host",
    "pipelineId": "pipeline_id",
    "path": "path",
    "mapType": "map_type",
    "subGeometryId": "sub_geometry_id",
}
REQUIRED = ("operation", "host", "pipeline_id")
HANDED = "result"  # the member with what the request for the result holds beside the id


@frozen(kw_only=True)
class PipelineToken:
    """Identifies a pipeline for other processes.

    Attributes:
        operation: name of the operation pair, such as `kraken.release`.
        host: the API host; a client of another service refuses the handle.
        path: path of the initial request, if it has parameters, which the result requires.
        handed: other values that the result requires (see `handed_on`).
        body: body of the initial request, if it is known: it was sent by this process, or a journal
            has it. Not part of the string.
    """

    pipeline_id: str
    operation: str
    host: str
    path: str | None = None
    map_type: str | None = None
    sub_geometry_id: str | None = None
    handed: str | None = None
    body: Any = field(default=None, repr=False, eq=False)

    def __getstate__(self) -> dict[str, Any]:
        return {attribute.name: getattr(self, attribute.name) for attribute in fields(type(self))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in ({"handed": None} | state).items():  # earlier pickles have no `handed`
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        values = {member: getattr(self, name) for member, name in MEMBERS.items()}
        known = {member: value for member, value in values.items() if value is not None}
        if self.handed is not None:
            known[HANDED] = json.loads(self.handed)
        return json.dumps({"version": VERSION, **known})

    def result_request(self) -> Request:
        """The request for the result, with the values of the initial request that it requires.

        Raises InvalidArgumentError if they are unknown, because the pipeline was attached by its ID.
        """
        initiate = OPERATIONS[f"{self.operation}.initiate"]
        retrieve = OPERATIONS[initiate.retrieve or ""]
        handed: dict[str, dict[str, Any]] = json.loads(self.handed or "{}")
        place, name = retrieve.takes_id
        handed.setdefault(place, {})[name] = self.pipeline_id
        known = parameters_of(initiate.id, self.path or "") | handed.get("path", {})
        if self.map_type is not None:
            known.setdefault("mapType", self.map_type)
        needed = re.findall(r"\{([^}]+)\}", retrieve.path)
        if not known.keys() >= {*needed} or (initiate.hands_on and self.handed is None):
            raise InvalidArgumentError(
                f"the result of {self.operation} requires values of the initial request, which are "
                "unknown for a pipeline attached by its ID.",
                hint="Attach it by its handle, the result of token().",
            )
        return Request(
            operation=retrieve.id,
            method=retrieve.method,
            path=re.sub(r"\{([^}]+)\}", lambda name: segment(known[name[1]]), retrieve.path),
            query={
                name: [plain(one) for one in value] if isinstance(value, list) else plain(value)
                for name, value in handed.get("query", {}).items()
            },
            headers={name: plain(value) for name, value in handed.get("header", {}).items()},
            json=handed.get("body", UNSET),
        )

    @classmethod
    def parse(cls, text: str) -> PipelineToken:
        """Parses `str(token)`. Raises InvalidArgumentError for any other string."""
        try:
            members = json.loads(text)
        except (ValueError, RecursionError):
            members = None
        if not isinstance(members, dict):
            raise InvalidArgumentError(
                "this is not a pipeline handle.", hint="Pass the JSON string returned by token()."
            )
        if members.get("version") != VERSION:
            raise InvalidArgumentError(
                f"the handle has version {shown(members.get('version'))}; this release reads {VERSION}."
            )
        values: dict[str, Any] = {name: members.get(member) for member, name in MEMBERS.items()}
        for name, value in values.items():
            is_left_out = name not in REQUIRED and (value is None or value == "")
            if not is_left_out and not is_name(value):
                raise InvalidArgumentError("the handle lacks the pipeline's ID, operation or host.")
        handed = members.get(HANDED)
        if handed is not None:
            if not isinstance(handed, dict) or not all(
                isinstance(each, dict) for each in handed.values()
            ):
                raise InvalidArgumentError(f"{HANDED} of the handle must be an object of objects.")
            values["handed"] = json.dumps(handed)
        return cls(**values)


@frozen(kw_only=True)
class Started:
    """The content of an `initiate` response about its pipeline; `answer` is all of it."""

    pipeline_id: str
    sub_geometry_id: str | None
    answer: dict[str, Any] = field(factory=dict, repr=False)

    @classmethod
    def read(cls, content: bytes) -> Started | None:
        """Parses a body leniently; None if it contains no pipeline ID."""
        members = None
        for errors in ("surrogatepass", "replace"):  # `json` decodes bytes with the first
            with suppress(ValueError, RecursionError):
                members = json.loads(content.decode(json.detect_encoding(content), errors))
                break
        return cls.of(members) if names_pipeline(members) else None

    @classmethod
    def of(cls, members: dict[str, Any]) -> Started:
        """From a response that contains a pipeline ID."""
        sub_geometry_id = members.get("subGeometryId")
        return cls(
            pipeline_id=storable(members["pipelineId"]),
            sub_geometry_id=storable(sub_geometry_id) if isinstance(sub_geometry_id, str) else None,
            answer=members,
        )

    def token(self, request: Request, host: str) -> PipelineToken:
        """The pipeline's handle; `request` started it."""
        return PipelineToken(
            pipeline_id=self.pipeline_id,
            operation=request.operation.removesuffix(".initiate"),
            host=host,
            path=path_of(request),
            map_type=map_type_of(request),
            sub_geometry_id=self.sub_geometry_id,
            handed=handed_on(request, self.answer),
            body=request.json,
        )


def started_by(host: str, request: Request, content: bytes) -> tuple[str, str] | None:
    """ID and handle of the pipeline that a request started, from the response; None without an ID."""
    started = Started.read(content)
    return (started.pipeline_id, str(started.token(request, host))) if started else None


def handed_on(request: Request, answer: dict[str, Any]) -> str | None:
    """The values that the link to the result passes in addition to the id, as JSON; None for none."""
    handed = {
        place: {
            name: found
            for name, expression in expressions.items()
            if (found := linked_value(expression, request, answer)) is not UNSET
        }
        for place, expressions in OPERATIONS[request.operation].hands_on.items()
    }
    return json.dumps(handed) if handed else None


def linked_value(expression: Any, request: Request, answer: dict[str, Any]) -> Any:
    """The value of a link's expression for a request and its response; UNSET if it is missing."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    parts = {
        "$request.body": request.json,
        "$request.query": request.query,
        "$request.header": request.headers,
        "$request.path": parameters_of(request.operation, request.path),
        "$response.body": answer,
    }
    where, _, pointer = expression.partition("#/")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]
    if where not in parts:  # a parameter, by its name
        name = where.split(".", 2)[2]
        where, steps = where.removesuffix(f".{name}"), [name]
    found = parts[where]
    for step in steps:
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            found = found.get(step, UNSET) if isinstance(found, dict) else UNSET
    return found


def is_name(value: object) -> bool:
    """Whether a value is a non-blank string that can be encoded as UTF-8."""
    return isinstance(value, str) and bool(value.strip()) and storable(value) == value


def path_of(request: Request) -> str | None:
    """The path of a request, if it has parameters."""
    return request.path if "{" in OPERATIONS[request.operation].path else None


def parameters_of(operation: str, path: str) -> dict[str, str]:
    """The parameters in the path of a request; none if it is of another operation."""
    return path_values(OPERATIONS[operation].path, path) or {}


def map_type_of(request: Request) -> str | None:
    """The map type of a request: a member of its body, or in older forms a part of its path."""
    found = request.json.get("mapType") if isinstance(request.json, dict) else None
    if isinstance(found, str):
        return found
    return parameters_of(request.operation, request.path).get("mapType")
