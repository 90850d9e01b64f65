"""The further commands of the generator: `python -m generator diff`, `breaks`, `release`."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from ..changes import compare
from ..changes.report import as_json, report
from ..changes.sides import read_side
from ..document.document import DocumentError
from ..output import compare as compare_files
from ..output import generate
from . import release as last_release


def diff(arguments: list[str], project: Path) -> int:
    """Print the changes between two documents, rated for users of the Python API.

    Prints the version that it requires, and a draft for CHANGELOG.md. OLD and NEW are root files such as
    openapi/openapi.yaml, their folders, or git revisions of this project such as HEAD~3 or v0.1.0.
    """
    parser = _parser(diff)
    parser.add_argument("old", metavar="OLD", help="a file, a folder or a revision")
    parser.add_argument("new", metavar="NEW", help="a file, a folder or a revision")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    old, new = read_side(options.old, project), read_side(options.new, project)
    try:
        changes = compare(old.document, new.document)
    except (AttributeError, KeyError, TypeError) as error:
        raise DocumentError(
            f"{old.name} or {new.name} is not valid OpenAPI ({error!r}). Run `make check` to find the line."
        ) from error
    print((as_json if options.json else report)(changes, old, new), end="")
    return 0


def breaks(arguments: list[str], project: Path) -> int:
    """Check that nothing breaks users of the last release, unless the version allows it.

    Compares the document, the public Python API and the examples with those of the last release, which
    are read from the git history. Exits with 1 if something breaks and the version is too low. Without
    that history nothing is compared, which is an error only if the environment variable CI is set.
    """
    _parser(breaks).parse_args(arguments)
    return last_release.check(project)


def release(arguments: list[str], project: Path) -> int:
    """Make the version in spaceknow_client/runtime/version.py the last release.

    Checks that the version is high enough, and moves the unreleased entries of CHANGELOG.md under its
    heading. The commit with that heading is the release. Commits nothing and requires no network.
    """
    parser = _parser(release)
    parser.add_argument(
        "--snapshot",
        action="store_true",
        help=(
            "do not change CHANGELOG.md, and compare with the current commit until there is a "
            "release; only for a version that is not in CHANGELOG.md yet"
        ),
    )
    options = parser.parse_args(arguments)
    for path, reason in compare_files(generate(project), project):
        raise DocumentError(f"{path} {reason}. Run `make generate` first.")
    return last_release.release(project, options.snapshot)


def _parser(command: Callable[..., int]) -> argparse.ArgumentParser:
    """The parser for the arguments of a command, whose docstring is the help."""
    return argparse.ArgumentParser(
        prog=f"python -m generator {command.__name__}", description=inspect.getdoc(command)
    )


def run(name: str, *arguments: str, project: Path) -> int:
    """Runs a command and returns the exit code: 1 if it fails, after printing the reason."""
    try:
        return {"diff": diff, "breaks": breaks, "release": release}[name]([*arguments], project)
    except DocumentError as error:
        print(f"generator: {error}", file=sys.stderr)
        return 1
