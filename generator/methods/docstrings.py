"""The lines of docstrings, whose text is in `templates/docstring.jinja`."""

from __future__ import annotations

import textwrap

WIDTH = 100


def of_docstring(text: str) -> str:
    """The text between the quotes."""
    return text.replace("\\", "\\\\").replace('"""', "'''").strip()


def wrapped(text: str, indent: int, hanging: int = 0) -> str:
    """The text in indented lines, those after the first by `hanging` more. Existing line breaks stay."""
    first, *others = str(text).split("\n")
    found = _lines(first, " " * indent, " " * (indent + hanging))
    for line in others:
        own = " " * (indent + hanging + len(line) - len(line.lstrip()))
        found += _lines(line.strip(), own, own + "  " * line.lstrip().startswith("- ")) or [""]
    return "\n".join(found)


def _lines(text: str, first: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
