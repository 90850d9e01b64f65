"""Credentials of a client: a password, a token, an API key, or a stored login."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field
from functools import partial
from typing import Any

from ..errors.base import ConfigError
from ..runtime.secret import hidden
from ..runtime.validation import ValidatedSettings, check
from .environment import Environment
from .token import is_sendable
from .token_stores import FileTokenStore, MemoryTokenStore, TokenStore, from_keyring


def _given(instance: object, attribute: Field[str], value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{attribute.name} must not be empty.")


def _password(instance: object, attribute: Field[str | Callable[[], str]], value: object) -> None:
    if not callable(value) and (not isinstance(value, str) or not value.strip()):
        raise ConfigError("password must not be empty.")


def _sendable(instance: object, attribute: Field[str], value: str) -> None:
    """Checks that a token is valid in a header. The error does not contain it."""
    _given(instance, attribute, value)
    if not is_sendable(value):
        raise ConfigError(
            f"{attribute.name} must not contain blanks, control characters or non-ASCII characters."
        )


def _stays(what: str) -> ConfigError:
    return ConfigError(
        f"cannot pickle a {what}: others could read it.",
        hint="Use a StoredAuth with a FileTokenStore, a password function, or environment "
        "variables.",
    )


@dataclass(frozen=True)
class PasswordAuth(ValidatedSettings):
    """Logs in with a user's email and password when a token is needed, and renews it before it expires.

    The password stays in memory and appears in no repr, log or error. Raises ConfigError if either
    is empty.

    A pickled client contains no password. In the other process it uses a StoredAuth with the same
    store, or a PasswordAuth with the same function; with neither, pickling raises ConfigError. This
    object itself can be pickled only if `password` is a function.

    Attributes:
        username: the user's email.
        password: the password, or a function that returns it and is called at each login. The
            asynchronous client calls it, and the store, in a thread.
        store: the store of tokens. By default a MemoryTokenStore of this object: clients that share
            the object log in once. With a FileTokenStore, processes do.
    """

    username: str = field(metadata=check(_given))
    password: str | Callable[[], str] = field(metadata=check(_password), repr=False)
    store: TokenStore

    def __init__(
        self, username: str, password: str | Callable[[], str], store: TokenStore | None = None
    ) -> None:
        password = hidden(password)
        # The class is frozen, so attributes are set with object.__setattr__.
        object.__setattr__(self, "username", username)
        object.__setattr__(self, "password", password)
        object.__setattr__(self, "store", MemoryTokenStore() if store is None else store)
        self.__post_init__()

    def __reduce__(self) -> tuple[Any, ...]:
        if not callable(self.password):
            raise _stays("password")
        return PasswordAuth, (self.username, self.password, self.store)

    def __copy__(self) -> PasswordAuth:
        return self  # it is immutable

    def __deepcopy__(self, memo: object) -> PasswordAuth:
        return self

    @classmethod
    def prompt(cls, username: str | None = None, store: TokenStore | None = None) -> PasswordAuth:
        """Prompts for the password at the terminal, without showing it, and for the username if None."""
        from getpass import getpass

        username = username or input("SpaceKnow email: ")
        return cls(username, getpass(f"Password for {username}: "), store)

    @classmethod
    def from_keyring(
        cls, username: str, service: str = "spaceknow", store: TokenStore | None = None
    ) -> PasswordAuth:
        """Reads the password from the keyring of the operating system at each login.

        Store it with `keyring set spaceknow me@example.com`. Requires the extra `keyring`.
        """
        return cls(username, partial(_kept_password, service, username), store)

    def current_password(self) -> str:
        """The password; calls the function if there is one. Raises ConfigError if it fails."""
        if isinstance(self.password, str):
            return self.password
        try:
            password = hidden(self.password())
        except ConfigError:
            raise
        except Exception as error:  # its text can contain the secret
            problem = f"the password function failed ({type(error).__name__})."
        else:
            if isinstance(password, str) and password.strip():
                return password
            problem = "the password function must return a non-empty string."
        raise ConfigError(problem)


def _kept_password(service: str, username: str) -> str:
    password = from_keyring(service, username)
    if password is None:
        raise ConfigError(
            f"the keyring has no password for {username} under {service!r}.",
            hint=f"Store it with `keyring set {service} {username}`.",
        )
    return password


@dataclass(frozen=True)
class TokenAuth(ValidatedSettings):
    """Uses an existing token. It cannot be renewed: TokenExpiredError is raised when it expires."""

    token: str = field(metadata=check(_sendable), repr=False)

    def __init__(self, token: str) -> None:
        token = hidden(token.strip() if isinstance(token, str) else token)
        object.__setattr__(self, "token", token)
        self.__post_init__()

    def __reduce__(self) -> tuple[Any, ...]:
        raise _stays("token")

    def __copy__(self) -> TokenAuth:
        return self  # it is immutable

    def __deepcopy__(self, memo: object) -> TokenAuth:
        return self


@dataclass(frozen=True)
class ApiKeyAuth(ValidatedSettings):
    """Sends an API key in the header or query parameter of the API's security scheme.

    The key stays in memory and appears in no repr, log or error. Raises ConfigError for an empty key
    and for invalid characters.

    If an API has several schemes, pass a credential for each:
    `SpaceKnow(auth={"jwt": PasswordAuth(...), "apiKey": ApiKeyAuth(...)})`.
    """

    key: str = field(metadata=check(_sendable), repr=False)

    def __init__(self, key: str) -> None:
        key = hidden(key.strip() if isinstance(key, str) else key)
        object.__setattr__(self, "key", key)
        self.__post_init__()

    def __reduce__(self) -> tuple[Any, ...]:
        raise _stays("key")

    def __copy__(self) -> ApiKeyAuth:
        return self  # it is immutable

    def __deepcopy__(self, memo: object) -> ApiKeyAuth:
        return self


@dataclass(frozen=True)
class StoredAuth:
    """Uses the login of a PasswordAuth with the same store, also from another process.

    It has no password and cannot renew the login: TokenExpiredError is raised when the token expires
    without a new login.

    Attributes:
        store: by default `FileTokenStore()`, which is `~/.spaceknow/tokens.json`.
        username: the user; by default the user of the last login at the environment's service.
    """

    store: TokenStore = field(default_factory=FileTokenStore)
    username: str | None = None


Auth = PasswordAuth | TokenAuth | StoredAuth
Credential = Auth | ApiKeyAuth
AnyAuth = Credential | Mapping[str, Credential]
"""The type of `auth=`: one credential, or one for each security scheme by its name."""


def login_key(environment: Environment, username: str | None) -> str:
    """The key of a user's token in a store; without a name, that of the last login at the service.

    It contains the API's URL, so that a token is only sent to the API for which it was stored.
    """
    key = f"{environment.base_url} {environment.auth_url} {environment.client_id}"
    return key if username is None else f"{key} {username}"


def logs_in(auth: AnyAuth) -> Credential | None:
    """The credential that needs a login service, if any."""
    given = [*auth.values()] if isinstance(auth, Mapping) else [auth]
    return next((one for one in given if isinstance(one, PasswordAuth | StoredAuth)), None)


def has_password(auth: AnyAuth | None) -> bool:
    """Whether it logs in with a password."""
    given = [*auth.values()] if isinstance(auth, Mapping) else [auth]
    return any(isinstance(one, PasswordAuth) for one in given)
