"""The help of every command, on one page."""

from __future__ import annotations

from collections.abc import Iterator

import click

from spaceknow_client.cli.root import root

WIDTH = 80


def commands_page() -> str:
    """What `spaceknow ... --help` prints, for each command."""
    lines = [
        "# Commands",
        "",
        "What `--help` prints. How they go together is told in [the command line](cli.md).",
    ]
    for name, text in _helps(root, "spaceknow", None):
        lines += ["", f"## {name} {{ #{name.replace(' ', '-')} }}", "", "```text", text, "```"]
    return "\n".join(lines) + "\n"


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
