"""What is known of an attempt while it is under way."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

LONGEST = 2_000_000.0  # seconds that an operating system waits for a socket: 23 days


@dataclass
class Attempt:
    """One attempt to send a request.

    Attributes:
        ends: the moment of time.monotonic() at which its time is over.
        peer: what it is connecting to, for messages: a host, or a proxy.
        sent: whether a byte of the request may have left. What is said to a proxy, and a TLS
            handshake, are no part of the request.
    """

    ends: float
    peer: str = ""
    sent: bool = field(default=False, init=False)

    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, LONGEST)


class ProxyError(Exception):
    """A proxy made no connection; its text says why. None of the request was sent."""
