"""docs/cli.md names only existing commands, options and exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import click

from spaceknow_client.cli.exit_codes import MEANINGS
from spaceknow_client.cli.root import root

TEXT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_command_and_option_exists() -> None:
    joined = TEXT.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.startswith("$ ")]
    calls = re.findall(r"spaceknow ((?:(?![|;]).)*)", "\n".join(lines))
    calls += re.findall(r"`spaceknow ([^`]+)`", TEXT)
    assert len(calls) > 25
    context = click.Context(root)
    for call in calls:
        command: click.Command = root
        words = call.split("#")[0].split()
        while isinstance(command, click.Group):
            names = [word for word in words if word in command.list_commands(context)]
            if not names:
                assert words[0].startswith("-"), call  # options only
                break
            found = command.get_command(context, names[0])
            assert found is not None
            command = found
        known = {name for option in command.params for name in option.opts} | {"--help"}
        assert set(re.findall(r"--[a-z-]+", call.split("#")[0])) <= known, call


def test_the_exit_codes_are_all_there() -> None:
    table = TEXT.split("## Exit codes")[1].split("##")[0]
    codes = re.findall(r"^\| (\d+) \|", table, re.MULTILINE)
    assert codes == [*(code for code, _ in MEANINGS), "141"]
    for code, told in MEANINGS[:-1]:
        assert f"| {code} | {told.split(';')[0]}" in table
