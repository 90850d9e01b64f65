"""A difference between the service and its document."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Kind = Literal[
    "unknown member", "missing member", "type", "enum", "value", "status", "content type"
]


@frozen(kw_only=True)
class Drift:
    """One difference between a response and the document.

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
    """

    operation: str
    kind: Kind
    member: str
    detail: str
    status: int
    request_id: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for the same difference in another response."""
        told = self.detail if self.kind in ("enum", "status", "content type") else ""
        return self.operation, self.kind, self.member, told

    def __str__(self) -> str:
        member = f" {self.member}" if self.member else ""
        return f"{self.operation}: {self.kind}{member}: {self.detail}"
