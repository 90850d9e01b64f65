"""How maps and pipelines show themselves in a notebook. All text of the server stays text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from ..errors.shown import printable


def table(title: str, rows: Iterable[tuple[str, Any]], drawing: str = "") -> str:
    """A table of names and values; what is None is left out."""
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(printable(str(value)))}</td></tr>"
        for name, value in rows
        if value is not None
    )
    return f"<table><caption>{escape(title)}</caption>{lines}</table>{drawing}"
