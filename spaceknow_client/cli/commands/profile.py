"""`spaceknow profile`."""

from __future__ import annotations

from typing import Any

import click

from ..app import App
from ..command import Group
from ..profiles import all_profiles, config_path, save_profile
from ..tables import fields, wrapped

command = Group("profile", help="Save settings under a name.")


@command.command(
    examples=["spaceknow profile save local --environment emulator --journal runs.sqlite"]
)
@click.argument("name")
@click.option("--auth-url", help="URL of the login service for --base-url.")
@click.option("--client-id", help="Client id at the login service.")
@click.option("--username", help="The user's email.")
@click.pass_obj
def save(
    app: App, name: str, auth_url: str | None, client_id: str | None, username: str | None
) -> None:
    """Save the global options of this command as a profile.

    `--profile NAME` uses them; the profile `default` is used by every command. Options and
    environment variables take precedence. The file never holds a password or a token. An existing
    profile of this name is replaced.
    """
    more = {"auth_url": auth_url, "client_id": client_id, "username": username}
    members = app.settings.given() | {key: value for key, value in more.items() if value}
    if not members:
        raise click.UsageError("no settings to save; pass an option such as --environment.")
    _check(app, members)
    path = save_profile(name, members)
    app.show(
        {"profile": name, "file": str(path), **members},
        lambda: fields([("profile", name), *_pairs(members), ("file", path)]),
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
            or wrapped(f"No profiles are saved in {config_path()}")
        ),
    )


def _check(app: App, members: dict[str, Any]) -> None:
    """Raises ConfigError for settings that no client could use."""
    from ...transport.options import environment_from
    from ..settings import SERVICE

    known = {SERVICE[key]: value for key, value in members.items() if key in SERVICE}
    environment_from(known, logs_in=False)


def _pairs(members: dict[str, Any]) -> list[tuple[str, object]]:
    return [(key.replace("_", " "), value) for key, value in members.items()]
