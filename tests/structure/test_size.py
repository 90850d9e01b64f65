"""`make size` counts only lines of code."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.size import code_lines, sizes
from generator.sync_compiler import HEAD, TWIN_HEAD

MODULE = '''\
"""The docstring of a module,

of several lines.
"""

# A comment.
import sys  # code, with a comment


class Empty:
    """Only a docstring."""


class Full:
    r"""The docstring of a class."""

    text = """A string of several lines

    # that is no docstring.
    """


def function(
    first: int,  # a line of its own

    second: int,
) -> int:
    """The docstring of a function."""
    """A string after it is code."""
    return first + second


async def waits() -> None: """On the line of its function."""
'''


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 0),
        ("\n\n# one\n    # two\n", 0),
        ('"""A docstring."""\n', 0),
        ("'A docstring, ' 'of two strings.'\n", 0),
        ("a = 1; b = 2\n", 1),
        ("a = (\n    1,\n\n    # why\n    2,\n)\n", 4),
        ("a = 1 + \\\n    2\n", 2),
        ('a = """one\n\n# three\n"""\n', 4),
        ('f"""one\n{\n1}"""\n', 3),
        ('a = 1\n"""No docstring: it is not the first thing."""\n', 2),
        ('b"""No docstring: these are bytes."""\n', 1),
        ('def f(): """A docstring."""\n', 1),
        ('"""A docstring."""; a = 1\n', 1),
        ("def f():\n    pass", 2),
        ('def f(): return """A\nB"""\n', 2),
        (MODULE, 14),
    ],
)
def test_lines_of_code(text: str, lines: int) -> None:
    assert code_lines(text) == lines


def test_generated_files_have_no_size(tmp_path: Path) -> None:
    for name, text in {
        "spaceknow_client/__init__.py": "a = 1\n",
        "spaceknow_client/room/a.py": "a = 1\nb = 2\n",
        "spaceknow_client/room/inner/b.py": "a = 1\n",
        "spaceknow_client/room/made.py": f"{HEAD}a = 1\n",
        "spaceknow_client/room/twin.py": TWIN_HEAD.format(source="twin_async.py") + "a = 1\n",
        "spaceknow_client/room/data.json": "{}\n",
        "generator/a.py": "a = 1\n",
        "generator/inner/b.py": "a = 1\n",
        "tests/d.py": "a = 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    (tmp_path / "generator/untracked.py").write_text("a = 1\n")
    (tmp_path / "generator/a.py").unlink()
    assert sizes(tmp_path) == {".": 1, "room": 3, "generator": 1}
