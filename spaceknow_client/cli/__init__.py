"""The command `spaceknow`."""

from __future__ import annotations

import argparse

from spaceknow_client.emulator import command as emulator_command


def main(argv: list[str] | None = None) -> int:
    """Runs the command with `argv` (default: those of the process); returns its exit code."""
    parser = argparse.ArgumentParser(prog="spaceknow", description="SpaceKnow on the command line.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    emulator = commands.add_parser(
        "emulator",
        help="serve a local SpaceKnow",
        description=(
            "Serve a local SpaceKnow on 127.0.0.1 until Ctrl-C. It prints the name and the "
            "password of its user, then its address. Needs the extra `emulator`."
        ),
        epilog="Example: spaceknow emulator --port 8765 --seconds-per-pipeline 0.5",
    )
    emulator_command.add_arguments(emulator)
    emulator.set_defaults(run=emulator_command.run)
    options = parser.parse_args(argv)
    code: int = options.run(options)
    return code
