# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Credits: `client.credits`."""

from __future__ import annotations

from ..generated.api.credits_ import credits_remaining
from .transport import Transport


class Credits:
    """The credits of the user's group."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def remaining(self) -> float:
        """How many credits are left. Needs `credits.get-remaining-credit`. API facts, section 12."""
        answer = self._transport.send(credits_remaining.get_request(), credits_remaining.parse)
        return answer.parsed.remaining_credit
