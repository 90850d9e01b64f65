"""The commands beside the generator itself: `python -m generator diff`, `breaks`, `release`."""

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
    """What changed between two documents, rated for callers of the Python API.

    Tells the version that it asks for, too, and a draft of CHANGELOG. A side is a root file such as
    openapi/openapi.yaml, its folder, or a git revision of this project such as HEAD~3 or v0.1.0.
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
            f"{old.name} or {new.name} is no valid OpenAPI ({error!r}); `make check` says where."
        ) from error
    print((as_json if options.json else report)(changes, old, new), end="")
    return 0


def breaks(arguments: list[str], project: Path) -> int:
    """Fails when the public API breaks with the last release and the version does not say so.

    Holds the document, the public Python API and the examples of the last release, which are read from
    the history, against what is here. Exits with 1 when something breaks and the version is not high
    enough. Without that history nothing is compared: that is an error only where the variable CI is
    set.
    """
    _parser(breaks).parse_args(arguments)
    return last_release.check(project)


def release(arguments: list[str], project: Path) -> int:
    """Makes the version in spaceknow_client/runtime/version.py the last release.

    Checks that it was raised enough, and moves what is unreleased in CHANGELOG.md under it. The commit
    of that heading is the release. Commits nothing and needs no network.
    """
    parser = _parser(release)
    parser.add_argument(
        "--snapshot",
        action="store_true",
        help=(
            "leave CHANGELOG.md alone, and compare with the present commit until there is a release; "
            "only for a version that CHANGELOG.md does not have yet"
        ),
    )
    options = parser.parse_args(arguments)
    for path, reason in compare_files(generate(project), project):
        raise DocumentError(f"{path} {reason}. Run `make generate` first.")
    return last_release.release(project, options.snapshot)


def _parser(command: Callable[..., int]) -> argparse.ArgumentParser:
    """What reads the arguments of a command. Its docstring is its help."""
    return argparse.ArgumentParser(
        prog=f"python -m generator {command.__name__}", description=inspect.getdoc(command)
    )


def run(name: str, *arguments: str, project: Path) -> int:
    """Runs a command, and returns the exit code: 1 for whatever it cannot do, with the reason."""
    try:
        return {"diff": diff, "breaks": breaks, "release": release}[name]([*arguments], project)
    except DocumentError as error:
        print(f"generator: {error}", file=sys.stderr)
        return 1
