"""What is needed to find a pipeline again, as text: versioned JSON, with nothing secret in it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from attrs import field, frozen

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.catalogue import OPERATIONS
from ..generated.types import Request, path_values
from ..transport.responses import names_pipeline, storable

VERSION = 1

# The members of the JSON, and the attributes that they become.
MEMBERS = {
    "operation": "operation",
    "host": "host",
    "pipelineId": "pipeline_id",
    "path": "path",
    "mapType": "map_type",
    "subGeometryId": "sub_geometry_id",
}
REQUIRED = ("operation", "host", "pipeline_id")


@frozen(kw_only=True)
class PipelineToken:
    """Names a pipeline for another process.

    Attributes:
        operation: the pair's name, such as `kraken.release`.
        host: the API's address; a token of one service is refused by a client of another.
        path: of the request that began it, where the path has parameters: the result needs them.
        body: of the request that began it, where it is known: it began it in this process, or a
            journal has it. It is not part of the text.
    """

    pipeline_id: str
    operation: str
    host: str
    path: str | None = None
    map_type: str | None = None
    sub_geometry_id: str | None = None
    body: Any = field(default=None, repr=False, eq=False)

    def __str__(self) -> str:
        values = {member: getattr(self, name) for member, name in MEMBERS.items()}
        known = {member: value for member, value in values.items() if value is not None}
        return json.dumps({"version": VERSION, **known})

    def path_to(self, template: str) -> str:
        """The path to what belongs to the pipeline, with the parameters that it was begun with.

        Raises InvalidArgumentError when they are not known: the pipeline was attached by its id.
        """
        known = parameters_of(f"{self.operation}.initiate", self.path or "")
        if self.map_type is not None:
            known.setdefault("mapType", self.map_type)

        def value(name: re.Match[str]) -> str:
            if name[1] not in known:
                raise InvalidArgumentError(
                    f"the result of {self.operation} lies at {template}, and the pipeline's id alone "
                    "does not tell where that is.",
                    hint="Attach it by its token().",
                )
            return quote(known[name[1]], safe="")

        return re.sub(r"\{([^}]+)\}", value, template)

    @classmethod
    def parse(cls, text: str) -> PipelineToken:
        """From `str(token)`. Raises InvalidArgumentError for any other text."""
        try:
            members = json.loads(text)
        except (ValueError, RecursionError):
            members = None
        if not isinstance(members, dict):
            raise InvalidArgumentError(
                "this is no pipeline token.", hint="It is JSON, as token() gave it."
            )
        if members.get("version") != VERSION:
            raise InvalidArgumentError(
                f"the token has version {shown(members.get('version'))}; this release reads {VERSION}."
            )
        values: dict[str, Any] = {name: members.get(member) for member, name in MEMBERS.items()}
        for name, value in values.items():
            is_left_out = name not in REQUIRED and (value is None or value == "")
            if not is_left_out and not is_name(value):
                raise InvalidArgumentError("the token lacks the pipeline's id, operation or host.")
        return cls(**values)


@frozen(kw_only=True)
class Started:
    """What the answer of an `initiate` says of its pipeline."""

    pipeline_id: str
    sub_geometry_id: str | None

    @classmethod
    def read(cls, content: bytes) -> Started | None:
        """From a body, however odd the rest of it is; None where it names no pipeline."""
        members = None
        for errors in ("surrogatepass", "replace"):  # the first is how `json` reads bytes
            with suppress(ValueError, RecursionError):
                members = json.loads(content.decode(json.detect_encoding(content), errors))
                break
        return cls.of(members) if names_pipeline(members) else None

    @classmethod
    def of(cls, members: dict[str, Any]) -> Started:
        """From an answer that names a pipeline."""
        sub_geometry_id = members.get("subGeometryId")
        return cls(
            pipeline_id=storable(members["pipelineId"]),
            sub_geometry_id=storable(sub_geometry_id) if isinstance(sub_geometry_id, str) else None,
        )

    def token(self, request: Request, host: str) -> PipelineToken:
        """The pipeline's token; `request` began it."""
        return PipelineToken(
            pipeline_id=self.pipeline_id,
            operation=request.operation.removesuffix(".initiate"),
            host=host,
            path=path_of(request),
            map_type=map_type_of(request),
            sub_geometry_id=self.sub_geometry_id,
            body=request.json,
        )


def started_by(host: str, request: Request, content: bytes) -> tuple[str, str] | None:
    """The id and the handle of what a request started, from the response; None where it names none."""
    started = Started.read(content)
    return (started.pipeline_id, str(started.token(request, host))) if started else None


def is_name(value: object) -> bool:
    """Whether a value is a non-blank string that can be encoded as UTF-8."""
    return isinstance(value, str) and bool(value.strip()) and storable(value) == value


def path_of(request: Request) -> str | None:
    """The path of a request, where it has parameters."""
    return request.path if "{" in OPERATIONS[request.operation].path else None


def parameters_of(operation: str, path: str) -> dict[str, str]:
    """The parameters in the path of a request; none where it is not of this operation."""
    return path_values(OPERATIONS[operation].path, path) or {}


def map_type_of(request: Request) -> str | None:
    """The map type of a request: a member of its body, or in older forms a part of its path."""
    found = request.json.get("mapType") if isinstance(request.json, dict) else None
    if isinstance(found, str):
        return found
    return parameters_of(request.operation, request.path).get("mapType")
