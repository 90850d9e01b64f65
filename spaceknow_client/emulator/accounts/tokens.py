"""The tokens that logins hand out: JWTs, signed with HS256, that age by the emulator's clock."""

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
# PyJWT would compare with the real time.
_UNTIMED: Any = {"verify_exp": False, "verify_iat": False, "require": ["sub", "iat", "exp"]}


class Tokens:
    """Issues and checks tokens. Emulators of one seed take one another's tokens."""

    def __init__(self, seed: int, clock: EmulatorClock) -> None:
        self._secret = digest(seed, "token secret")
        self._clock = clock
        # By the machine's time, wherever the world's present is: other clients read them by theirs.
        self._began = time.time() - clock.monotonic()

    def issue(self, subject: str, **more: str) -> str:
        """A token for a user, valid from now for LIFETIME seconds, with more claims."""
        now = int(self._now())
        claims = {"sub": subject, **more, "iat": now, "exp": now + LIFETIME}
        return jwt.encode(claims, self._secret, _ALGORITHM)

    def subject(self, token: str) -> str:
        """Whose token it is. Raises AnswerError (INVALID-JWT) if it is not valid, or not any more."""
        try:
            claims = jwt.decode(token, self._secret, [_ALGORITHM], options=_UNTIMED)
        except (jwt.PyJWTError, UnicodeError) as error:
            raise AnswerError("INVALID-JWT", f"The token is not valid: {error}") from error
        if self._now() >= claims["exp"]:
            raise AnswerError("INVALID-JWT", "Signature has expired")
        return str(claims["sub"])

    def _now(self) -> float:
        return self._began + self._clock.monotonic()
