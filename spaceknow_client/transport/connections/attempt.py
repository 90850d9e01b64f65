"""The deadline and the delivery state of one attempt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ..http_messages import HTTPResponse

LONGEST = 2_000_000.0  # seconds; the longest timeout of a socket, about 23 days


@dataclass
class Attempt:
    """One attempt to send a request.

    Attributes:
        ends: the deadline, on the clock of time.monotonic().
        peer: the host or proxy that it connects to, for messages.
        sent: whether a byte of the request may have been sent. Messages to a proxy and the TLS
            handshake are not part of the request.
        head: the response as far as its head, once that is there.
    """

    ends: float
    peer: str = ""
    sent: bool = field(default=False, init=False)
    head: HTTPResponse | None = field(default=None, init=False)

    def left(self) -> float:
        """The remaining seconds. Raises TimeoutError if there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, LONGEST)


class ProxyError(Exception):
    """A proxy opened no tunnel; the text is the reason. Nothing of the request was sent."""
