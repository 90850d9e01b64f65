"""The command `python -m generator`."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from functools import partial
from pathlib import Path

from .document.document import DocumentError
from .leftovers import leftovers
from .output import GENERATED, PACKAGE, compare, generate, turn, write

BUNDLE = GENERATED / "openapi.json"
PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 fine, 1 differences or a mistake in the document."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in ("diff", "breaks", "release"):
        from .release.commands import run  # imports modules that the generator does not need

        return run(*arguments, project=PROJECT)
    parser = argparse.ArgumentParser(
        prog="python -m generator",
        description="Compiles openapi/ into the generated files of spaceknow_client/.",
        epilog="Further commands, each with --help: diff OLD NEW, breaks, release.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; list files that are out of date, and exit with 1 if there are any",
    )
    options = parser.parse_args(arguments)
    if options.check:
        return _run(checks=True, lock=None)
    with turn(PROJECT) as lock:
        return _run(checks=False, lock=lock)


def _run(*, checks: bool, lock: int | None) -> int:
    try:
        files = generate(PROJECT, notice=partial(print, file=sys.stderr))
    except DocumentError as error:
        print(error, file=sys.stderr)
        count = f"{len(error.mistakes)} mistake{'s' if len(error.mistakes) > 1 else ''}"
        print(f"generator: {count}; nothing was written.", file=sys.stderr)
        return 1
    left = [*leftovers(json.loads(files[BUNDLE]), PROJECT / PACKAGE)]
    print(*left, sep="\n", end="\n" * bool(left), file=sys.stderr)
    if checks:
        differences = compare(files, PROJECT)
        for path, reason in differences:
            print(f"{path}: {reason}")
        if differences:
            print("Run `make generate`; generated files are never edited by hand.")
            return 1
        print(f"{len(files)} generated files are up to date.")
        return 1 if left else 0
    changed = write(files, PROJECT, lock)
    for path, reason in changed:
        print(f"{path}: {reason}")
    print(f"{len(files)} files generated, {len(changed)} changed.")
    return 0


if __name__ == "__main__":
    gc.disable()  # all objects stay in use, and collecting garbage took a third of the time
    sys.exit(main())
