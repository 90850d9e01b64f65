"""The docstrings of resource methods, from what the document says of their operations."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from ..models.error_classes import class_name
from .methods import Argument, Method

WIDTH = 100
REUSE = (
    "take a pipeline of the journal with the same arguments, instead of beginning, and perhaps "
    "paying, again (see `client.pipelines.start`)."
)


TILES = {
    "decompose": "cuts an extent that is too large for the server into tiles: True, a tile's side in "
    "metres, a mapping of arguments of `sk.decompose`, or a TileGrid, which stands for the extent. "
    "Each tile is searched by itself, and an item that several have is given once, with the first. "
    "Needs the extra `geo`.",
    "concurrency": "with `decompose`, how many tiles are searched at once. They are, ahead of those "
    "that are looked at.",
    "on_progress": "with `decompose`, is told after each change how many tiles are done.",
}


def docstring(method: Method) -> list[str]:
    """The lines of a method's docstring, indented as its body."""
    operation = method.document
    lines = [*_wrapped(f"{operation['summary'].rstrip('.')}.", "           "), ""]
    if operation.get("deprecated"):
        lines += [*_wrapped("Deprecated: only old clients use this form.", "        "), ""]
    lines += [*_wrapped(operation.get("description", ""), "        "), ""]
    lines += [*_wrapped(" ".join(_needs(method)), "        "), ""]
    if method.arguments or method.reuses:
        lines.append("        Args:")
        for argument in method.ordered:
            lines += _wrapped(f"{argument.name}: {_of(argument)}", "            ", "    ")
        if method.reuses:
            lines += _wrapped(f"reuse: {REUSE}", "            ", "    ")
        for name, text in TILES.items() if method.identity else ():
            lines += _wrapped(f"{name}: {text}", "            ", "    ")
        lines.append("")
    lines += _wrapped(" ".join(_raises(method)), "        ")
    text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''").strip()
    return [f'        """{text}', '        """']


def _wrapped(text: str, indent: str, hanging: str = "") -> list[str]:
    """The text in lines. Its own line breaks stay."""
    first, *others = text.split("\n")
    found = textwrap.wrap(
        first,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
    )
    for line in others:
        own = indent + hanging + " " * (len(line) - len(line.lstrip()))
        found += textwrap.wrap(
            line.strip(),
            WIDTH,
            initial_indent=own,
            subsequent_indent=f"{own}  " if line.lstrip().startswith("- ") else own,
            break_long_words=False,
        ) or [""]
    return found


def _of(argument: Argument) -> str:
    text = argument.description or "not described."
    if argument.value.hint.startswith("TimeLike"):
        last = "last=True" in argument.value.check
        text += (
            " A naive time means UTC, and `2018-03` the "
            f"{'last' if last else 'first'} second of that month."
        )
    if (model := re.search(r"identity\('(\w+)'", argument.value.check)) is not None:
        text += f" By id, or as a {model[1]}."
    return text


def _needs(method: Method) -> list[str]:
    operation = method.document
    roles = [
        role
        for option in operation.get("security", [])
        for names in option.values()
        for role in names
    ]
    found = [f"Needs {' and '.join(f'`{role}`' for role in roles)}."] if roles else []
    if operation["x-safe-to-repeat"]:
        found.append("A repeat costs nothing, so it is sent again after a failure that may pass.")
    else:
        found.append(
            "It is never sent twice: AmbiguousRequestError says when it may have taken effect all "
            "the same."
        )
    if method.kind in ("pages", "pipeline_pages"):
        found.append("No request is sent before the listing is read.")
    if method.kind == "pipeline_pages":
        found.append("Each page is a pipeline of its own.")
    if method.kind == "pipeline":
        found.append(f"Gives the handle of the pipeline, whose `result()` is `{method.result}`.")
    return found


def _raises(method: Method) -> list[str]:
    codes: list[str] = method.document["x-error-codes"]
    names = [class_name(code) for code in codes]
    found = []
    if method.arguments:
        checked = "InvalidArgumentError"
        if any("Extent" in argument.value.hint for argument in method.arguments):
            checked += " or InvalidExtentError"
        found.append(f"Raises {checked} before anything is sent.")
    if names:
        found.append(f"The API's own errors here: {', '.join(names)}.")
    source: dict[str, Any] = method.document["x-source"]
    if source.get("facts"):
        found.append(f"API facts, section {source['facts']}.")
    return found
