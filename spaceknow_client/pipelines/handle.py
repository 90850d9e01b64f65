"""Pipeline handles: versioned JSON with all that is needed to find a pipeline again, without secrets."""

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


@frozen(kw_only=True)
class PipelineToken:
    """Identifies a pipeline for other processes.

    Attributes:
        operation: name of the operation pair, such as `kraken.release`.
        host: the API host; a client of another service refuses the handle.
        path: path of the initial request, if it has parameters, which the result requires.
        extent: extent of the initial request, if it has one and was sent by this process. Not
            part of the string.
    """

    pipeline_id: str
    operation: str
    host: str
    path: str | None = None
    map_type: str | None = None
    sub_geometry_id: str | None = None
    extent: Any = field(default=None, repr=False, eq=False)

    def __str__(self) -> str:
        values = {member: getattr(self, name) for member, name in MEMBERS.items()}
        known = {member: value for member, value in values.items() if value is not None}
        return json.dumps({"version": VERSION, **known})

    def path_to(self, template: str) -> str:
        """The path of a request about the pipeline, with the parameters of the initial request.

        Raises InvalidArgumentError if they are unknown, because the pipeline was attached by its ID.
        """
        known = parameters_of(f"{self.operation}.initiate", self.path or "")
        if self.map_type is not None:
            known.setdefault("mapType", self.map_type)

        def value(name: re.Match[str]) -> str:
            if name[1] not in known:
                raise InvalidArgumentError(
                    f"the result of {self.operation} is at {template}, whose parameters are unknown "
                    "for a pipeline attached by its ID.",
                    hint="Attach it by its handle, the result of token().",
                )
            return quote(known[name[1]], safe="")

        return re.sub(r"\{([^}]+)\}", value, template)

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
        return cls(**values)


@frozen(kw_only=True)
class Started:
    """The content of an `initiate` response about its pipeline."""

    pipeline_id: str
    sub_geometry_id: str | None

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
            extent=extent_of(request),
        )


def started_by(host: str, request: Request, content: bytes) -> tuple[str, str] | None:
    """ID and handle of the pipeline that a request started, from the response; None without an ID."""
    started = Started.read(content)
    return (started.pipeline_id, str(started.token(request, host))) if started else None


def is_name(value: object) -> bool:
    """Whether a value is a non-blank string that can be encoded as UTF-8."""
    return isinstance(value, str) and bool(value.strip()) and storable(value) == value


def path_of(request: Request) -> str | None:
    """The path of a request, if it has parameters."""
    return request.path if "{" in OPERATIONS[request.operation].path else None


def parameters_of(operation: str, path: str) -> dict[str, str]:
    """The parameters in the path of a request; none if it is of another operation."""
    return path_values(OPERATIONS[operation].path, path) or {}


def extent_of(request: Request) -> Any:
    """The extent of a request, as GeoJSON; None if it has none."""
    return request.json.get("extent") if isinstance(request.json, dict) else None


def map_type_of(request: Request) -> str | None:
    """The map type of a request: a member of its body, or in older forms a part of its path."""
    found = request.json.get("mapType") if isinstance(request.json, dict) else None
    if isinstance(found, str):
        return found
    return parameters_of(request.operation, request.path).get("mapType")
