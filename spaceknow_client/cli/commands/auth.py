"""`spaceknow auth`: log in, log out, and show the current login."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ...errors.base import AuthError
from ...generated.types import to_json
from ..app import App
from ..command import Group
from ..tables import fields

if TYPE_CHECKING:
    from ...auth.credentials import AnyAuth
    from ...auth.environment import Environment
    from ...auth.token_stores import FileTokenStore, KeyringTokenStore

command = Group("auth", help="Log in, log out, and show the current login.")


@command.command(
    examples=[
        "spaceknow auth login",
        "pass show spaceknow | spaceknow auth login --username me@example.com \\\n"
        "    --password-stdin",
    ]
)
@click.option("--username", help="The user's email; prompts if not set. [env: SPACEKNOW_USERNAME]")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of stdin."
)
@click.option("--keyring", is_flag=True, help="Store the login in the keyring, not in a file.")
@click.pass_obj
def login(app: App, username: str | None, password_stdin: bool, keyring: bool) -> None:
    """Log in, and store the login for later commands.

    Prompts for the email and the password. The password is sent to the login service only, and is
    not stored; the token is stored in a file that only you can read (~/.spaceknow/tokens.json) and
    lasts 10 hours. For commands that run longer, set SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD:
    with them a command renews its login. Without a terminal, set both, or pass --password-stdin.
    """
    from ...auth.credentials import PasswordAuth
    from ...auth.token_stores import FileTokenStore, KeyringTokenStore
    from ..logins import ForcedLogin

    target = KeyringTokenStore() if keyring else FileTokenStore()
    store = ForcedLogin(target)
    auth = PasswordAuth(*_name_and_password(app, username, password_stdin), store)
    environment = app.settings.environment_for(auth)
    if keyring:
        _forget(environment, FileTokenStore())  # it would take precedence over the new login
    with app.client(auth) as client:
        user = client.user.info()
    if store.failure is not None:
        raise store.failure
    if os.environ.get("SPACEKNOW_TOKEN") or os.environ.get("SPACEKNOW_PASSWORD"):
        app.note("Credentials in environment variables take precedence over this login.")
    row = _row(_place(target), environment, _expiry(auth, environment))
    row["user"] = user.email
    app.show(row, lambda: _lines(row))


@command.command(examples=["spaceknow auth status", "spaceknow auth status --offline --json"])
@click.option("--offline", is_flag=True, help="Send no request.")
@click.pass_obj
def status(app: App, offline: bool) -> None:
    """Show the current credentials: source, user and expiry.

    The exit code is 3 if there are none.
    """
    from ...auth.credentials import StoredAuth
    from ..logins import Logins

    auth = app.settings.auth()
    environment = app.settings.environment_for(auth)
    members: dict[str, Any] = {}
    if not offline:
        with app.client(auth) as client:
            user = client.user.info()
        members = {"user": user.email, "permissions": sorted(user.permissions)}
    expiry = _expiry(auth, environment)
    if isinstance(auth, StoredAuth) and (expiry is None or expiry <= time.time()):
        raise AuthError(f"not logged in to {environment.auth_url}, or the login has expired.")
    row = {**_row(_source(auth, environment), environment, expiry), **members}
    app.show(row, lambda: _lines(row))
    if not isinstance(auth, StoredAuth) and Logins().load(_key(environment)) is not None:
        app.note("A login is stored too; environment variables take precedence over it.")


@command.command(examples=["spaceknow auth logout"])
@click.pass_obj
def logout(app: App) -> None:
    """Delete the stored logins for the service.

    Tokens cannot be revoked: a copy of the token stays valid until it expires.
    """
    from importlib.util import find_spec

    from ...auth.token_stores import FileTokenStore, KeyringTokenStore
    from ...errors.base import ConfigError

    environment = app.settings.environment_for(None)
    forgotten = _forget(environment, FileTokenStore())
    if find_spec("keyring") is not None:
        try:
            forgotten = _forget(environment, KeyringTokenStore()) or forgotten
        except ConfigError as error:
            app.warn(f"the keyring was not changed: {error.message}")
    row = {"loginService": environment.auth_url, "forgotten": forgotten}
    app.show(row, lambda: ["Logged out." if forgotten else "No login was stored."])


def _name_and_password(app: App, username: str | None, password_stdin: bool) -> tuple[str, str]:
    from ...runtime.secret import hidden

    given = os.environ.get("SPACEKNOW_USERNAME")
    password = hidden(os.environ.get("SPACEKNOW_PASSWORD"))
    name = username or given or app.settings.kept().get("username")
    if password_stdin:
        if not name:
            raise click.UsageError("--password-stdin requires --username.")
        return name, sys.stdin.readline().rstrip("\r\n")
    if password and name and name == given:
        return name, password
    if not sys.stdin.isatty():
        raise click.UsageError(
            "cannot prompt for the password: stdin is not a terminal. Pass --username and "
            "--password-stdin, or set SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD."
        )
    name = name or str(click.prompt("SpaceKnow email", err=True))
    return name, str(click.prompt(f"Password for {name}", hide_input=True, err=True))


def _key(environment: Environment, username: str | None = None) -> str:
    from ...auth.credentials import login_key

    return login_key(environment, username)


def _forget(environment: Environment, store: FileTokenStore | KeyringTokenStore) -> bool:
    return store.forget(_key(environment))


def _expiry(auth: AnyAuth, environment: Environment) -> float | None:
    """When the token in use expires, in seconds since 1970; None if it is unknown or never."""
    from ...auth.credentials import ApiKeyAuth, TokenAuth
    from ...auth.token import expiry_of

    if isinstance(auth, ApiKeyAuth):
        return None
    if isinstance(auth, Mapping):
        return min(filter(None, (_expiry(one, environment) for one in auth.values())), default=None)
    if isinstance(auth, TokenAuth):
        return expiry_of(auth.token)
    token = auth.store.load(_key(environment, auth.username))
    return None if token is None else token.expires_at


def _source(auth: AnyAuth, environment: Environment) -> str:
    """The source of the credentials."""
    from ...auth.credentials import ApiKeyAuth, PasswordAuth, TokenAuth
    from ..logins import Logins

    if isinstance(auth, ApiKeyAuth):
        return "SPACEKNOW_API_KEY"
    if isinstance(auth, Mapping):
        return " and ".join(_source(one, environment) for one in auth.values())
    if isinstance(auth, TokenAuth):
        return "SPACEKNOW_TOKEN"
    if isinstance(auth, PasswordAuth):
        return "SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD"
    return _place(Logins().find(_key(environment, auth.username))[1])


def _place(store: FileTokenStore | KeyringTokenStore) -> str:
    path = getattr(store, "path", None)
    return "the keyring" if path is None else str(path)


def _row(source: str, environment: Environment, expiry: float | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "credentials": source,
        "host": environment.base_url,
        "loginService": environment.auth_url,
    }
    if expiry is not None:
        row["expires"] = to_json(datetime.fromtimestamp(expiry, UTC))
    return row


def _lines(row: dict[str, Any]) -> list[str]:
    return fields(
        [
            ("user", row.get("user")),
            ("credentials", row["credentials"]),
            ("host", row["host"]),
            ("login service", row["loginService"]),
            ("expires (UTC)", row.get("expires", "unknown")),
            ("permissions", row.get("permissions")),
        ]
    )
