"""A bearer token, and when it ends."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ..runtime.secret import hidden

# Tokens are valid for 10 hours (API Mechanics, Making Authorized Request).
TOKEN_LIFE = 10 * 3600.0
# A token is renewed this many seconds before its end, so that neither a slow request nor a clock
# that is a few minutes off meets an ended one.
RENEWAL_MARGIN = 300.0
LAST_TIME = 253402300800  # seconds since 1970, when the year 10000 begins


@dataclass(frozen=True)
class Token:
    """A bearer token and the time (seconds since 1970) at which it ends."""

    value: str = field(repr=False)
    expires_at: float
    margin: float = RENEWAL_MARGIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", hidden(self.value))

    @classmethod
    def issued(cls, value: str, now: float) -> Token:
        """A token just got. It lives as long as its own claims say, else 10 hours, counted from now:
        the server's clock and ours need not agree."""
        claims = _claims(value)
        ends, begins = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
        life = TOKEN_LIFE if ends is None else ends - (now if begins is None else begins)
        return cls(value, now + life, min(RENEWAL_MARGIN, max(0.0, life / 2)))

    @classmethod
    def given(cls, value: str) -> Token:
        """A token that was got elsewhere. It is used to its very end, since there is no other."""
        ends = expiry_of(value)
        return cls(value, math.inf if ends is None else ends, 0.0)

    def is_fresh(self, now: float) -> bool:
        """Whether it will hold for a while yet."""
        return now < self.expires_at - self.margin

    def has_ended(self, now: float) -> bool:
        """Whether its time is over."""
        return now >= self.expires_at


def expiry_of(token: str) -> float | None:
    """The `exp` of a JSON web token, read without checking its signature; None where there is none."""
    return _seconds(_claims(token).get("exp"))


def account_of(token: str) -> str:
    """Whose a token is, for telling users apart: its claim `email` or `sub`, read without checking
    its signature, else a hash of it."""
    claims = _claims(token)
    for name in ("email", "sub"):
        if isinstance(claims.get(name), str) and claims[name]:
            return str(claims[name])
    return f"token {sha256(token.encode()).hexdigest()[:16]}"


def is_sendable(token: str) -> bool:
    """Whether a text can be the bearer token of a header: visible ASCII."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: Any) -> float | None:
    """A time in seconds, if it is one that a clock could show."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < LAST_TIME else None
