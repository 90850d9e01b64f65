"""Pickles a client for another process (pickle, dask, multiprocessing): only its settings.

The other process opens its own connections. Pickles are stored on disks and sent over networks, so they
contain no password or token. Hooks and the clock are omitted, because they belong to this process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..auth.credentials import (
    AnyAuth,
    ApiKeyAuth,
    Credential,
    PasswordAuth,
    StoredAuth,
    TokenAuth,
)
from ..auth.environment import Environment
from ..auth.token_stores import MemoryTokenStore
from ..errors.base import ConfigError
from ..transport.hooks import Hooks
from ..transport.options import Options

if TYPE_CHECKING:
    from ..pipelines.journal.journal import Journal

T = TypeVar("T")

_HINT = (
    "Log in with PasswordAuth(..., store=FileTokenStore()), which the others read, pass the password "
    "as a function, or set environment variables there and omit auth."
)


def arguments(
    environment: Environment,
    options: Options,
    auth: AnyAuth | None,
    journal: Journal | None,
    http_client: object,
) -> dict[str, Any]:
    """The arguments of an equal client in another process. `auth` is None if it is from environment
    variables, which must then be set there too. Raises ConfigError if the client cannot be pickled."""
    if http_client is not None and not isinstance(http_client, str):
        raise ConfigError(
            "cannot pickle a client with your own http_client.",
            hint="Omit it, and set HTTPS_PROXY or SSL_CERT_FILE in the other process.",
        )
    settings = replace(options, hooks=Hooks())
    return {
        "environment": environment,
        "auth": None if auth is None else picklable_auth(auth),
        "journal": False if journal is None else str(journal.path),
        "http_client": http_client,
        **{each.name: getattr(settings, each.name) for each in fields(settings)},
    }


def made(kind: Callable[..., T], made_of: dict[str, Any]) -> T:
    """A client with `arguments`."""
    return kind(**made_of)


def picklable_auth(auth: AnyAuth) -> AnyAuth:
    """Credentials without secrets. Raises ConfigError if none would be left.

    A PasswordAuth with a shared store becomes a StoredAuth with that store.
    """
    if isinstance(auth, Mapping):
        return {name: _picklable(credential) for name, credential in auth.items()}
    return _picklable(auth)


def _picklable(auth: Credential) -> Credential:
    if isinstance(auth, PasswordAuth) and callable(auth.password):
        return auth
    if isinstance(auth, TokenAuth | ApiKeyAuth) or isinstance(auth.store, MemoryTokenStore):
        raise ConfigError(
            f"cannot pickle a client with a {type(auth).__name__} whose secret is only in memory: "
            "pickles must not contain passwords or tokens.",
            hint=_HINT,
        )
    return StoredAuth(auth.store, auth.username)
