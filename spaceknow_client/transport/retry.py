"""Decides whether and when a call is retried. Pure logic; the transport carries it out.

The rule (promise 1): a call that is safe to repeat is retried after a broken connection and after
408, 429, 500, 502, 503 and 504. A call that is not safe (it may spend credits) is retried only if it
certainly did not reach the server, or after 429, which says that it was not accepted.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from ..runtime.validation import ValidatedSettings, at_least, check, count

LONGEST = 10**9  # seconds; any longer wait counts as never
RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


class Delivery(Enum):
    """The delivery outcome of an attempt without a usable response."""

    UNSENT = "unsent"  # the server received nothing
    UNKNOWN = "unknown"  # sent, completely or in part, without a complete response
    ANSWERED = "answered"  # a response with a status was received


@dataclass(frozen=True, kw_only=True)
class RetryPolicy(ValidatedSettings):
    """Limits of retries.

    Attributes:
        max_attempts: maximum number of attempts of a call, including the first. 1 means no retries.
        backoff: seconds; the wait before retry n is random, up to `backoff * 2 ** (n - 1)`.
        max_backoff: maximum wait in seconds.
        max_retry_after: maximum wait in seconds requested by a server's `Retry-After`.
    """

    max_attempts: int = field(default=5, metadata=check(count))
    backoff: float = field(default=0.5, metadata=check(at_least(0)))
    max_backoff: float = field(default=30.0, metadata=check(at_least(0)))
    max_retry_after: float = field(default=120.0, metadata=check(at_least(0)))

    @classmethod
    def none(cls) -> RetryPolicy:
        """A policy without retries."""
        return cls(max_attempts=1)

    def may_retry(
        self, *, safe: bool, delivery: Delivery, status: int | None, attempt: int
    ) -> bool:
        """Whether another attempt is allowed after attempt number `attempt` (from 1)."""
        if attempt >= self.max_attempts:
            return False
        if delivery is Delivery.UNSENT or status == 429:
            return True
        if not safe:
            return False
        return delivery is Delivery.UNKNOWN or status in RETRYABLE_STATUSES

    def delay(self, attempt: int, retry_after: float | None) -> float:
        """Seconds to wait after attempt number `attempt`, at least as long as the server requests."""
        # By 1024 any wait has its maximum, and 2 ** 1024 is too large for a float.
        ceiling = min(self.max_backoff, self.backoff * 2 ** min(attempt - 1, 64))
        wait = random.uniform(0, ceiling)
        if retry_after is not None:
            wait += min(retry_after, self.max_retry_after)
        return wait


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Seconds requested by a `Retry-After` header: a number, or a date. None if unreadable."""
    if not header:
        return None
    text = header.strip()
    digits = text.removeprefix("-")
    if digits.isdecimal():
        return float(min(int(digits[:20]), LONGEST)) if digits == text else 0.0
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromtimestamp(now, UTC)).total_seconds())
