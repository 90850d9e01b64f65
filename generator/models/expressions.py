"""Python expressions that check and read, or write, one value of the document.

The templates ask for them by filter. openapi-python-client's own property templates emit statements
that check nothing, import at each call and try each branch of a union in turn; one expression a
member is smaller and faster, and a wrong value is named by its path.

A page of thousands of items is read by these expressions, so what is right costs as little as can
be: the class of a plain value is compared in place, and only what is not of that very class is
handed to a reader, which takes subclasses too, converts, or raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeGuard

from .description import Array, Constant, Enumeration, Member, Object, Plain, Type, Union

SIMPLE: dict[str, tuple[str, str]] = {  # kind -> (type hint, reader of generated/types.py)
    "any": ("Any", "anything"),
    "api-time": ("_dt.datetime", "date_time"),
    "boolean": ("bool", "boolean"),
    "integer": ("int", "integer"),
    "number": ("float", "number"),
    "string": ("str", "text"),
    "time": ("_dt.datetime", "rfc3339_time"),
}

# The Python class of a plain JSON value; `bool` does not count as `int` here.
CLASSES = {"boolean": "bool", "integer": "int", "number": "float", "string": "str"}
NUMBERS = ("float", "int")  # NaN and too large values are refused


class UnsupportedError(Exception):
    """A kind of schema that these expressions do not support."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name!r}: {problem} Use another type or format.")


def is_dict(of: Type) -> TypeGuard[Object]:
    """An object without declared members: it stays a dict."""
    return isinstance(of, Object) and not of.members


def others(model: Object) -> Object | None:
    """The members that a model does not list, as a map, if they have a type."""
    return replace(model, members=[]) if model.others else None


def is_nullable(of: Type) -> bool:
    return of == Plain("null") or (isinstance(of, Union) and any(map(is_nullable, of.options)))


def _branches(union: Union) -> list[Type]:
    return [option for option in union.options if option != Plain("null")]


def type_hint(of: Type) -> str:
    """The type of a value that is present and not null."""
    match of:
        case Plain("file"):
            return "bytes"
        case Plain(kind) if kind in SIMPLE:
            return SIMPLE[kind][0]
        case Constant(value):
            return "str" if isinstance(value, str) else "Any"
        case Object() if is_dict(of):
            return f"dict[str, {nullable_hint(of.others)}]" if of.others else "dict[str, Any]"
        case Enumeration() | Object():
            return of.name
        case Array(item):
            return f"list[{nullable_hint(item)}]"
        case Union():
            return " | ".join(dict.fromkeys(type_hint(inner) for inner in _branches(of)))
    raise AssertionError(f"{of} is checked by `supported`")


def apart(hint: str, names: Iterable[str]) -> str:
    """A hint in a class with methods of these names: one may be called `list`, for example."""
    hidden = {"bool", "bytes", "dict", "float", "int", "list", "str"}.intersection(names)
    return re.sub(
        r"\b\w+\b", lambda word: f"builtins.{word[0]}" if word[0] in hidden else word[0], hint
    )


def nullable_hint(of: Type) -> str:
    return f"{type_hint(of)} | None" if is_nullable(of) else type_hint(of)


def declaration(member: Member) -> str:
    """The attribute of the model. An absent member is None, or UNSET where null means something.

    A secret (`format: password` in the document) stays out of the model's repr. A lazy array is a
    sequence, since its items are read when they are touched.
    """
    if member.is_lazy:
        hint, default = nullable_hint(member.type).replace("list[", "Sequence[", 1), ""
    elif member.required:
        hint, default = nullable_hint(member.type), ""
    elif is_nullable(member.type):
        hint, default = f"{nullable_hint(member.type)} | Unset", "UNSET"
    else:
        hint, default = f"{type_hint(member.type)} | None", "None"
    if member.is_secret:
        default = f"_field(default={default}, repr=False)" if default else "_field(repr=False)"
    return (
        f"{member.python_name}: {hint} = {default}" if default else f"{member.python_name}: {hint}"
    )


def reader(of: Type) -> str:
    """A callable `(value, path) -> value` that checks and converts."""
    match of:
        case Plain(kind) if kind in SIMPLE:
            return SIMPLE[kind][1]
        case Constant(value):
            return f"constant({value!r})"
        case Object() if is_dict(of):
            return f"mapping({reader_or_null(of.others)})" if of.others else "json_object"
        case Enumeration():
            return f"enumeration({of.name})"
        case Object():
            return f"{of.name}.read"
        case Array(item):
            plain = CLASSES.get(item.kind) if isinstance(item, Plain) else None
            more = f", of={plain}" if plain and plain not in NUMBERS else ""
            return f"array({reader_or_null(item)}{more})"
        case Union():
            inner = _branches(of)
            if len(inner) == 1:
                return reader(inner[0])
            return f"either({', '.join(reader(option) for option in inner)})"
    raise AssertionError(f"{of} is checked by `supported`")


def reader_or_null(of: Type) -> str:
    """The reader of a value that may be null."""
    return f"or_null({reader(of)})" if is_nullable(of) else reader(of)


def fetch(member: Member) -> str:
    """The expression that gets the member from `value`; the reader raises for ABSENT."""
    if member.required:
        return f"get({member.name!r}, ABSENT)"
    return f"get({member.name!r}, UNSET)" if is_nullable(member.type) else f"get({member.name!r})"


def checked(member: Member) -> str:
    """The attribute from the fetched value `v`: unchanged if it is valid as it is, else read."""
    fine = []
    if is_nullable(member.type) or not member.required:
        fine.append("v is None")
    if is_nullable(member.type) and not member.required:
        fine.append("v is UNSET")
    plain = _plain_class(member.type)
    bounds = " and -LARGEST < v < LARGEST" if plain in NUMBERS else ""
    fine += [f"type(v) is {plain}{bounds}"] if plain else []
    read = f"_{member.python_name}" if needs_setup(member) else reader(member.type)
    where = f"at(path, {member.name!r})"
    return f"v if {' or '.join(fine)} else {read}(v, {where})" if fine else f"{read}(v, {where})"


def _plain_class(of: Type) -> str | None:
    match of:
        case Object() if is_dict(of) and not of.others:
            return "dict"
        case Union():
            inner = _branches(of)
            return _plain_class(inner[0]) if len(inner) == 1 else None
        case Plain(kind):
            return CLASSES.get(kind)
    return None


def needs_setup(member: Member) -> bool:
    """Whether the reader is built (once, when the module is imported) instead of named."""
    return "(" in reader(member.type)


def setup(member: Member) -> str:
    """The expression that builds that reader. That of a lazy array reads no items."""
    if member.is_lazy and isinstance(member.type, Array):
        return f"lazy_array({type_hint(member.type.item)})"
    return reader(member.type)


def written(of: Type, value: str, prefix: str = "") -> str:
    """The expression that converts a value to JSON; the value itself, if it already is JSON.

    `prefix` is that of the names of the functions, where the module has others of these names.
    """
    kinds = {*_kinds(of)}
    needed = [Plain("api-time"), Plain("time")]
    if not any(kind in needed or isinstance(kind, (Enumeration, Object)) for kind in kinds):
        return value
    given = [value] + [f"{prefix}rfc3339"] * (Plain("time") in kinds)
    given += ["deep=True"] * any(is_dict(kind) and kind.others for kind in kinds)
    return f"{prefix}to_json({', '.join(given)})"


def supported(of: Type, name: str) -> None:
    """Raises UnsupportedError for a type that these expressions do not support."""
    kinds = {*_kinds(of)}
    if of == Plain("null"):
        raise UnsupportedError(name, "a value that is always null is not supported.")
    if Plain("file") in kinds and of != Plain("file"):
        raise UnsupportedError(
            name, "a file (`format: binary`) must be the whole body or response."
        )
    if {Plain("time"), Plain("api-time")} <= kinds:
        raise UnsupportedError(name, "a value with two forms of time is not supported.")


def _kinds(of: Type, around: tuple[Type, ...] = ()) -> Iterator[Type]:
    """A type and the types inside it, without the members of objects with a class."""
    yield of
    inner: Iterable[Type] = ()
    match of:
        case Array(item):
            inner = (item,)
        case Union(options):
            inner = options
        case Object() if (
            is_dict(of) and of.others and of not in around
        ):  # an object can contain itself
            inner = (of.others,)
    for each in inner:
        yield from _kinds(each, (*around, of))


def classes(of: Type | None) -> Iterator[tuple[str, str]]:
    """(module, class) of each generated class that the hint or the reader names."""
    match of:
        case Object() if is_dict(of):
            yield from classes(of.others)
        case Enumeration() | Object():
            yield of.module, of.name
        case Array(item):
            yield from classes(item)
        case Union(options):
            for option in options:
                yield from classes(option)


def model_imports(model: Object) -> list[tuple[str, str]]:
    """The generated classes that a model's module requires, except itself."""
    found = {pair for member in model.members for pair in classes(member.type)}
    return sorted({*found, *classes(model.others)} - {(model.module, model.name)})


FILTERS = {
    "checked": checked,
    "fetch": fetch,
    "declaration": declaration,
    "type_hint": type_hint,
    "nullable_hint": nullable_hint,
    "reader": reader,
    "reader_or_null": reader_or_null,
    "needs_setup": needs_setup,
    "setup": setup,
    "is_nullable": is_nullable,
    "written": written,
    "model_imports": model_imports,
    "others": others,
}
