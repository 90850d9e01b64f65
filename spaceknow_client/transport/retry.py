"""When a call is sent again, and after how long. Pure decisions; the transport carries them out.

The rule (promise 1): a call that is safe to repeat is sent again after a lost connection and after
408, 429, 500, 502, 503 and 504. A call that is not safe (it may spend credits) is sent again only
when it provably never reached the server, or after 429, which says that it was not taken.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from ..runtime.validation import ValidatedSettings, at_least, check, count

LONGEST = 10**9  # seconds; whatever a server asks for beyond it means never
REPEATABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


class Delivery(Enum):
    """What is known of one attempt that brought no answer of use."""

    UNSENT = "unsent"  # the connection could not be made: the server saw nothing
    LOST = "lost"  # sent, wholly or in part, and no whole answer came
    ANSWERED = "answered"  # there is an answer, with a status


@dataclass(frozen=True, kw_only=True)
class RetryPolicy(ValidatedSettings):
    """How often and how long to try.

    Attributes:
        max_attempts: attempts of one call, the first one included. 1 means no repeat.
        backoff: seconds; the wait before repeat n is random up to `backoff * 2 ** (n - 1)`.
        max_backoff: the most seconds of such a wait.
        max_retry_after: the most seconds that a server's `Retry-After` is obeyed for.
    """

    max_attempts: int = field(default=5, metadata=check(count))
    backoff: float = field(default=0.5, metadata=check(at_least(0)))
    max_backoff: float = field(default=30.0, metadata=check(at_least(0)))
    max_retry_after: float = field(default=120.0, metadata=check(at_least(0)))

    @classmethod
    def none(cls) -> RetryPolicy:
        """Never send anything twice."""
        return cls(max_attempts=1)

    def may_repeat(self, *, safe: bool, fate: Delivery, status: int | None, attempt: int) -> bool:
        """Whether attempt number `attempt` (from 1) may be followed by another."""
        if attempt >= self.max_attempts:
            return False
        if fate is Delivery.UNSENT or status == 429:
            return True
        if not safe:
            return False
        return fate is Delivery.LOST or status in REPEATABLE_STATUSES

    def delay(self, attempt: int, retry_after: float | None) -> float:
        """Seconds to wait after attempt number `attempt`. A server's wish is a floor, up to its cap."""
        # Any wait is at its longest by then, and no float is as large as 2 ** 1024.
        ceiling = min(self.max_backoff, self.backoff * 2 ** min(attempt - 1, 64))
        wait = random.uniform(0, ceiling)
        if retry_after is not None:
            wait += min(retry_after, self.max_retry_after)
        return wait


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """The seconds that a `Retry-After` header asks for: a number of them, or a date. None if unreadable."""
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
