"""The help of every command, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from spaceknow_client.cli.root import root

from ..rendering import environment

WIDTH = 80


def commands_page() -> str:
    """The output of `spaceknow ... --help`, for each command."""
    page = environment(Path(__file__).parent / "templates").get_template("commands.md.jinja")
    return page.render(helps=_helps(root, "spaceknow", None))


def _helps(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    own = name.rpartition(" ")[2]
    context = click.Context(
        command, info_name=own, parent=parent, terminal_width=WIDTH, color=False
    )
    yield name, command.get_help(context).strip()
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _helps(found, f"{name} {inner}", context)
