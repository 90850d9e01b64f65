"""`make size`: the handwritten lines of code of each room."""

from __future__ import annotations

import ast
import tokenize
from collections import Counter
from io import StringIO
from pathlib import Path

from .git import git
from .sync_compiler import is_generated

PARTS = ("spaceknow_client", "generator")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
LAYOUT = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
NO_CODE = (tokenize.COMMENT, *LAYOUT)


def code_lines(text: str) -> int:
    """The lines of a module with code: without blank lines, comments and docstrings."""
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            docstrings.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(StringIO(text).readline):
        # A docstring can share its line with code: `def f(): """..."""`.
        is_docstring = token.type == tokenize.STRING and token.start[0] in docstrings
        if token.type not in NO_CODE and not is_docstring:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines)


def sizes(project: Path) -> Counter[str]:
    """Lines of code by room: the first folder in the package, `.` for modules beside the folders."""
    found: Counter[str] = Counter()
    for path in map(Path, git(project, "ls-files", "--", *PARTS).splitlines()):
        file = project / path
        # A deleted file may still be tracked.
        if path.suffix != ".py" or not file.exists():
            continue
        text = file.read_text(encoding="utf-8")
        if not is_generated(text):
            top, *folders = path.parent.parts
            room = top if top == "generator" else folders[0] if folders else "."
            found[room] += code_lines(text)
    return found


if __name__ == "__main__":
    rooms = sizes(Path(__file__).resolve().parents[1])
    for room, lines in [*rooms.most_common(), ("in all", rooms.total())]:
        print(f"{room:<18}{lines:>7,}")
