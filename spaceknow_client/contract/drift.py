"""One way in which a request or a response differs from the document."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Kind = Literal[
    "unknown member", "missing member", "type", "enum", "value", "status", "content type"
]


@frozen(kw_only=True)
class Drift:
    """One way in which an answer, or the request for it, differs from the document.

    Attributes:
        operation: operationId, such as `user.info`.
        kind: "unknown member" (the document has none of the name), "missing member", "type",
            "enum" (a value that an enumeration lacks, or a machine code that the document lacks),
            "value" (out of bounds, of another form), "status" or "content type".
        member: where in the answer, such as `results[].bands[].gsd`; the name of a header; empty
            for the answer as a whole.
        detail: what is expected and what came, in words. It repeats no value of the answer but an
            enumeration's and a machine code.
        status: HTTP status of the answer.
        request_id: SpaceKnow-Request-Id of the first answer that had it.
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
        """Equal for the same drift in another answer."""
        told = self.detail if self.kind in ("enum", "status", "content type") else ""
        return self.operation, self.of, self.kind, self.member, told

    def __str__(self) -> str:
        member = f" {self.member}" if self.member else ""
        return f"{self.operation}: {self.what}{member}: {self.detail}"

    @property
    def what(self) -> str:
        """The kind, as people read it: `unknown member`, `request: missing member`."""
        return self.kind if self.of == "response" else f"{self.of}: {self.kind}"
