"""Login tokens: JWTs, signed with HS256, that expire by the emulator's clock."""

from __future__ import annotations

import time
from typing import Any

import jwt

from ..clock import EmulatorClock
from ..stores.identifiers import digest
from ..validation.failures import AnswerError

LIFETIME = 36_000
"""Seconds: 10 hours, as at SpaceKnow."""

_ALGORITHM = "HS256"
# PyJWT would compare with real time.
_UNTIMED: Any = {"verify_exp": False, "verify_iat": False, "require": ["sub", "iat", "exp"]}


class Tokens:
    """Issues and verifies tokens. Emulators with the same seed accept each other's tokens."""

    def __init__(self, seed: int, clock: EmulatorClock) -> None:
        self._secret = digest(seed, "token secret")
        self._clock = clock
        # In real time, whatever the world's time, because other clients check it against theirs.
        self._began = time.time() - clock.monotonic()

    def issue(self, subject: str, **more: str) -> str:
        """A token for a user, valid for LIFETIME seconds from now, with additional claims."""
        now = int(self._now())
        claims = {"sub": subject, **more, "iat": now, "exp": now + LIFETIME}
        return jwt.encode(claims, self._secret, _ALGORITHM)

    def subject(self, token: str) -> str:
        """The user of a token. Raises AnswerError (INVALID-JWT) if it is invalid or expired."""
        try:
            claims = jwt.decode(token, self._secret, [_ALGORITHM], options=_UNTIMED)
        except (jwt.PyJWTError, UnicodeError) as error:
            raise AnswerError("INVALID-JWT", f"The token is not valid: {error}") from error
        if self._now() >= claims["exp"]:
            raise AnswerError("INVALID-JWT", "Signature has expired")
        return str(claims["sub"])

    def _now(self) -> float:
        return self._began + self._clock.monotonic()
