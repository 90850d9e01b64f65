"""Where a public API breaks with an older one: griffe's findings, and the types that it leaves out."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

from .public_api import Stubs

# What may stand for a type where it is asked for, beside the type itself.
TAKES = {
    "float": {"int", "bool"},
    "int": {"bool"},
    "date": {"datetime"},
    "str": {"StrEnum"},
    "Iterable": {
        "Sequence",
        "Collection",
        "Set",
        "Mapping",
        "list",
        "tuple",
        "set",
        "dict",
        "Iterator",
    },
    "Iterator": {"Generator"},
    "AsyncIterator": {"AsyncGenerator"},
    "Collection": {"Sequence", "Set", "Mapping", "list", "tuple", "set", "dict"},
    "ListLike": {"Sequence", "list", "tuple"},
    "Sequence": {"list", "tuple"},
    "Mapping": {"dict"},
    "Set": {"set", "frozenset"},
}


# Names that programs have without this package.
KNOWN = {*dir(builtins), *typing.__all__, *collections.abc.__all__, "Path", "date", "datetime"}


def breaks(old: Stubs, new: Stubs) -> list[str]:
    """Each break on a line of its own; none for two APIs that are the same."""
    found: list[str] = []
    public = KNOWN | {
        node.name
        for text in old.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
    }
    for name, text in old.items():
        if name not in new:
            found.append(f"{name}: the module is gone")
        elif text != new[name]:
            before, after = _parsed(name, text), _parsed(name, new[name])
            for breakage in griffe.find_breaking_changes(before, after):
                line = breakage.explain(griffe.ExplanationStyle.MARKDOWN).removeprefix("- ")
                found.append(f"{name}.{line.replace('*', '').replace('`', '')}")
            found += _types(before, after, public)
    return found


def _parsed(name: str, text: str) -> griffe.Module:
    # The name of a stub has dots, and a module's own name has none.
    return griffe.visit(name, filepath=Path(f"{name}.pyi"), code=text)


def _types(old: Any, new: Any, public: set[str]) -> Iterator[str]:
    """What griffe does not compare: types, bases, values of enumerations, `async`."""
    is_enumeration = isinstance(old, griffe.Class) and any("Enum" in str(b) for b in old.bases)
    for name, before in old.members.items():
        after = new.members.get(name)
        if after is None or before.kind is not after.kind:
            continue  # griffe told
        at = before.path
        if isinstance(before, griffe.Class):
            for base in map(str, before.bases):
                if base not in map(str, after.bases):
                    yield f"{at}: is no {base} any more"
            yield from _types(before, after, public)
        elif isinstance(before, griffe.Function):
            yield from _signature(at, before, after, public)
        elif before.annotation is None or after.annotation is None:
            is_name = isinstance(old, griffe.Module)
            if (is_name or is_enumeration) and str(before.value) != str(after.value):
                yield f"{at}: {before.value} became {after.value}"
        elif not _is_guessed(str(before.annotation)) and not takes(
            str(before.annotation), str(after.annotation)
        ):
            yield f"{at}: its type was {before.annotation} and is {after.annotation}"


def _is_guessed(hint: str) -> bool:
    """Whether a stub has the name of a function in the place of a type that the code leaves out."""
    return hint.isidentifier() and hint.islower() and hint not in {*dir(builtins), "datetime"}


def _signature(at: str, before: Any, after: Any, public: set[str]) -> Iterator[str]:
    if before.labels != after.labels:
        yield f"{at}: was {_labels(before)} and is {_labels(after)}"
    if not takes(str(before.returns), str(after.returns)):
        yield f"{at}: gave {before.returns} and gives {after.returns}"
    now = {parameter.name: parameter.annotation for parameter in after.parameters}
    for parameter in before.parameters:
        hint, given = now.get(parameter.name), parameter.annotation
        if hint is None or given is None or not _can_be_made(str(given), public):
            continue
        if not takes(str(hint), str(given)):
            yield f"{at}({parameter.name}): took {given} and takes {hint}"


def _can_be_made(hint: str, public: set[str]) -> bool:
    """Whether a program has all names of a type: it cannot pass what no public module names."""
    names = {node.id for node in ast.walk(ast.parse(hint)) if isinstance(node, ast.Name)}
    return all(name in public or len(name) == 1 or name.islower() for name in names)


def _labels(function: Any) -> str:
    return " ".join(sorted(function.labels)) or "a plain method"


def takes(wanted: str, given: str) -> bool:
    """Whether each value of the type `given` is one of `wanted`; doubt counts as no."""
    return wanted == given or _takes(ast.parse(wanted).body[0], ast.parse(given).body[0])


def _takes(wanted: Any, given: Any) -> bool:
    wide, narrow = _alternatives(wanted), _alternatives(given)
    return all(any(_one_takes(one, other) for one in wide) for other in narrow)


def _one_takes(wanted: ast.expr, given: ast.expr) -> bool:
    name, inner = _parts(wanted)
    other, theirs = _parts(given)
    if ast.unparse(wanted) == ast.unparse(given) or name in ("Any", "object"):
        return True
    if name == other == "Literal":
        return set(map(ast.unparse, theirs)) <= set(map(ast.unparse, inner))
    if name != other and other not in TAKES.get(name, ()):
        return False
    if other == "tuple" and name != "tuple":  # tuple[int, ...] for Sequence[int]
        theirs = [one for one in theirs if ast.unparse(one) != "..."] or theirs
        return all(_takes(inner[0], one) for one in theirs) if inner else True
    if not inner or not theirs:
        return not inner  # list for Sequence, and no bare list for Sequence[int]
    return len(inner) == len(theirs) and all(map(_takes, inner, theirs))


def _parts(hint: ast.expr) -> tuple[str, list[ast.expr]]:
    """`dict[str, int]` -> ("dict", [str, int])"""
    if not isinstance(hint, ast.Subscript):
        return ast.unparse(hint), []
    inner = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
    return ast.unparse(hint.value), inner


def _alternatives(hint: Any) -> list[ast.expr]:
    hint = hint.value if isinstance(hint, ast.Expr) else hint
    if isinstance(hint, ast.BinOp) and isinstance(hint.op, ast.BitOr):
        return [*_alternatives(hint.left), *_alternatives(hint.right)]
    return [hint]
