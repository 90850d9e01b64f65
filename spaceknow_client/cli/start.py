"""The entry point of the command `spaceknow`."""

from __future__ import annotations

import sys

from ..runtime.extras import missing_extra


def main(argv: list[str] | None = None) -> int:
    """Runs the command with `argv` (default: the process's arguments); returns its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        import click  # noqa: F401
    except ModuleNotFoundError:
        extra = "emulator" if arguments[:1] == ["emulator"] else "cli"
        error = missing_extra(extra, "click", purpose="the command line")
        print(f"spaceknow: {error}", file=sys.stderr)
        return 1
    try:
        from .root import run

        return run(arguments)
    except KeyboardInterrupt:  # before any work was started
        return 130
