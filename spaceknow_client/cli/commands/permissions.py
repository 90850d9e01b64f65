"""`spaceknow permissions`."""

from __future__ import annotations

import click

from ...auth.permissions import Permission
from ...errors.base import PermissionDeniedError
from ..app import App
from ..command import Group
from ..tables import fields

command = Group("permissions", help="What the user may do.")


@command.command(examples=["spaceknow permissions check kraken.release"])
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.pass_obj
def check(app: App, names: tuple[str, ...]) -> None:
    """Tell whether the user may do what needs these permissions.

    It ends with 0 when all of them are there, else with 4.
    """
    needed = [Permission(name) for name in names]
    with app.client() as client:
        missing = client.permissions().missing(*needed)
    if missing:
        raise PermissionDeniedError(
            f"the user lacks {' and '.join(missing)}",
            missing=missing,
            hint="Ask SpaceKnow for the permission, or log in as another user.",
        )
    app.show({"allowed": True, "permissions": list(names)}, lambda: fields([("allowed", "yes")]))
