"""`spaceknow profile`."""

from __future__ import annotations

from typing import Any

import click

from ..app import App
from ..command import Group
from ..profiles import all_profiles, config_path, save_profile
from ..tables import fields, wrapped

command = Group("profile", help="Settings that are kept under a name.")


@command.command(
    examples=["spaceknow profile save local --environment emulator --journal runs.sqlite"]
)
@click.argument("name")
@click.option("--auth-url", help="Address of the login service that belongs to --base-url.")
@click.option("--client-id", help="Client id of the login service.")
@click.option("--username", help="The user's e-mail.")
@click.pass_obj
def save(
    app: App, name: str, auth_url: str | None, client_id: str | None, username: str | None
) -> None:
    """Keep the global options that are given, under a name.

    `--profile NAME` uses them, and so does every command for the name `default`. Options and
    environment variables go before them. The file holds no password and no token, and nothing else
    writes it. Settings that the profile had before are replaced.
    """
    more = {"auth_url": auth_url, "client_id": client_id, "username": username}
    members = app.settings.given() | {key: value for key, value in more.items() if value}
    if not members:
        raise click.UsageError("there is nothing to keep; give an option such as --environment.")
    _check(app, members)
    path = save_profile(name, members)
    app.show(
        {"profile": name, "file": str(path), **members},
        lambda: fields([("profile", name), *_pairs(members), ("kept in", path)]),
    )


@command.command("list", examples=["spaceknow profile list"])
@click.pass_obj
def list_(app: App) -> None:
    """List the profiles, with their settings."""
    found = all_profiles()
    app.show(
        found,
        lambda: (
            [
                line
                for name, members in found.items()
                for line in fields([("profile", name), *_pairs(members)])
            ]
            or wrapped(f"There is no profile in {config_path()}")
        ),
    )


def _check(app: App, members: dict[str, Any]) -> None:
    """Raises ConfigError for settings that would be of no use later."""
    from ...transport.options import environment_from
    from ..settings import SERVICE

    known = {SERVICE[key]: value for key, value in members.items() if key in SERVICE}
    environment_from(known, logs_in=False)


def _pairs(members: dict[str, Any]) -> list[tuple[str, object]]:
    return [(key.replace("_", " "), value) for key, value in members.items()]
