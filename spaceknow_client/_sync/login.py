# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Getting and renewing the bearer token, once, however many callers need it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from .._clock import Clock
from .._concurrency import Lock, acquire
from ..credentials import Auth, PasswordAuth, Token, expiry_of, is_sendable
from ..environment import Environment
from ..errors.base import DeadlineExceededError, LoginError, TokenExpiredError
from ..generated.catalogue import Operation

if TYPE_CHECKING:
    from .transport import Transport


class Login:
    """The login of one client. `with_options` copies share it."""

    def __init__(self, auth: Auth, environment: Environment, clock: Clock) -> None:
        self._auth = auth
        self._environment = environment
        self._clock = clock
        self._lock = Lock()
        self._refused: LoginError | None = None
        self._refusals = 0

    @property
    def can_renew(self) -> bool:
        return isinstance(self._auth, PasswordAuth)

    def token(
        self, transport: Transport, operation: Operation, expires: float, *, needed: bool
    ) -> str | None:
        """A token that holds for a while; logs in when there is none. Raises AuthError.

        Where none is `needed`, a TokenAuth whose token has ended sends none.
        """
        auth, now = self._auth, self._clock.time()
        if not isinstance(auth, PasswordAuth):
            ends = expiry_of(auth.token)
            if ends is None or now < ends:
                return auth.token
            if needed:
                raise self.expired(operation)
            return None
        token = auth.store.load(self._key(auth))
        if token is None or not token.is_fresh(now):
            token = self._renewed(auth, token, transport, operation, expires)
        return token.value

    def renew(self, bad: str, transport: Transport, operation: Operation, expires: float) -> None:
        """Replaces a token that the server refused, unless another caller has done so meanwhile."""
        if isinstance(self._auth, PasswordAuth):
            self._renewed(self._auth, Token(bad, 0), transport, operation, expires)

    def expired(self, operation: Operation, request_id: str | None = None) -> TokenExpiredError:
        return TokenExpiredError(
            "the token has ended or was refused, and a TokenAuth cannot get another",
            operation=operation.id,
            request_id=request_id,
            hint="Pass a new token, or use PasswordAuth, which logs in again by itself.",
        )

    def _renewed(
        self,
        auth: PasswordAuth,
        old: Token | None,
        transport: Transport,
        operation: Operation,
        expires: float,
    ) -> Token:
        refusals = self._refusals
        if not acquire(self._lock, expires - self._clock.monotonic()):
            raise DeadlineExceededError(
                "another call is logging in, and the deadline passed before it was done",
                operation=operation.id,
                hint="Give a longer deadline.",
            )
        try:
            token = auth.store.load(self._key(auth))
            now = self._clock.time()
            if token is not None and token.is_fresh(now) and (not old or token.value != old.value):
                return token
            if self._refused is not None and self._refusals != refusals:
                # The login that this call waited for was refused, and so would another be. Trying
                # once for each waiter could lock the account.
                raise copy(self._refused)
            return self._log_in(auth, transport, expires)
        except LoginError as error:
            self._refused, self._refusals = error, self._refusals + 1
            raise
        finally:
            self._lock.release()

    def _log_in(self, auth: PasswordAuth, transport: Transport, expires: float) -> Token:
        from ..generated.api.auth0 import auth0_login  # a TokenAuth needs none of it
        from ..generated.models.login_request import LoginRequest

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
        if not is_sendable(answer.parsed.id_token):
            raise LoginError(
                "the login service gave a token that cannot be sent", operation=request.operation
            )
        token = Token.issued(answer.parsed.id_token, self._clock.time())
        auth.store.save(self._key(auth), token)
        return token

    def _key(self, auth: PasswordAuth) -> str:
        return f"{self._environment.auth_url} {self._environment.client_id} {auth.username}"
