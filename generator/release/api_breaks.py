"""Finds breaking changes of a public API: those that griffe finds, and types, which it omits."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import typing
from abc import ABCMeta
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import griffe

from .public_api import PublicAPI

LABELS = {"async", "classmethod", "staticmethod"}
# Names that programs have without this package.
KNOWN: dict[str, Any] = {**vars(builtins), **vars(typing), **vars(collections.abc)}
KNOWN |= {"Path": Path, "StrEnum": StrEnum, "date": date, "datetime": datetime}
# The package's own protocol: each Sequence is a ListLike, and not the reverse.
KNOWN["ListLike"] = ABCMeta("ListLike", (collections.abc.Collection,), {})
KNOWN["ListLike"].register(collections.abc.Sequence)


def breaks(old: PublicAPI, new: PublicAPI) -> Iterator[str]:
    """Each breaking change on its own line; none for two equal APIs."""
    classes = {path.rpartition(".")[2] for path, found in old.found.items() if found.is_class}
    for path, before in old.found.items():
        after = new.get(path)
        if after is None:
            if path.rpartition(".")[0] not in old.found.keys() - new.found.keys():
                yield f"{path}: was removed"
        elif before.kind is not after.kind:
            yield f"{path}: is no longer a {before.kind.value}"
        elif old.home(before) not in (path, new.home(after), None):
            yield f"{path}: {old.home(before)} became {new.home(after)}"
        elif isinstance(before, griffe.Class) and isinstance(after, griffe.Class):
            bases = new.bases(after)
            yield from (f"{path}: is no longer a {b}" for b in old.bases(before) if b not in bases)
        elif isinstance(before, griffe.Function) and isinstance(after, griffe.Function):
            yield from _parameters(path, before, after)
            yield from _types(path, before, after, old, new, KNOWN.keys() | classes)
        elif isinstance(before, griffe.Attribute) and isinstance(after, griffe.Attribute):
            yield from _attribute(path, before, after, old, new)


def _parameters(path: str, before: griffe.Function, after: griffe.Function) -> Iterator[str]:
    """The differences of two functions that griffe compares."""
    sides = []
    for function in (before, after):
        sides.append(griffe.Module("one"))
        sides[-1].members[function.name] = function
    for found in griffe.find_breaking_changes(*sides):
        if not isinstance(found, griffe.ReturnChangedTypeBreakage):
            told = found.explain(griffe.ExplanationStyle.MARKDOWN).replace("*", "").replace("`", "")
            name = found.obj.canonical_path.removeprefix(f"{found.obj.module.path}.")
            yield path + told.removeprefix(f"- {name}")


def _attribute(
    path: str, before: griffe.Attribute, after: griffe.Attribute, old: PublicAPI, new: PublicAPI
) -> Iterator[str]:
    was, is_now = old.type_of(old.hint(before)), new.type_of(new.hint(after))
    if was is not None and is_now is not None:
        if not takes(was, is_now):
            yield f"{path}: its type was {was} and is {is_now}"
    elif before.value is not None and before.parent is not None:
        is_enumeration = isinstance(before.parent, griffe.Class) and any(
            "Enum" in base for base in old.bases(before.parent)
        )
        if is_enumeration and str(before.value) != str(after.value):
            yield f"{path}: {before.value} became {after.value}"


def _types(
    path: str,
    before: griffe.Function,
    after: griffe.Function,
    old: PublicAPI,
    new: PublicAPI,
    public: set[str],
) -> Iterator[str]:
    """The differences of two functions that griffe does not compare: types, and `async`."""
    labels = [one.labels & LABELS for one in (before, after)]
    if labels[0] != labels[1]:
        yield f"{path}: was {_labels(labels[0])} and is {_labels(labels[1])}"
    gave, gives = old.type_of(before.returns) or "Any", new.type_of(after.returns) or "Any"
    if not takes(gave, gives):
        yield f"{path}: returned {gave} and returns {gives}"
    now = {parameter.name: parameter.annotation for parameter in after.parameters}
    for parameter in before.parameters:
        hint = new.type_of(now.get(parameter.name))
        given = old.type_of(parameter.annotation)
        if hint is None or given is None or not _can_be_made(given, public):
            continue
        if not takes(hint, given):
            yield f"{path}({parameter.name}): accepted {given} and accepts {hint}"


def _can_be_made(hint: str, public: set[str]) -> bool:
    """Whether a program can name all parts of a type: otherwise it cannot pass such a value."""
    names = {node.id for node in ast.walk(ast.parse(hint)) if isinstance(node, ast.Name)}
    return all(name in public or len(name) == 1 or name.islower() for name in names)


def _labels(labels: set[str]) -> str:
    return " ".join(sorted(labels)) or "a plain method"


def takes(wanted: str, given: str) -> bool:
    """Whether each value of the type `given` is one of `wanted`; False in doubt."""
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
    if name != other and not _is_kind_of(KNOWN.get(name), KNOWN.get(other)):
        return False
    if other == "tuple" and name != "tuple":  # tuple[int, ...] for Sequence[int]
        theirs = [one for one in theirs if ast.unparse(one) != "..."] or theirs
        return all(_takes(inner[0], one) for one in theirs) if inner else True
    if not inner or not theirs:
        return not inner  # list for Sequence, but not a bare list for Sequence[int]
    return len(inner) == len(theirs) and all(map(_takes, inner, theirs))


def _is_kind_of(wanted: Any, given: Any) -> bool:
    if not isinstance(wanted, type) or not isinstance(given, type):
        return False
    return issubclass(given, wanted) or (wanted is float and issubclass(given, int))


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
