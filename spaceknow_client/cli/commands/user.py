"""`spaceknow user`."""

from __future__ import annotations

import click

from ..app import App
from ..command import Group
from ..tables import fields

command = Group("user", help="Show the user's account.")


@command.command(examples=["spaceknow user info"])
@click.pass_obj
def info(app: App) -> None:
    """Show the user's id, email, name, accounting and permissions."""
    with app.client() as client:
        user = client.user.info()
    app.show(
        user.to_dict(),
        lambda: fields(
            [
                ("name", user.name),
                ("email", user.email),
                ("id", user.id),
                ("accounting", user.accounting),
                ("permissions", sorted(user.permissions)),
            ]
        ),
    )
