"""What is needed to find a pipeline again, as text: versioned JSON, with nothing secret in it."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from .errors.base import InvalidArgumentError

VERSION = 1


@frozen(kw_only=True)
class PipelineToken:
    """Names a pipeline for another process.

    Attributes:
        operation: the pair's name, such as `kraken.release`.
        host: the API's address; a token of one service is refused by a client of another.
    """

    pipeline_id: str
    operation: str
    host: str
    map_type: str | None = None
    sub_geometry_id: str | None = None

    def __str__(self) -> str:
        members: dict[str, Any] = {
            "version": VERSION,
            "operation": self.operation,
            "host": self.host,
            "pipelineId": self.pipeline_id,
            "mapType": self.map_type,
            "subGeometryId": self.sub_geometry_id,
        }
        return json.dumps({key: value for key, value in members.items() if value is not None})

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
                f"the token has version {members.get('version')!r}; this release reads {VERSION}."
            )
        values = [members.get(name) for name in ("pipelineId", "operation", "host")]
        optional = [members.get(name) for name in ("mapType", "subGeometryId")]
        if not all(isinstance(value, str) and value for value in values) or not all(
            value is None or isinstance(value, str) for value in optional
        ):
            raise InvalidArgumentError("the token lacks the pipeline's id, operation or host.")
        return cls(
            pipeline_id=members["pipelineId"],
            operation=members["operation"],
            host=members["host"],
            map_type=members.get("mapType"),
            sub_geometry_id=members.get("subGeometryId"),
        )
