"""`spaceknow auth`: logging in and out, and who one is."""

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

command = Group("auth", help="Log in, log out, and see who you are.")


@command.command(
    examples=[
        "spaceknow auth login",
        "pass show spaceknow | spaceknow auth login --username me@example.com \\\n"
        "    --password-stdin",
    ]
)
@click.option(
    "--username", help="The user's e-mail; also SPACEKNOW_USERNAME. Asked for if need be."
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from stdin, its first line."
)
@click.option("--keyring", is_flag=True, help="Keep the login in the keyring, not in a file.")
@click.pass_obj
def login(app: App, username: str | None, password_stdin: bool, keyring: bool) -> None:
    """Log in, and keep the login for commands to come.

    It asks for the e-mail and, without showing it, the password. The password goes to the login
    service alone and is kept nowhere; the token, which lasts 10 hours, is kept in a file that only
    you can read (~/.spaceknow/tokens.json). Commands that run longer need the two variables below,
    with which they log in again by themselves. Where there is no terminal to ask at, it takes
    --password-stdin, or SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD.
    """
    from ...auth.credentials import PasswordAuth
    from ...auth.token_stores import FileTokenStore, KeyringTokenStore
    from ..logins import ForcedLogin

    kept_in = KeyringTokenStore() if keyring else FileTokenStore()
    store = ForcedLogin(kept_in)
    auth = PasswordAuth(*_name_and_password(app, username, password_stdin), store)
    environment = app.settings.environment_for(auth)
    if keyring:
        _forget(environment, FileTokenStore())  # it would go before the new one
    with app.client(auth) as client:
        user = client.user.info()
    if store.failure is not None:
        raise store.failure
    if os.environ.get("SPACEKNOW_TOKEN") or os.environ.get("SPACEKNOW_PASSWORD"):
        app.note("Commands use the credentials of environment variables before this login.")
    row = _row(_place(kept_in), environment, _expiry(auth, environment))
    row["user"] = user.email
    app.show(row, lambda: _lines(row))


@command.command(examples=["spaceknow auth status", "spaceknow auth status --offline --json"])
@click.option("--offline", is_flag=True, help="Ask nothing of the server.")
@click.pass_obj
def status(app: App, offline: bool) -> None:
    """Tell where the credentials come from, who they make you, and until when.

    It ends with 3 when there are none.
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
        raise AuthError(f"there is no login at {environment.auth_url}, or it is over.")
    row = {**_row(_source(auth, environment), environment, expiry), **members}
    app.show(row, lambda: _lines(row))
    if not isinstance(auth, StoredAuth) and Logins().load(_key(environment)) is not None:
        app.note("There is a stored login too; environment variables go before it.")


@command.command(examples=["spaceknow auth logout"])
@click.pass_obj
def logout(app: App) -> None:
    """Forget the stored logins at the service.

    The server knows no logout: a token that somebody copied lasts until its end.
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
            app.warn(f"the keyring was left alone: {error.message}")
    row = {"loginService": environment.auth_url, "forgotten": forgotten}
    app.show(row, lambda: ["Logged out." if forgotten else "There was no stored login."])


def _name_and_password(app: App, username: str | None, password_stdin: bool) -> tuple[str, str]:
    from ...runtime.secret import hidden

    given = os.environ.get("SPACEKNOW_USERNAME")
    password = hidden(os.environ.get("SPACEKNOW_PASSWORD"))
    name = username or given or app.settings.kept().get("username")
    if password_stdin:
        if not name:
            raise click.UsageError("--password-stdin needs --username.")
        return name, sys.stdin.readline().rstrip("\r\n")
    if password and name and name == given:
        return name, password
    if not sys.stdin.isatty():
        raise click.UsageError(
            "there is no terminal to ask for the password at. Give --username and "
            "--password-stdin, or set SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD."
        )
    name = name or str(click.prompt("SpaceKnow e-mail", err=True))
    return name, str(click.prompt(f"Password of {name}", hide_input=True, err=True))


def _key(environment: Environment, username: str | None = None) -> str:
    from ...auth.credentials import login_key

    return login_key(environment, username)


def _forget(environment: Environment, store: FileTokenStore | KeyringTokenStore) -> bool:
    return store.forget(_key(environment))


def _expiry(auth: AnyAuth, environment: Environment) -> float | None:
    """When the token in use ends, in seconds since 1970; None for what has no end."""
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
    """Where credentials come from, in words."""
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
