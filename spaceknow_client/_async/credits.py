"""Credits: `client.credits`."""

from __future__ import annotations

from ..generated.api.credits_ import credits_remaining
from .transport import AsyncTransport


class AsyncCredits:
    """The credits of the user's group."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def remaining(self) -> float:
        """How many credits are left. Needs `credits.get-remaining-credit`. API facts, section 12."""
        answer = await self._transport.send(
            credits_remaining.get_request(), credits_remaining.parse
        )
        return answer.parsed.remaining_credit
