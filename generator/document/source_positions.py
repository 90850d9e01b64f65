"""Reads the YAML files of the document as JSON values, and finds the line of each."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

# Types of plain YAML values that JSON has too.
JSON_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null")}

# Tags, anchors, aliases, directives, several documents and tabs.
_RARE = re.compile(r"(?:^|[\s\[{,:?-])[!&*%]|^---|^\.\.\.|\t", re.MULTILINE)

Pointer = tuple[str, ...]


class Mistake(NamedTuple):
    """A mistake in the document: where it is, what it is, and what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class DocumentError(Exception):
    """The document has mistakes. The message has a line for each, with file, line and remedy."""

    def __init__(self, *mistakes: Mistake | str) -> None:
        super().__init__(*mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class Source:
    """One YAML file. `name` is its path in messages; a file that could not be read is not `whole`."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        try:
            text = path.read_text(encoding="utf-8")
            self.data, self._root, mistakes, self.whole = _parsed(text)
        except (OSError, UnicodeDecodeError) as error:
            self.data, self._root, self.whole = None, None, False
            mistakes = [(1, f"cannot read the file: {error}. It must be readable, in UTF-8.")]
        self.mistakes = [Mistake(name, *mistake) for mistake in mistakes]

    def line(self, pointer: Iterable[str]) -> int:
        """The line of the value at `pointer`, or of the nearest existing one around it."""
        node, line = self._root, 1
        for part in pointer:
            if isinstance(node, MappingNode):
                found = [pair for pair in node.value if pair[0].value == part][:1]
            elif isinstance(node, SequenceNode) and part.isdecimal():
                found = [(item, item) for item in node.value[int(part) : int(part) + 1]]
            else:
                break
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        return line


@lru_cache(maxsize=100)  # most files of two versions of the document are the same
def _parsed(text: str) -> tuple[Any, Node | None, list[tuple[int, str]], bool]:
    """The data, its nodes, mistakes by line, and whether it is valid YAML."""
    if text.startswith("{") and "\n" not in text:
        with contextlib.suppress(ValueError, RecursionError):  # a bundle: all of it is in line 1
            return (
                json.loads(text, object_pairs_hook=_unique, parse_constant=_unique),
                None,
                [],
                True,
            )
    # ruamel reads YAML 1.2 and marks lines exactly, in Python; libyaml is much faster.
    reader = YAML(typ="safe", pure=True)
    try:
        constructor, _ = reader.get_constructor_parser(text)
        root = _composed(text, constructor.resolver) or constructor.composer.get_single_node()
    except YAMLError as error:
        return None, None, [_syntax(error, text)], False
    values = _Reader(constructor)
    return None if root is None else values.value(root), root, values.mistakes, True


def _unique(pairs: Any) -> dict[str, Any]:
    """An object of JSON. Raises ValueError for a name that is there twice, and for NaN."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _composed(text: str, resolver: Any) -> Node | None:
    """The nodes by libyaml, with the tags of YAML 1.2; None for text that ruamel has to read."""
    if not hasattr(yaml, "CSafeLoader") or _RARE.search(text):
        return None
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    return None if root is None else _converted(root, resolver)


def _converted(node: yaml.Node, resolver: Any) -> Node:
    if isinstance(node, yaml.MappingNode):
        pairs = [
            (_converted(key, resolver), _converted(item, resolver)) for key, item in node.value
        ]
        return MappingNode(node.tag, pairs, node.start_mark, node.end_mark)
    if isinstance(node, yaml.SequenceNode):
        items = [_converted(item, resolver) for item in node.value]
        return SequenceNode(node.tag, items, node.start_mark, node.end_mark)
    is_plain = not getattr(node, "style", None)
    tag = resolver.resolve(ScalarNode, node.value, (is_plain, not is_plain))
    return ScalarNode(tag, node.value, node.start_mark, node.end_mark)


class _Reader:
    """Makes JSON values of nodes, and reports what JSON does not have."""

    def __init__(self, constructor: Any) -> None:
        self._constructor = constructor
        self.mistakes: list[tuple[int, str]] = []

    def _wrong(self, line: int, text: str) -> None:
        self.mistakes.append((line, text))

    def value(self, node: Node) -> Any:
        line = node.start_mark.line + 1
        if node.anchor is not None:
            text = f"the anchor &{node.anchor} is not supported."
            self._wrong(line, f"{text} Write the value out, without anchor and alias.")
            return None
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.value]
        if isinstance(node, MappingNode):
            return self._mapping(node)
        tag = str(node.tag)
        if tag == "tag:yaml.org,2002:str":
            return node.value
        value = self._constructor.construct_object(node) if tag in JSON_TAGS else node.value
        if tag not in JSON_TAGS or (isinstance(value, float) and not math.isfinite(value)):
            kind = tag.rpartition(":")[2]
            self._wrong(
                line, f"YAML reads {node.value} as a {kind}, not as a string. Put it in quotes."
            )
        return value

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        """Keys are strings as in JSON, so that `200:` and `'200':` are the same."""
        lines: dict[str, int] = {}
        result: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self._wrong(line, "a key must be a string. Put it in quotes.")
                continue
            name = str(key.value)
            first = lines.setdefault(name, line)
            if first != line:
                self._wrong(line, f"{name!r} is already in line {first}. Rename or remove one.")
            if first == line:
                result[name] = self.value(value)
        return result


def _syntax(error: YAMLError, text: str) -> tuple[int, str]:
    """(line, message) of a syntax error."""
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context
        line = 1 if mark is None else mark.line + 1
    else:
        problem, line = str(error).splitlines()[0], 1
        line += text.count("\n", 0, getattr(error, "position", 0))
    return line, f"invalid YAML: {problem}. Correct the syntax here or just above."
