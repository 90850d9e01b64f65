"""What a client is set up with: from arguments first, then from environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field
from typing import Any, Literal

from ..auth.credentials import AnyAuth, ApiKeyAuth, Auth, PasswordAuth, StoredAuth, TokenAuth
from ..auth.environment import Environment, is_of_this_machine
from ..errors.base import ConfigError
from ..errors.shown import shown
from ..runtime.extras import require
from ..runtime.secret import hidden
from ..runtime.validation import ValidatedSettings, a, check, count, positive
from .hooks import Hooks
from .retry import RetryPolicy

KIBIBYTE = 1024

# Processes take minutes to hours (API Mechanics, Asynchronous APIs).
DEFAULT_PIPELINE_DEADLINE = 6 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Limits(ValidatedSettings):
    """How much a client does at once.

    Attributes:
        concurrency: the most requests that are under way at the same time; further ones wait. When
            the server answers 429 the number is halved, and it grows again as answers come.
    """

    concurrency: int = field(default=8, metadata=check(count))


def _contract(instance: Any, attribute: Field[Any], value: Any) -> None:
    """The option `contract`, and that what it needs is installed."""
    if value not in ("off", "warn"):
        raise ConfigError(f'contract is "off" or "warn", not {shown(value)}.')
    if value == "warn":
        require("contract", "jsonschema_rs", purpose='contract="warn"')


@dataclass(frozen=True, kw_only=True)
class Options(ValidatedSettings):
    """What `SpaceKnow(...)` and `with_options(...)` take. All times are seconds.

    Attributes:
        timeout: the most that one attempt may take.
        deadline: the most that a call may take, repeats and their waits included.
        pipeline_deadline: the most that waiting for one pipeline may take by default (6 hours).
        max_request_bytes: larger bodies are refused before they are sent (64 KiB, API Mechanics).
        max_response_bytes: larger answers are refused.
        check_permissions: refuse a call before it is sent when the user lacks a permission that the
            document names for it (PermissionDeniedError). Costs one call of user.info a token.
        contract: "warn" compares answers with the document, and logs each difference once, as a
            WARNING of the logger `spaceknow_client`. It judges the first ten answers of each
            operation, all that cannot be read, and one in fifty of the rest (extra `contract`).
    """

    timeout: float = field(default=30.0, metadata=check(positive))
    deadline: float = field(default=120.0, metadata=check(positive))
    pipeline_deadline: float = field(default=DEFAULT_PIPELINE_DEADLINE, metadata=check(positive))
    retry: RetryPolicy = field(default_factory=RetryPolicy, metadata=check(a(RetryPolicy)))
    limits: Limits = field(default_factory=Limits, metadata=check(a(Limits)))
    hooks: Hooks = field(default_factory=Hooks, metadata=check(a(Hooks)))
    max_request_bytes: int = field(default=64 * KIBIBYTE, metadata=check(count))
    max_response_bytes: int = field(default=256 * KIBIBYTE * KIBIBYTE, metadata=check(count))
    check_permissions: bool = field(default=False, metadata=check(a(bool)))
    contract: Literal["off", "warn"] = field(default="off", metadata=check(_contract))


def environment_from(
    variables: Mapping[str, str] = os.environ, *, logs_in: bool = True
) -> Environment:
    """The environment that the variables name; production when they name none.

    Raises ConfigError when SPACEKNOW_BASE_URL comes without the login service that belongs to it
    and a password would have to be sent (`logs_in`): a password never goes to a guessed host. An
    emulator, at whatever port of this machine, is its own login service.
    """
    base_url = hidden(variables.get("SPACEKNOW_BASE_URL"))
    auth_url = hidden(variables.get("SPACEKNOW_AUTH_URL"))
    client_id = variables.get("SPACEKNOW_CLIENT_ID")
    name = variables.get("SPACEKNOW_ENVIRONMENT") or "production"
    del variables  # what is secret in them is to be in no frame of an error
    named = Environment.named(name)
    if base_url and named is Environment.EMULATOR and is_of_this_machine(base_url):
        auth_url, client_id = auth_url or base_url, client_id or named.client_id
    if base_url and logs_in and not (auth_url and client_id):
        raise ConfigError(
            "SPACEKNOW_BASE_URL is set without SPACEKNOW_AUTH_URL and SPACEKNOW_CLIENT_ID, so it is "
            "unknown which login service belongs to it. Set all three, or use SPACEKNOW_TOKEN."
        )
    return Environment(
        base_url=base_url or named.base_url,
        auth_domain=auth_url or named.auth_url or None,
        client_id=client_id or named.client_id or None,
    )


def auth_from(variables: Mapping[str, str] = os.environ) -> AnyAuth:
    """SPACEKNOW_TOKEN, else SPACEKNOW_USERNAME with SPACEKNOW_PASSWORD, else the stored login.

    SPACEKNOW_API_KEY stands beside the first two, or alone. Raises ConfigError when only one of the
    two is set, and for a key where the API has not exactly one scheme that takes one.
    """
    key = hidden(variables.get("SPACEKNOW_API_KEY"))
    login = _login_from(variables)
    del variables
    if not key:
        return login
    if isinstance(login, StoredAuth):
        return ApiKeyAuth(key)
    from ..generated.catalogue import LOGIN_SCHEME, SCHEMES

    names = [name for name, scheme in SCHEMES.items() if scheme.kind == "key"]
    if len(names) != 1:
        raise ConfigError("SPACEKNOW_API_KEY is set, and the API has not one scheme for it.")
    return {LOGIN_SCHEME: login, names[0]: ApiKeyAuth(key)}


def _login_from(variables: Mapping[str, str]) -> Auth:
    token = hidden(variables.get("SPACEKNOW_TOKEN"))
    username = variables.get("SPACEKNOW_USERNAME")
    password = hidden(variables.get("SPACEKNOW_PASSWORD"))
    del variables
    if token:
        return TokenAuth(token)
    if username and password:
        return PasswordAuth(username, password)
    if username or password:
        lacking = "SPACEKNOW_PASSWORD" if username else "SPACEKNOW_USERNAME"
        raise ConfigError(
            f"{lacking} is not set; a login needs both the username and the password."
        )
    return StoredAuth()
