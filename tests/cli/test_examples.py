"""Every example of every `--help`, run against the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from spaceknow_client.cli.command import Command
from spaceknow_client.cli.root import COMMANDS, root
from tests.cli.shell import Shell, run


def commands(
    group: click.Group = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands without subcommands, as they are typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = list(commands())
EXAMPLES = [
    (path, example)
    for path, command in ALL
    if isinstance(command, Command)
    for example in command.examples
]


@pytest.mark.parametrize(
    ("path", "example"),
    EXAMPLES,
    ids=[f"{' '.join(path)}-{n}" for n, (path, _) in enumerate(EXAMPLES)],
)
def test_an_example_works(path: tuple[str, ...], example: str, shell: Shell) -> None:
    ran = shell.run(example)
    assert ran.code == 0, ran.err
    assert f"spaceknow {' '.join(path)}" in example


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_help_has_an_example_and_fits_80_columns(
    path: tuple[str, ...], command: click.Command
) -> None:
    ran = run(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "\nExample" in ran.out.replace("\n  Example", "\nExample")  # the emulator's is indented
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    assert "\x1b" not in ran.out


def test_the_table_says_what_the_commands_say() -> None:
    for name, (_, told) in COMMANDS.items():
        command = root.get_command(click.Context(root), name)
        assert command is not None
        assert command.get_short_help_str(200).rstrip(".") == told.rstrip(".")
