"""Compiles the synchronous half of the layer from the asynchronous one.

Only tokens change, so both halves read alike and a traceback leads to readable code:
`async` and `await` go, and names lose their `Async` or `async_` prefix, in docstrings and comments
too. What differs in more than names (locks, the network, waiting for several things) has one name in
each form in a shared module, such as `AsyncLock` and `Lock`. unasync would do the tokens, but leaves
docstrings alone and needs setuptools at run time.
"""

from __future__ import annotations

import re
from pathlib import Path

from tokenize_rt import (  # type: ignore[import-untyped]  # it ships no types
    Token,
    src_to_tokens,
    tokens_to_src,
)

NAMES = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "_async": "_sync",
    "aclose": "close",
    "aiter": "iter",
    "aiter_bytes": "iter_bytes",
    "aiter_raw": "iter_raw",
    "anext": "next",
    "asynccontextmanager": "contextmanager",
    "StopAsyncIteration": "StopIteration",
}
WORD = re.compile(r"\w+")
KEYWORD = re.compile(r"\b(?:async|await) (?=\w)")


def _name(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    if re.match(r"_?Async[A-Z]", name):
        return name.replace("Async", "", 1)
    if re.match(r"_?async_", name):
        return name.replace("async_", "", 1)
    return name


def _words(text: str) -> str:
    return WORD.sub(lambda match: _name(match[0]), KEYWORD.sub("", text))


def _compile(source: str) -> str:
    result: list[Token] = []
    skip_space = False
    for token in src_to_tokens(source):
        if skip_space and token.name == "UNIMPORTANT_WS":
            skip_space = False
            continue
        skip_space = False
        if token.name == "NAME" and token.src in ("async", "await"):
            skip_space = True
        elif token.name == "NAME":
            result.append(token._replace(src=_name(token.src)))
        elif token.name in ("STRING", "COMMENT"):
            result.append(token._replace(src=_words(token.src)))
        else:
            result.append(token)
    return str(tokens_to_src(result))


def synchronous(folder: Path, generated: dict[str, str]) -> dict[str, str]:
    """The compiled text of each module below `folder`, by its path relative to it.

    Those of `generated` are taken from there, and what only lies in their folders is left out: it is
    of an earlier document.
    """
    folders = {Path(name).parent for name in generated} - {Path()}
    sources = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
        if path.relative_to(folder).parent not in folders
    }
    return {name: _compile(text) for name, text in sorted((sources | generated).items())}
