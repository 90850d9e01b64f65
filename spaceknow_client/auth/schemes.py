"""Chooses the credentials of a call, by the security schemes of the document."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TypeGuard

from attrs import field, frozen

from ..errors.base import AuthError, ConfigError
from ..errors.shown import shown
from ..generated.catalogue import LOGIN_SCHEME, SCHEMES, Operation
from ..runtime.secret import hidden
from .credentials import AnyAuth, ApiKeyAuth, Auth, Credential, TokenAuth

Alternative = Mapping[str, tuple[str, ...]]
"""Schemes that a call needs together, each with its required permissions."""


@frozen
class Keys:
    """The credentials of a call other than the login's token."""

    headers: Mapping[str, str] = field(factory=dict, repr=False)
    query: Mapping[str, str] = field(factory=dict, repr=False)

    @property
    def secrets(self) -> list[str]:
        """The secrets, which no error may contain."""
        return [*self.headers.values(), *self.query.values()]


class Credentials:
    """A client's credentials by security scheme.

    Attributes:
        login: the credential of the scheme that needs a login.
    """

    def __init__(self, auth: AnyAuth) -> None:
        """Raises ConfigError for credentials without a scheme in the document."""
        self._by_scheme = dict(auth) if isinstance(auth, Mapping) else {_scheme_of(auth): auth}
        for name, credential in self._by_scheme.items():
            _check(name, credential)
        found = self._by_scheme.get(LOGIN_SCHEME)
        self.login = found if isinstance(found, Auth) else None

    def alternatives(self, operation: Operation) -> list[Alternative]:
        """The alternatives with which an operation can be called with these credentials."""
        return [each for each in operation.security if each.keys() <= self._by_scheme.keys()]

    def chosen(self, operation: Operation) -> Alternative:
        """The credentials of a call: the first alternative that these credentials satisfy.

        Raises AuthError if there is none.
        """
        found = self.alternatives(operation)
        if found or not operation.security:
            return next((each for each in found if each), {})
        ways = " or ".join(" with ".join(each) for each in operation.security)
        raise AuthError(
            f"{operation.id} needs {ways}, but the client has {' and '.join(self._by_scheme)}",
            operation=operation.id,
            hint="Pass auth={SCHEME: credential} with a credential for each of these schemes.",
        )

    def keys(self, chosen: Alternative) -> Keys:
        """Headers and query parameters of these schemes, without the login's."""
        headers: dict[str, str] = {}
        query: dict[str, str] = {}
        for name in chosen:
            credential, scheme = self._by_scheme[name], SCHEMES[name]
            if isinstance(credential, ApiKeyAuth):
                place = headers if scheme.place == "header" else query
                place[scheme.name] = credential.key
            elif name != LOGIN_SCHEME and isinstance(credential, TokenAuth):
                headers["authorization"] = hidden(f"Bearer {credential.token}")
        return Keys(headers, query)

    def account(self) -> str:
        """Identifies a user without a login, for the journal."""
        texts = [
            one.key if isinstance(one, ApiKeyAuth) else one.token
            for one in self._by_scheme.values()
            if isinstance(one, ApiKeyAuth | TokenAuth)
        ]
        return f"key {sha256(' '.join(texts).encode()).hexdigest()[:16]}"


def _scheme_of(auth: object) -> str:
    """The scheme of a single credential."""
    keys = [name for name, scheme in SCHEMES.items() if scheme.kind == "key"]
    if not isinstance(auth, ApiKeyAuth):
        return LOGIN_SCHEME
    if len(keys) == 1:
        return keys[0]
    known = f"several: {', '.join(keys)}" if keys else "none"
    raise ConfigError(
        f"auth must not be a single ApiKeyAuth: the API's security schemes for keys are {known}.",
        hint="Pass auth={SCHEME: ApiKeyAuth(key)}."
        if keys
        else "Pass a PasswordAuth or a TokenAuth.",
    )


def _check(name: object, credential: Credential) -> None:
    if not isinstance(credential, Auth | ApiKeyAuth):
        raise ConfigError(
            "auth must be a PasswordAuth, TokenAuth, StoredAuth or ApiKeyAuth, or a mapping of schemes "
            f"to them, not {type(credential).__name__}."
        )
    if not _is_known(name):
        raise ConfigError(
            f"auth must name security schemes of the API ({', '.join(SCHEMES)}), not {shown(name)}."
        )
    takes = "an ApiKeyAuth" if SCHEMES[name].kind == "key" else "a TokenAuth"
    if name == LOGIN_SCHEME:
        takes = "a PasswordAuth, TokenAuth or StoredAuth"
    fits = isinstance(credential, ApiKeyAuth) is (SCHEMES[name].kind == "key")
    if not fits or (name != LOGIN_SCHEME and not isinstance(credential, ApiKeyAuth | TokenAuth)):
        kind = type(credential).__name__
        raise ConfigError(
            f"the credential of the scheme {name} in auth must be {takes}, not {kind}."
        )


def _is_known(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and name in SCHEMES
