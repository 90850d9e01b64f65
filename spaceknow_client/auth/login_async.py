"""Gets and renews the bearer token, once for all concurrent callers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import TypeVar

from ..errors.base import (
    AuthError,
    ConfigError,
    DeadlineExceededError,
    LoginError,
    TokenExpiredError,
)
from ..generated.catalogue import Operation
from ..runtime.clock import Clock
from ..runtime.concurrency import AsyncLock, async_acquire, async_blocking
from ..runtime.file_lock import Release
from ..runtime.lazy import loading
from .credentials import Auth, PasswordAuth, StoredAuth, TokenAuth, login_key
from .environment import Environment
from .sender_protocol import AsyncSender
from .token import Token, account_of, is_sendable
from .token_stores import TURN_INTERVAL, MemoryTokenStore, SharedTokenStore

T = TypeVar("T")

log = logging.getLogger("spaceknow_client")


class AsyncLogin:
    """The login of one client, shared by its `with_options` copies. A shared store locks logins."""

    def __init__(
        self, auth: Auth | None, environment: Environment, clock: Clock, *, otherwise: str = ""
    ) -> None:
        """`otherwise`: the user of the requests if there are no credentials for a login."""
        self._auth = auth
        self._otherwise = otherwise
        self._environment = environment
        self._clock = clock
        self._lock = AsyncLock()
        self._refused: LoginError | None = None
        self._refusals = 0
        # The last used token, so that the store is not read for each call.
        self._token = Token.given(auth.token) if isinstance(auth, TokenAuth) else None

    @property
    def can_renew(self) -> bool:
        """Whether the token in use can be replaced."""
        return not isinstance(self._auth, TokenAuth)

    def has_ended(self, value: str) -> bool:
        """Whether a used token has expired by the local clock."""
        token = self._token
        return token is not None and token.value == value and token.has_ended(self._clock.time())

    async def token(
        self, sender: AsyncSender, operation: Operation, expires: float, *, needed: bool
    ) -> str | None:
        """A token that does not expire soon; logs in if necessary. Raises AuthError, ConfigError.

        None if no token is `needed` and a password would be required.
        """
        now = self._clock.time()
        token = self._token
        if token is None or not token.is_fresh(now):
            match self._auth:
                case PasswordAuth() as auth:
                    token = await self._renewed(auth, token, sender, operation, expires)
                case StoredAuth() as auth:
                    token = await self._load(auth, operation, expires) or token
            if token is None or token.has_ended(now):
                if needed:
                    raise self.expired(operation) if token else self._none(operation)
                return None
            self._token = token
        return token.value

    def account(self) -> str:
        """The user of the requests, for the journal; known once there is a token.

        The username, otherwise the user in the token (see `account_of`).
        """
        if self._auth is None:
            return self._otherwise
        named = None if isinstance(self._auth, TokenAuth) else self._auth.username
        return named or account_of(self._token.value if self._token else "")

    async def renew(
        self, bad: str, sender: AsyncSender, operation: Operation, expires: float
    ) -> bool:
        """Replaces a token that the server refused, unless another caller has already done so.

        False if there is no other token.
        """
        match self._auth:
            case PasswordAuth() as auth:
                self._token = await self._renewed(auth, Token(bad, 0), sender, operation, expires)
                return True
            case StoredAuth() as auth:
                token = await self._load(auth, operation, expires)
                if token is not None and token.value != bad:
                    self._token = token
                    return True
        return False

    def expired(self, operation: Operation, request_id: str | None = None) -> TokenExpiredError:
        """The error for a token that cannot be replaced."""
        hint = "Pass a new token, or use PasswordAuth, which renews the login."
        if isinstance(self._auth, StoredAuth):
            hint = "Log in again, with PasswordAuth and the same store."
        return TokenExpiredError(
            f"the token has expired or was refused, and a {type(self._auth).__name__} cannot renew it",
            operation=operation.id,
            request_id=request_id,
            hint=hint,
        )

    def _none(self, operation: Operation) -> AuthError:
        return AuthError(
            f"not logged in to {self._environment.auth_url}: the store has no login for it",
            operation=operation.id,
            hint="Set SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD, or pass auth=PasswordAuth(...).",
        )

    async def _renewed(
        self,
        auth: PasswordAuth,
        old: Token | None,
        sender: AsyncSender,
        operation: Operation,
        expires: float,
    ) -> Token:
        refusals = self._refusals
        if not await async_acquire(self._lock, expires - self._clock.monotonic()):
            raise self._too_late(operation)
        give_back: Release | None = None
        try:
            while True:
                token = await self._stored(auth, old, operation, expires)
                if token is not None:
                    return token
                if self._refused is not None and self._refusals != refusals:
                    # The login that this call waited for was refused, and so would another be.
                    # Trying once for each waiter could lock the account.
                    raise copy(self._refused)
                if give_back is not None or not isinstance(auth.store, SharedTokenStore):
                    return await self._log_in(auth, sender, operation, expires)
                give_back = await self._asked(
                    auth.store, auth.store.try_lock, operation, expires, undo=_give_back
                )
                if give_back is None:
                    if self._clock.monotonic() >= expires:
                        raise self._too_late(operation)
                    await self._clock.async_sleep(TURN_INTERVAL)
        except LoginError as error:
            self._refused, self._refusals = error, self._refusals + 1
            raise
        finally:
            if give_back is not None:
                give_back()
            self._lock.release()

    async def _load(
        self, auth: PasswordAuth | StoredAuth, operation: Operation, expires: float
    ) -> Token | None:
        load = partial(auth.store.load, self._key(auth.username))
        return await self._asked(auth.store, load, operation, expires)

    async def _asked(
        self,
        source: object,
        function: Callable[[], T],
        operation: Operation,
        expires: float,
        undo: Callable[[T], object] = lambda _: None,
    ) -> T:
        """The result of a store or password function. If it blocks, the event loop continues.

        Raises DeadlineExceededError.
        """
        if isinstance(source, (MemoryTokenStore, str)):
            return function()
        try:
            seconds = max(0.0, expires - self._clock.monotonic())
            return await async_blocking(function, seconds=seconds, undo=undo)
        except TimeoutError:
            pass
        what = "the password function" if callable(source) else "the token store"
        raise DeadlineExceededError(
            f"{what} did not return before the deadline",
            operation=operation.id,
            hint="Set a longer deadline.",
        )

    async def _stored(
        self, auth: PasswordAuth, old: Token | None, operation: Operation, expires: float
    ) -> Token | None:
        """The token of the store, if it is valid and not the one to be replaced."""
        token = await self._load(auth, operation, expires)
        if token is None or not token.is_fresh(self._clock.time()):
            return None
        return None if old is not None and token.value == old.value else token

    def _too_late(self, operation: Operation) -> DeadlineExceededError:
        return DeadlineExceededError(
            "deadline exceeded while another call was logging in",
            operation=operation.id,
            hint="Set a longer deadline.",
        )

    async def _log_in(
        self, auth: PasswordAuth, sender: AsyncSender, operation: Operation, expires: float
    ) -> Token:
        with loading():  # not needed with a TokenAuth
            from ..generated.api.auth0 import auth0_login
            from ..generated.models.login_request import LoginRequest

        password = await self._asked(auth.password, auth.current_password, operation, expires)
        request = auth0_login.get_request(
            body=LoginRequest(
                client_id=self._environment.client_id,
                username=auth.username,
                password=password,
                connection="Username-Password-Authentication",
                grant_type="password",
                scope="openid",
            )
        )
        answer = await sender.send(request, auth0_login.parse, expires=expires)
        if not is_sendable(answer.parsed.id_token):
            raise LoginError(
                "the login service returned a token that is invalid in a header",
                operation=request.operation,
            )
        token = Token.issued(answer.parsed.id_token, self._clock.time())
        try:
            for username in (auth.username, None):
                save = partial(auth.store.save, self._key(username), token)
                await self._asked(auth.store, save, operation, expires)
        except (ConfigError, DeadlineExceededError) as error:
            # The token is valid: a long run continues even if the token cannot be stored.
            log.warning("the login is valid only in this client: %s", error)
        return token

    def _key(self, username: str | None) -> str:
        return login_key(self._environment, username)


def _give_back(release: Release | None) -> None:
    if release is not None:
        release()
