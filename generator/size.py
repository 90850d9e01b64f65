"""`make size`: how many lines of code are written by hand, room by room."""

from __future__ import annotations

import ast
import subprocess
import tokenize
from collections import Counter
from io import StringIO
from pathlib import Path

from .twins import is_generated

PARTS = ("spaceknow_client", "generator")
IGNORED = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def code_lines(text: str) -> int:
    """The lines of a module that hold code: no blank ones, no comments, no docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type not in IGNORED and token.type != tokenize.ENDMARKER:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and ast.get_docstring(node, clean=False) is not None
        ):
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)


def sizes(project: Path) -> Counter[str]:
    """Lines of code by room: the first folder in the package, and the generator as a whole."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *PARTS],  # noqa: S607  # git of the PATH, as everywhere
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: Counter[str] = Counter()
    for path in map(Path, filter(None, listed.split("\0"))):
        if path.suffix != ".py" or "last_release" in path.parts:
            continue
        text = (project / path).read_text(encoding="utf-8")
        if not is_generated(text):
            in_package = path.parts[0] == "spaceknow_client"
            room = path.parts[1] if in_package and len(path.parts) > 2 else path.parts[0]
            found[room] += code_lines(text)
    return found


if __name__ == "__main__":
    rooms = sizes(Path(__file__).resolve().parents[1])
    for room, lines in [*rooms.most_common(), ("in all", rooms.total())]:
        print(f"{room:<18}{lines:>7,}")
