"""A difference between requests or responses and the document."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Kind = Literal[
    "unknown member", "missing member", "type", "enum", "value", "status", "content type"
]


@frozen(kw_only=True)
class Drift:
    """One difference between a response, or its request, and the document.

    Attributes:
        operation: operationId, such as `user.info`.
        kind: "unknown member" (the document does not have it), "missing member", "type", "enum" (an
            undocumented value of an enumeration, or an undocumented error code), "value" (out of
            bounds, or of another form), "status" or "content type".
        member: the position in the response, such as `results[].bands[].gsd`, or the name of a
            header; empty for the response as a whole.
        detail: the expected and the received value in words. The only values of the response in it
            are those of enumerations, and error codes.
        status: HTTP status of the response.
        request_id: SpaceKnow-Request-Id of the first response with this difference.
        of: "response", or "request" for what was sent.
    """

    operation: str
    kind: Kind
    member: str
    detail: str
    status: int
    request_id: str | None = None
    of: Literal["request", "response"] = "response"

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for the same difference in another response."""
        told = self.detail if self.kind in ("enum", "status", "content type") else ""
        return self.operation, self.of, self.kind, self.member, told

    def __str__(self) -> str:
        member = f" {self.member}" if self.member else ""
        return f"{self.operation}: {self.what}{member}: {self.detail}"

    @property
    def what(self) -> str:
        """The kind, as people read it: `unknown member`, `request: missing member`."""
        return self.kind if self.of == "response" else f"{self.of}: {self.kind}"
