"""`spaceknow permissions`."""

from __future__ import annotations

import click

from ...auth.permissions import Permission
from ...errors.base import PermissionDeniedError
from ..app import App
from ..command import Group
from ..tables import fields

command = Group("permissions", help="Check the user's permissions.")


@command.command(examples=["spaceknow permissions check kraken.release"])
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.pass_obj
def check(app: App, names: tuple[str, ...]) -> None:
    """Check whether the user has these permissions.

    The exit code is 0 if the user has all of them, otherwise 4.
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
