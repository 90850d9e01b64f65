"""The command `python -m generator`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .commands import breaks, diff, release
from .document import DocumentError
from .output import compare, generate, write

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 fine, 1 differences or a mistake in the document."""
    parser = argparse.ArgumentParser(
        prog="python -m generator",
        description="Compiles openapi/ into the generated files of spaceknow_client/.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 and name the files when they differ",
    )
    parser.epilog = (
        "Further commands, each with --help: diff (what changed between two documents), breaks (does "
        "the public API break with the last release), release (make this version the last release)."
    )
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments[:1] == ["diff"]:
            return diff(arguments[1:], PROJECT)
        if arguments[:1] == ["breaks"]:
            return breaks(arguments[1:], PROJECT)
        if arguments[:1] == ["release"]:
            return release(arguments[1:], PROJECT)
        options = parser.parse_args(arguments)
        files = generate(PROJECT)
    except DocumentError as error:
        print(f"generator: {error}", file=sys.stderr)
        return 1
    if options.check:
        differences = compare(files, PROJECT)
        for path, reason in differences:
            print(f"{path}: {reason}")
        if differences:
            print("Run `make generate`; generated files are never edited by hand.")
            return 1
        print(f"{len(files)} generated files are up to date.")
        return 0
    changed = write(files, PROJECT)
    for path, reason in changed:
        print(f"{path}: {reason}")
    print(f"{len(files)} files generated, {len(changed)} changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
