"""`spaceknow user`."""

from __future__ import annotations

import click

from ..app import App
from ..command import Group
from ..tables import fields

command = Group("user", help="The user's account.")


@command.command(examples=["spaceknow user info"])
@click.pass_obj
def info(app: App) -> None:
    """Tell the user's id, e-mail, name, accounting and permissions."""
    with app.client() as client:
        user = client.user.info()
    app.show(
        user.to_dict(),
        lambda: fields(
            [
                ("name", user.name),
                ("e-mail", user.email),
                ("id", user.id),
                ("accounting", user.accounting),
                ("permissions", sorted(user.permissions)),
            ]
        ),
    )
