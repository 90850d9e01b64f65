"""A minimal shell that runs `spaceknow` in this process: pipes, `>`, `$NAME` and `$(...)`."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from spaceknow_client.cli.start import main


@dataclass(frozen=True)
class Ran:
    """The output and exit code of a command."""

    code: int
    out: str
    err: str


def run(*arguments: str, stdin: str = "") -> Ran:
    """Runs `spaceknow` with these arguments; its streams are not terminals."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    with patch("sys.stdin", given), redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        code = main(list(arguments))
    out, err = (stream.buffer.getvalue() for stream in streams)
    return Ran(code, out.decode("utf-8", "replace"), err.decode())


@dataclass
class Shell:
    """Runs command lines.

    Attributes:
        variables: what `$NAME` stands for.
        programs: other programs that the lines name, as functions of their input.
    """

    variables: Mapping[str, str]
    programs: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    def run(self, line: str) -> Ran:
        """Runs a line; returns what the last command printed, unless it was redirected to a file."""
        line = line.replace("\\\n", " ")
        line = re.sub(r"\$\((.*?)\)", lambda found: shlex.quote(self.run(found[1]).out), line)
        ran = Ran(0, "", "")
        err = ""
        for part in self._split(line):
            ran = self._one(part, ran.out)
            err += ran.err
            if ran.code:
                break
        return Ran(ran.code, ran.out, err)

    def _split(self, line: str) -> list[list[str]]:
        words = shlex.shlex(line, posix=True, punctuation_chars="|>")
        words.whitespace_split = True
        parts: list[list[str]] = [[]]
        for word in words:
            if word == "|":
                parts.append([])
            else:
                parts[-1].append(
                    re.sub(
                        r"\$([A-Z]+)", lambda found: self.variables.get(found[1], found[0]), word
                    )
                )
        return parts

    def _one(self, words: list[str], stdin: str) -> Ran:
        target = None
        if ">" in words:
            at = words.index(">")
            words, target = words[:at], Path(words[at + 1])
        if words[0] != "spaceknow":
            ran = Ran(0, self.programs[words[0]](stdin), "")
        else:
            ran = run(*words[1:], stdin=stdin)
        if target is None:
            return ran
        target.write_text(ran.out, encoding="utf-8")
        return Ran(ran.code, "", ran.err)
