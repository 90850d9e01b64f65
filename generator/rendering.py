"""Templates of generated text, code and Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, StrictUndefined


def environment(folder: Path, *, allows_missing: bool = False, **filters: Any) -> Environment:
    """The environment that renders the templates of a folder.

    A name that is not there is an error of the template, unless `allows_missing` makes it empty, at
    any depth.
    """
    # No template is HTML, so nothing is escaped.
    found = Environment(  # noqa: S701
        loader=FileSystemLoader(folder),
        undefined=ChainableUndefined if allows_missing else StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"repr": repr} | filters
    return found
