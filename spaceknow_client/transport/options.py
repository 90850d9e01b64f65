"""Settings of a client: arguments take precedence over environment variables."""

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

# Pipelines take minutes to hours (API Mechanics, Asynchronous APIs).
DEFAULT_PIPELINE_DEADLINE = 6 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Limits(ValidatedSettings):
    """Limits of a client.

    Attributes:
        concurrency: maximum number of concurrent requests; further requests wait. Each 429 from the
            server halves the number, which then grows again with successful responses.
    """

    concurrency: int = field(default=8, metadata=check(count))


def _contract(instance: Any, attribute: Field[Any], value: Any) -> None:
    """Validates the option `contract`, and that its extra is installed."""
    if value not in ("off", "warn"):
        raise ConfigError(f'contract must be "off" or "warn", not {shown(value)}.')
    if value == "warn":
        require("contract", "jsonschema_rs", purpose='contract="warn"')


@dataclass(frozen=True, kw_only=True)
class Options(ValidatedSettings):
    """Options of `SpaceKnow(...)` and `with_options(...)`. All times are in seconds.

    Attributes:
        timeout: time limit for one attempt.
        deadline: time limit for a call, including retries and waits.
        pipeline_deadline: default time limit for waiting for one pipeline (6 hours).
        max_request_bytes: larger request bodies are refused before they are sent (64 KiB, API
            Mechanics).
        max_response_bytes: larger responses are refused.
        check_permissions: before a call is sent, raise PermissionDeniedError if the user lacks a
            permission that the OpenAPI document lists for it. Costs one call of user.info per token.
        contract: "warn" compares responses with the OpenAPI document, and logs each difference once,
            as a WARNING of the logger `spaceknow_client`. It checks the first ten responses of each
            operation, all unreadable ones, and one in fifty of the others (extra `contract`).
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
    """The environment set by the variables; production if none is set.

    Raises ConfigError if SPACEKNOW_BASE_URL is set without its login service and a password would have
    to be sent (`logs_in`): a password is never sent to a guessed host. An emulator on this machine is
    its own login service.
    """
    base_url = hidden(variables.get("SPACEKNOW_BASE_URL"))
    auth_url = hidden(variables.get("SPACEKNOW_AUTH_URL"))
    client_id = variables.get("SPACEKNOW_CLIENT_ID")
    name = variables.get("SPACEKNOW_ENVIRONMENT") or "production"
    del variables  # so that no frame of an error contains secrets
    named = Environment.named(name)
    if base_url and named is Environment.EMULATOR and is_of_this_machine(base_url):
        auth_url, client_id = auth_url or base_url, client_id or named.client_id
    if base_url and logs_in and not (auth_url and client_id):
        raise ConfigError(
            "SPACEKNOW_BASE_URL is set without SPACEKNOW_AUTH_URL and SPACEKNOW_CLIENT_ID, so its "
            "login service is unknown. Set all three, or use SPACEKNOW_TOKEN."
        )
    return Environment(
        base_url=base_url or named.base_url,
        auth_domain=auth_url or named.auth_url or None,
        client_id=client_id or named.client_id or None,
    )


def auth_from(variables: Mapping[str, str] = os.environ) -> AnyAuth:
    """SPACEKNOW_TOKEN, else SPACEKNOW_USERNAME with SPACEKNOW_PASSWORD, else the stored login.

    SPACEKNOW_API_KEY is used next to the first two, or alone. Raises ConfigError if only one of
    username and password is set, and for a key if the API has not exactly one scheme that takes one.
    """
    key = hidden(variables.get("SPACEKNOW_API_KEY"))
    token = hidden(variables.get("SPACEKNOW_TOKEN"))
    username = variables.get("SPACEKNOW_USERNAME")
    password = hidden(variables.get("SPACEKNOW_PASSWORD"))
    del variables  # so that no frame of an error contains secrets
    login = _login(token, username, password)
    if not key:
        return login
    if isinstance(login, StoredAuth):
        return ApiKeyAuth(key)
    from ..generated.catalogue import LOGIN_SCHEME, SCHEMES

    names = [name for name, scheme in SCHEMES.items() if scheme.kind == "key"]
    if len(names) != 1:
        raise ConfigError("SPACEKNOW_API_KEY is set, and the API has not one scheme for it.")
    return {LOGIN_SCHEME: login, names[0]: ApiKeyAuth(key)}


def _login(token: str | None, username: str | None, password: str | None) -> Auth:
    if token:
        return TokenAuth(token)
    if username and password:
        return PasswordAuth(username, password)
    if username or password:
        lacking = "SPACEKNOW_PASSWORD" if username else "SPACEKNOW_USERNAME"
        raise ConfigError(f"{lacking} is not set; a login requires both username and password.")
    return StoredAuth()
