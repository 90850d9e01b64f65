"""A bearer token and its expiry."""

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
# A token is renewed this many seconds before it expires, so that it stays valid during a slow request
# and with a clock that is a few minutes off.
RENEWAL_MARGIN = 300.0
LAST_TIME = 253402300800  # seconds since 1970, the start of the year 10000


@dataclass(frozen=True)
class Token:
    """A bearer token and its expiry (seconds since 1970)."""

    value: str = field(repr=False)
    expires_at: float
    margin: float = RENEWAL_MARGIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", hidden(self.value))

    @classmethod
    def issued(cls, value: str, now: float) -> Token:
        """A new token. It lasts as long as its claims say, otherwise 10 hours, counted from now: the
        server's clock and the local one can differ."""
        claims = _claims(value)
        ends, begins = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
        life = TOKEN_LIFE if ends is None else ends - (now if begins is None else begins)
        return cls(value, now + life, min(RENEWAL_MARGIN, max(0.0, life / 2)))

    @classmethod
    def given(cls, value: str) -> Token:
        """An existing token. It is used until it expires, since there is no other."""
        ends = expiry_of(value)
        return cls(value, math.inf if ends is None else ends, 0.0)

    def is_fresh(self, now: float) -> bool:
        """Whether it does not expire soon."""
        return now < self.expires_at - self.margin

    def has_ended(self, now: float) -> bool:
        """Whether it has expired."""
        return now >= self.expires_at


def expiry_of(token: str) -> float | None:
    """The `exp` of a JSON web token, read without checking its signature; None if it is missing."""
    return _seconds(_claims(token).get("exp"))


def account_of(token: str) -> str:
    """The user of a token: its claim `email` or `sub`, read without checking its signature, otherwise
    a hash of the token."""
    claims = _claims(token)
    for name in ("email", "sub"):
        if isinstance(claims.get(name), str) and claims[name]:
            return str(claims[name])
    return f"token {sha256(token.encode()).hexdigest()[:16]}"


def is_sendable(token: str) -> bool:
    """Whether a string is valid as a bearer token in a header: visible ASCII."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: Any) -> float | None:
    """A time in seconds, if it is a plausible one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < LAST_TIME else None
