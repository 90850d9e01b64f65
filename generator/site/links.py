"""Links between files of the repository, turned into links between pages of the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"(^ {0,3}```.*?^ {0,3}```[^\n]*$)", re.DOTALL | re.MULTILINE)


def relinked(text: str, source: str, target: str, pages: Mapping[str, str], project: Path) -> str:
    """Markdown of the file `source` of the repository, as the page `target` of the site.

    A link to a file that is a page goes there. One to a file that is none becomes its words. What
    leads nowhere stays, so that the build tells of it.
    """

    def link(found: re.Match[str]) -> str:
        mark, words, address = found.groups()
        path, _, anchor = address.partition("#")
        if not path or ":" in path or path.startswith("/"):
            return found[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        page = pages.get(file)
        if page is not None:
            there = posixpath.relpath(page, posixpath.dirname(target) or ".")
            return f"{mark}[{words}]({there}{'#' if anchor else ''}{anchor})"
        return words if (project / file).exists() else found[0]

    # Links can span two lines, so text is handled as a whole, between the blocks of code.
    parts = enumerate(CODE.split(text))
    return "".join(part if number % 2 else LINK.sub(link, part) for number, part in parts)
