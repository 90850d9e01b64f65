"""The responses of a contract check."""

from __future__ import annotations

from collections.abc import Callable

from ..contract.drift import Drift
from ..contract.judge import ResponseLike
from ..contract.watch import ContractWatch
from ..generated.types import Request


class ResponseRecord(ContractWatch):
    """Validates each request and response, and stores the last response of each operation."""

    def __init__(self, tell: Callable[[Drift], object]) -> None:
        super().__init__(tell, always=10**9, closed=True)
        self.last: dict[str, ResponseLike] = {}
        self.answers: dict[str, list[str | None]] = {}

    def see(
        self,
        operation: str,
        message: ResponseLike,
        request: Request | None = None,
        *,
        surely: bool = False,
    ) -> None:
        """Called by the transport."""
        if not surely:
            self.last[operation] = message
            request_id = message.headers.get("spaceknow-request-id")
            self.answers.setdefault(operation, []).append(request_id)
            super().see(operation, message, request)
