"""How a client proves who its user is: a password, a token, or a stored login."""

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
        raise ConfigError(f"The {attribute.name} is empty.")


def _password(instance: object, attribute: Field[str | Callable[[], str]], value: object) -> None:
    if not callable(value) and (not isinstance(value, str) or not value.strip()):
        raise ConfigError("The password is empty.")


def _sendable(instance: object, attribute: Field[str], value: str) -> None:
    """A token goes into a header. What it is stays out of the error."""
    _given(instance, attribute, value)
    if not is_sendable(value):
        raise ConfigError(f"The {attribute.name} holds blanks or characters that no token has.")


def _stays(what: str) -> ConfigError:
    return ConfigError(
        f"a {what} is not written into a pickle, which others may read.",
        hint="Use a StoredAuth with a FileTokenStore, a function for the password, or environment "
        "variables.",
    )


@dataclass(frozen=True)
class PasswordAuth(ValidatedSettings):
    """Logs in with a user's e-mail and password when a token is needed, and renews it before it ends.

    The password stays in memory and appears in no repr, log or error. Raises ConfigError when
    either is empty.

    A client that is pickled takes no password along. In the other process it is a StoredAuth with
    the same store, or a PasswordAuth with the same function; with neither, pickling it raises
    ConfigError, and so it does for this object unless `password` is a function.

    Attributes:
        username: the user's e-mail.
        password: the password, or a function that is called for it at each login. The asynchronous
            client calls it, and the store, in a thread.
        store: where tokens are kept. By default a MemoryTokenStore of this object: clients that
            share the object log in once. With a FileTokenStore, processes do.
    """

    username: str = field(metadata=check(_given))
    password: str | Callable[[], str] = field(metadata=check(_password), repr=False)
    store: TokenStore

    def __init__(
        self, username: str, password: str | Callable[[], str], store: TokenStore | None = None
    ) -> None:
        password = hidden(password)
        # Frozen, so the attributes are set past the class's own lock.
        object.__setattr__(self, "username", username)
        object.__setattr__(self, "password", password)
        object.__setattr__(self, "store", MemoryTokenStore() if store is None else store)
        self.__post_init__()

    def __reduce__(self) -> tuple[Any, ...]:
        if not callable(self.password):
            raise _stays("password")
        return PasswordAuth, (self.username, self.password, self.store)

    def __copy__(self) -> PasswordAuth:
        return self  # it does not change

    def __deepcopy__(self, memo: object) -> PasswordAuth:
        return self

    @classmethod
    def prompt(cls, username: str | None = None, store: TokenStore | None = None) -> PasswordAuth:
        """Asks for the password at the terminal, now and without showing it; for the name if need be."""
        from getpass import getpass

        username = username or input("SpaceKnow e-mail: ")
        return cls(username, getpass(f"Password of {username}: "), store)

    @classmethod
    def from_keyring(
        cls, username: str, service: str = "spaceknow", store: TokenStore | None = None
    ) -> PasswordAuth:
        """Takes the password from the keyring of the operating system when a login is due.

        `keyring set spaceknow me@example.com` puts it there. Needs the extra `keyring`.
        """
        return cls(username, partial(_kept_password, service, username), store)

    def current_password(self) -> str:
        """The password, asked for where it is a function. Raises ConfigError when none comes."""
        if isinstance(self.password, str):
            return self.password
        try:
            password = hidden(self.password())
        except ConfigError:
            raise
        except Exception as error:  # its text may hold the secret
            problem = f"the function for the password failed ({type(error).__name__})."
        else:
            if isinstance(password, str) and password.strip():
                return password
            problem = "the function for the password gave none."
        raise ConfigError(problem)


def _kept_password(service: str, username: str) -> str:
    password = from_keyring(service, username)
    if password is None:
        raise ConfigError(
            f"the keyring has no password of {username} for {service!r}.",
            hint=f"Put it there with `keyring set {service} {username}`.",
        )
    return password


@dataclass(frozen=True)
class TokenAuth(ValidatedSettings):
    """Uses a token that was got elsewhere. It cannot be renewed: when it ends, TokenExpiredError."""

    token: str = field(metadata=check(_sendable), repr=False)

    def __init__(self, token: str) -> None:
        token = hidden(token.strip() if isinstance(token, str) else token)
        object.__setattr__(self, "token", token)
        self.__post_init__()

    def __reduce__(self) -> tuple[Any, ...]:
        raise _stays("token")

    def __copy__(self) -> TokenAuth:
        return self  # it does not change

    def __deepcopy__(self, memo: object) -> TokenAuth:
        return self


@dataclass(frozen=True)
class ApiKeyAuth(ValidatedSettings):
    """Sends a key, in the header or the query that the API's security scheme names.

    The key stays in memory and appears in no repr, log or error. Raises ConfigError for an empty key
    and for characters that no key has.

    Where an API has several schemes, each has its credential:
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
        return self  # it does not change

    def __deepcopy__(self, memo: object) -> ApiKeyAuth:
        return self


@dataclass(frozen=True)
class StoredAuth:
    """Uses the login that a PasswordAuth with the same store made, in whatever process.

    No password is needed, so none can be renewed: when the token has ended and nobody has logged in
    anew, TokenExpiredError.

    Attributes:
        store: by default `FileTokenStore()`, which is `~/.spaceknow/tokens.json`.
        username: whose login; by default the last one that was made at the environment's service.
    """

    store: TokenStore = field(default_factory=FileTokenStore)
    username: str | None = None


Auth = PasswordAuth | TokenAuth | StoredAuth
Credential = Auth | ApiKeyAuth
AnyAuth = Credential | Mapping[str, Credential]
"""What `auth=` takes: one credential, or one for each security scheme by its name."""


def login_key(environment: Environment, username: str | None) -> str:
    """Where a store keeps a user's token; without a name, that of the last login at the service.

    The API's address is part of it: no token is sent to another one than it was stored for.
    """
    key = f"{environment.base_url} {environment.auth_url} {environment.client_id}"
    return key if username is None else f"{key} {username}"


def logs_in(auth: AnyAuth) -> Credential | None:
    """The credential of these that needs a login service, if one does."""
    given = [*auth.values()] if isinstance(auth, Mapping) else [auth]
    return next((one for one in given if isinstance(one, PasswordAuth | StoredAuth)), None)


def has_password(auth: AnyAuth | None) -> bool:
    """Whether it logs in with a password."""
    given = [*auth.values()] if isinstance(auth, Mapping) else [auth]
    return any(isinstance(one, PasswordAuth) for one in given)
