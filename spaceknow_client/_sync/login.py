# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Getting and renewing the bearer token, once, however many callers need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._clock import Clock
from .._concurrency import Lock
from ..credentials import Auth, PasswordAuth, Token
from ..environment import Environment
from ..errors.base import TokenExpiredError
from ..generated.api.auth0 import auth0_login
from ..generated.models import LoginRequest

if TYPE_CHECKING:
    from .transport import Transport


class Login:
    """The login of one client. `with_options` copies share it."""

    def __init__(self, auth: Auth, environment: Environment, clock: Clock) -> None:
        self._auth = auth
        self._environment = environment
        self._clock = clock
        self._lock = Lock()

    @property
    def can_renew(self) -> bool:
        return isinstance(self._auth, PasswordAuth)

    def token(self, transport: Transport, expires: float) -> str:
        """A token that holds for a while; logs in when there is none. Raises AuthError."""
        auth = self._auth
        if not isinstance(auth, PasswordAuth):
            if Token.issued(auth.token, self._clock.time()).has_ended(self._clock.time()):
                raise self.expired()
            return auth.token
        token = auth.store.load(self._key(auth))
        if token is None or not token.is_fresh(self._clock.time()):
            token = self._renewed(auth, token, transport, expires)
        return token.value

    def renew(self, bad: str, transport: Transport, expires: float) -> None:
        """Replaces a token that the server refused, unless another caller has done so meanwhile."""
        if isinstance(self._auth, PasswordAuth):
            self._renewed(self._auth, Token(bad, 0), transport, expires)

    def expired(self) -> TokenExpiredError:
        return TokenExpiredError(
            "the token has ended or was refused, and a TokenAuth cannot get another.",
            hint="Pass a new token, or use PasswordAuth, which logs in again by itself.",
        )

    def _renewed(
        self, auth: PasswordAuth, old: Token | None, transport: Transport, expires: float
    ) -> Token:
        with self._lock:
            token = auth.store.load(self._key(auth))
            now = self._clock.time()
            if token is not None and token.is_fresh(now) and (not old or token.value != old.value):
                return token
            request = auth0_login.get_request(
                body=LoginRequest(
                    client_id=self._environment.client_id,
                    username=auth.username,
                    password=auth.password,
                    connection="Username-Password-Authentication",
                    grant_type="password",
                    scope="openid",
                )
            )
            answer = transport.send(request, auth0_login.parse, expires=expires)
            token = Token.issued(answer.parsed.id_token, self._clock.time())
            auth.store.save(self._key(auth), token)
            return token

    def _key(self, auth: PasswordAuth) -> str:
        return f"{self._environment.auth_url} {self._environment.client_id} {auth.username}"
