"""HTML representations of maps and pipelines for notebooks. Strings from the server are escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from ..errors.shown import printable


def table(title: str, rows: Iterable[tuple[str, Any]], drawing: str = "") -> str:
    """A table of names and values, without values of None."""
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(printable(str(value)))}</td></tr>"
        for name, value in rows
        if value is not None
    )
    return f"<table><caption>{escape(title)}</caption>{lines}</table>{drawing}"
