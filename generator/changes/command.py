"""The command `python -m generator diff`."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..document import DocumentError
from .documents import compare
from .report import as_json, report
from .sides import read_side


def diff(arguments: list[str], project: Path) -> int:
    """Prints what changed; raises DocumentError for a side that cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m generator diff",
        description=(
            "What changed between two documents, rated for callers of the Python API, with the "
            "version that it asks for and a draft of CHANGELOG. A side is a root file such as "
            "openapi/openapi.yaml, its folder, or a git revision of this project such as HEAD~3 or "
            "v0.1.0."
        ),
    )
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
