"""How a client goes to another process (pickle, dask, multiprocessing): by how it was set up.

It opens its own connections there. A pickle is written to disks and sent over networks, so no password
or token is in one. What stays behind are hooks, which watch this process, and the clock.
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
    "Log in with PasswordAuth(..., store=FileTokenStore()), which the others read, give the password "
    "as a function, or set environment variables there and leave auth out."
)


def arguments(
    environment: Environment,
    options: Options,
    auth: AnyAuth | None,
    journal: Journal | None,
    http_client: object,
) -> dict[str, Any]:
    """What the same client is made of elsewhere. `auth` is None where it came from the environment
    variables, which then have to be set there. Raises ConfigError for what cannot travel."""
    if http_client is not None and not isinstance(http_client, str):
        raise ConfigError(
            "an http_client of your own cannot go to another process.",
            hint="Leave it out, and set HTTPS_PROXY or SSL_CERT_FILE there.",
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
    """A client of `arguments`."""
    return kind(**made_of)


def picklable_auth(auth: AnyAuth) -> AnyAuth:
    """Credentials without a secret in them. Raises ConfigError when there would be nothing left.

    Who logged in with a password and a store that others read becomes one who reads it.
    """
    if isinstance(auth, Mapping):
        return {name: _picklable(credential) for name, credential in auth.items()}
    return _picklable(auth)


def _picklable(auth: Credential) -> Credential:
    if isinstance(auth, PasswordAuth) and callable(auth.password):
        return auth
    if isinstance(auth, TokenAuth | ApiKeyAuth) or isinstance(auth.store, MemoryTokenStore):
        raise ConfigError(
            f"a {type(auth).__name__} with a secret that is in memory alone cannot go to another "
            "process: no password or token is written into a pickle.",
            hint=_HINT,
        )
    return StoredAuth(auth.store, auth.username)
