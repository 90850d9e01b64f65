"""The errors of a JSON Schema validation, in words, without the values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

import jsonschema_rs

from ..generated.types import is_secret
from .drift import Kind

# Of several errors at one position, the first is reported.
_KINDS: Mapping[str, Kind] = {
    "required": "missing member",
    "additionalProperties": "unknown member",
    "type": "type",
    "enum": "enum",
    "const": "enum",
}
_RANK = tuple(_KINDS)

Mistake = tuple[Kind, str, str]
"""Kind, member and detail of a difference."""
Path = tuple[str | int, ...]
MOST_NAMES = 8
"""Of an object of another shape, so many names are shown."""


def mistakes_of(errors: Iterable[jsonschema_rs.ValidationError]) -> Iterator[Mistake]:
    """One mistake for each position in a value, and one for each missing, unknown or renamed member
    and each object of another shape."""
    first: dict[str, jsonschema_rs.ValidationError] = {}
    missing: dict[Path, list[str]] = {}
    unknown: dict[Path, list[str]] = {}
    received: dict[Path, Any] = {}
    for error in sorted(_unfolded(errors), key=_rank):
        path = tuple(error.instance_path)
        if error.kind.name == "required":
            missing.setdefault(path, []).append(error.kind.value)
            received[path] = error.instance
        elif error.kind.name == "additionalProperties":
            unknown.setdefault(path, []).extend(error.kind.value)
        else:
            first.setdefault(_member(path), error)
    for path, names in missing.items():
        others = unknown.get(path, [])
        is_other = received[path].keys() <= {*others}
        if is_other and max(len(names), len(others)) > 1:  # an object of another shape
            came = ", ".join(map(shown, others[:MOST_NAMES])) or "none"
            expected = ", ".join(names[:MOST_NAMES])
            yield "type", _member(path), f"expected the members {expected}, received {came}"
            others.clear()
            continue
        for name in names:
            detail = "it is required"
            if other := next((one for one in others if _is_similar(name, one)), None):
                others.remove(other)
                detail += f", and seems to be {shown(other)} now"
            yield "missing member", _joined(_member(path), name), detail
    for path, names in unknown.items():
        for name in names:
            yield "unknown member", _joined(_member(path), shown(name)), "it is undocumented"
    for place, error in first.items():
        yield _kind(error), place, _words(error, place)


def _is_similar(name: str, other: str) -> bool:
    """Whether a member seems to have got this other name."""
    plain, changed = (re.sub(r"[\W_]", "", each).lower() for each in (name, other))
    return bool(changed) and (
        plain in changed or changed in plain or SequenceMatcher(None, plain, changed).ratio() >= 0.6
    )


def _unfolded(
    errors: Iterable[jsonschema_rs.ValidationError],
) -> Iterator[jsonschema_rs.ValidationError]:
    """Errors without unions: for a union, those of the best matching alternative."""
    for error in errors:
        context = getattr(error.kind, "context", None)
        if not context:
            yield error
            continue
        members = [list(_unfolded(each)) for each in context]
        here = list(error.instance_path)
        right_type = [each for each in members if not any(_is_type(e, here) for e in each)]
        if right_type:
            yield from min(right_type, key=len)
        else:
            yield members[0][0]


def _is_type(error: jsonschema_rs.ValidationError, here: list[str | int]) -> bool:
    return error.kind.name == "type" and list(error.instance_path) == here


def _rank(error: jsonschema_rs.ValidationError) -> int:
    name = error.kind.name
    return _RANK.index(name) if name in _RANK else len(_RANK)


def _member(path: Iterable[str | int]) -> str:
    found = ""
    for step in path:
        found = f"{found}[]" if isinstance(step, int) else _joined(found, shown(step))
    return found


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _kind(error: jsonschema_rs.ValidationError) -> Kind:
    return "type" if _wanted(error) else _KINDS.get(error.kind.name, "value")


def _wanted(error: jsonschema_rs.ValidationError) -> str:
    """The types of the listed values, if the value has none of these types."""
    if error.kind.name not in ("enum", "const"):
        return ""
    kind: Any = error.kind  # its members are those of its keyword
    listed = kind.options if kind.name == "enum" else [kind.expected_value]
    types = dict.fromkeys(map(type_of, listed))
    return "" if type_of(error.instance) in types else " or ".join(types)


def _words(error: jsonschema_rs.ValidationError, place: str) -> str:
    """The error without the value, which can be confidential."""
    kind = error.kind
    if kind.name == "type":
        return f"expected {' or '.join(kind.value)}, received {type_of(error.instance)}"
    if kind.name in ("enum", "const"):
        value = error.instance
        if wanted := _wanted(error):
            return f"expected {wanted}, received {type_of(value)}"
        told = "the value" if is_secret(place.rpartition(".")[2]) else shown(str(value))
        return f"{told} is not one of the known values"
    return f"it violates {kind.name}"


def type_of(value: Any) -> str:
    """The JSON name of a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "integer", float: "number", list: "array"}
    return names.get(type(value), "object")


def shown(text: str) -> str:
    """A string of the server, made safe for terminals and logs."""
    return "".join(mark if mark.isprintable() else "?" for mark in " ".join(text[:80].split()))
