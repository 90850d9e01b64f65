"""How a client proves who its user is: a password, a token, or a stored login; and where tokens are kept."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import Field, dataclass, field
from typing import Any, Protocol

from .errors.base import ConfigError
from .validation import Checked, check

# Tokens are valid for 10 hours (API Mechanics, Making Authorized Request).
TOKEN_LIFE = 10 * 3600.0
# A token is renewed this many seconds before its end, so that neither a slow request nor a clock
# that is a few minutes off meets an ended one.
RENEWAL_MARGIN = 300.0


@dataclass(frozen=True)
class Token:
    """A bearer token and the time (seconds since 1970) at which it ends."""

    value: str = field(repr=False)
    expires_at: float
    margin: float = RENEWAL_MARGIN

    @classmethod
    def issued(cls, value: str, now: float) -> Token:
        """A token just got. It lives as long as its own claims say, else 10 hours, counted from now:
        the server's clock and ours need not agree."""
        claims = _claims(value)
        ends, begins = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
        life = TOKEN_LIFE if ends is None else ends - (now if begins is None else begins)
        return cls(value, now + life, min(RENEWAL_MARGIN, max(0.0, life / 2)))

    def is_fresh(self, now: float) -> bool:
        """Whether it will hold for a while yet."""
        return now < self.expires_at - self.margin

    def has_ended(self, now: float) -> bool:
        """Whether its time is over."""
        return now >= self.expires_at


def expiry_of(token: str) -> float | None:
    """The `exp` of a JSON web token, read without checking its signature; None where there is none."""
    return _seconds(_claims(token).get("exp"))


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: Any) -> float | None:
    """A time in seconds, if it is one that a clock could show."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e12:
        return None
    return float(value)


class TokenStore(Protocol):
    """Keeps tokens by key (the service and the user)."""

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any."""

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` under `key`, in place of an older one."""


class MemoryTokenStore:
    """Keeps tokens for as long as the object lives; nothing is written anywhere."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any."""
        with self._lock:
            return self._tokens.get(key)

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` under `key`, in place of an older one."""
        with self._lock:
            self._tokens[key] = token

    def __repr__(self) -> str:
        return "MemoryTokenStore()"

    def __reduce__(self) -> tuple[type[MemoryTokenStore], tuple[()]]:
        return MemoryTokenStore, ()  # a copy in another process logs in by itself


def _given(instance: object, attribute: Field[str], value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"The {attribute.name} is empty.")


def _sendable(instance: object, attribute: Field[str], value: str) -> None:
    """A token goes into a header. What it is stays out of the error."""
    _given(instance, attribute, value)
    if not is_sendable(value):
        raise ConfigError(f"The {attribute.name} holds blanks or characters that no token has.")


def is_sendable(token: str) -> bool:
    """Whether a text can be the bearer token of a header: visible ASCII."""
    return token.isascii() and token.isprintable() and " " not in token


@dataclass(frozen=True)
class PasswordAuth(Checked):
    """Logs in with a user's e-mail and password when a token is needed, and renews it before it ends.

    The password stays in memory and appears in no repr, log or error. Raises ConfigError when
    either is empty.
    """

    username: str = field(metadata=check(_given))
    password: str = field(metadata=check(_given), repr=False)
    store: TokenStore

    def __init__(self, username: str, password: str, store: TokenStore | None = None) -> None:
        # Frozen, so the attributes are set past the class's own lock.
        object.__setattr__(self, "username", username)
        object.__setattr__(self, "password", password)
        object.__setattr__(self, "store", MemoryTokenStore() if store is None else store)
        self.__post_init__()


@dataclass(frozen=True)
class TokenAuth(Checked):
    """Uses a token that was got elsewhere. It cannot be renewed: when it ends, TokenExpiredError."""

    token: str = field(metadata=check(_sendable), repr=False)

    def __init__(self, token: str) -> None:
        object.__setattr__(self, "token", token.strip() if isinstance(token, str) else token)
        self.__post_init__()


Auth = PasswordAuth | TokenAuth
