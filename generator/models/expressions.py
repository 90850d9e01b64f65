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
from typing import Any

from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol as AnyKind
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import in_double_quote_literal

SIMPLE: dict[type[Any], tuple[str, str]] = {  # kind -> (type hint, reader of generated/types.py)
    AnyProperty: ("Any", "anything"),
    BooleanProperty: ("bool", "boolean"),
    DateProperty: ("str", "text"),
    DateTimeProperty: ("_dt.datetime", "date_time"),
    FloatProperty: ("float", "number"),
    IntProperty: ("int", "integer"),
    StringProperty: ("str", "text"),
}

# The class of which JSON makes a plain value; `bool` is none of `int` here.
CLASSES: dict[type[Any], str] = {
    BooleanProperty: "bool",
    DateProperty: "str",
    FloatProperty: "float",
    IntProperty: "int",
    StringProperty: "str",
}
NUMBERS = ("float", "int")  # of which NaN and what is too large are refused


class UnsupportedError(Exception):
    """A kind of schema that these expressions cannot express yet."""

    def __init__(self, prop: AnyKind) -> None:
        super().__init__(
            f"{prop.name.get_untrusted_value()!r}: the templates have no form for a "
            f"{type(prop).__name__}. Use another type or format."
        )


def is_free_form(prop: AnyKind) -> bool:
    """An object without declared members: it stays a plain dict."""
    return isinstance(prop, ModelProperty) and not properties(prop)


def is_nullable(prop: AnyKind) -> bool:
    return isinstance(prop, NoneProperty) or (
        isinstance(prop, UnionProperty)
        and any(isinstance(inner, NoneProperty) for inner in prop.inner_properties)
    )


def _branches(prop: UnionProperty) -> list[AnyKind]:
    return [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]


def type_hint(prop: AnyKind) -> str:
    """The type of a value that is there and not null."""
    if type(prop) in SIMPLE:
        return SIMPLE[type(prop)][0]
    if is_free_form(prop):
        return "dict[str, Any]"
    match prop:
        case ConstProperty():
            return "str" if isinstance(prop.value.raw_value, str) else "Any"
        case EnumProperty() | ModelProperty():
            return str(prop.class_info.name)
        case ListProperty():
            return f"list[{nullable_hint(prop.inner_property)}]"
        case FileProperty():
            return "bytes"
        case UnionProperty():
            return " | ".join(dict.fromkeys(type_hint(inner) for inner in _branches(prop)))
    raise UnsupportedError(prop)


def apart(hint: str, names: Iterable[str]) -> str:
    """A hint in a class with methods of these names: one may be called `list`, say."""
    hidden = {"bool", "bytes", "dict", "float", "int", "list", "str"}.intersection(names)
    return re.sub(
        r"\b\w+\b", lambda word: f"builtins.{word[0]}" if word[0] in hidden else word[0], hint
    )


def nullable_hint(prop: AnyKind) -> str:
    return f"{type_hint(prop)} | None" if is_nullable(prop) else type_hint(prop)


def is_array_of_models(prop: AnyKind) -> bool:
    """An array of one kind of model, none of which may be null."""
    return (
        isinstance(prop, ListProperty)
        and isinstance(prop.inner_property, ModelProperty)
        and not is_free_form(prop.inner_property)
    )


def declaration(prop: AnyKind, secret: bool = False, lazy: bool = False) -> str:
    """The attribute of the model. An absent member is None, or UNSET where null means something.

    A secret (`format: password` in the document) stays out of the model's repr. A lazy array is a
    sequence, since its items are read when they are touched.
    """
    if lazy:
        hint, default = nullable_hint(prop).replace("list[", "Sequence[", 1), ""
    elif prop.required:
        hint, default = nullable_hint(prop), ""
    elif is_nullable(prop):
        hint, default = f"{nullable_hint(prop)} | Unset", "UNSET"
    else:
        hint, default = f"{type_hint(prop)} | None", "None"
    if secret:
        default = f"_field(default={default}, repr=False)" if default else "_field(repr=False)"
    return f"{prop.python_name}: {hint} = {default}" if default else f"{prop.python_name}: {hint}"


def reader(prop: AnyKind) -> str:
    """A callable `(value, path) -> value` that checks and converts."""
    if type(prop) in SIMPLE:
        return SIMPLE[type(prop)][1]
    if is_free_form(prop):
        return "json_object"
    match prop:
        case ConstProperty():
            return f"constant({prop.value.python_code.as_unembedded_code()})"
        case EnumProperty():
            return f"enumeration({prop.class_info.name})"
        case ModelProperty():
            return f"{prop.class_info.name}.read"
        case ListProperty():
            plain = CLASSES.get(type(prop.inner_property))
            of = f", of={plain}" if plain and plain not in NUMBERS else ""
            return f"array({reader_or_null(prop.inner_property)}{of})"
        case UnionProperty():
            inner = _branches(prop)
            if len(inner) == 1:
                return reader(inner[0])
            return f"either({', '.join(reader(option) for option in inner)})"
    raise UnsupportedError(prop)


def reader_or_null(prop: AnyKind) -> str:
    """The reader of a value that is null where the document lets it be."""
    return f"or_null({reader(prop)})" if is_nullable(prop) else reader(prop)


def fetch(prop: AnyKind) -> str:
    """What takes the member out of `value`, by `get`; ABSENT goes through the reader, which raises."""
    member = f'"{_escaped(prop)}"'
    if prop.required:
        return f"get({member}, ABSENT)"
    return f"get({member}, UNSET)" if is_nullable(prop) else f"get({member})"


def checked(prop: AnyKind) -> str:
    """The fetched value `v` as the attribute: itself where it is right as it is, else read."""
    fine = []
    if is_nullable(prop) or not prop.required:
        fine.append("v is None")
    if is_nullable(prop) and not prop.required:
        fine.append("v is UNSET")
    plain = _plain_class(prop)
    bounds = " and -LARGEST < v < LARGEST" if plain in NUMBERS else ""
    fine += [f"type(v) is {plain}{bounds}"] if plain else []
    read = f"_{prop.python_name}" if needs_setup(prop) else reader(prop)
    where = f'at(path, "{_escaped(prop)}")'
    return f"v if {' or '.join(fine)} else {read}(v, {where})" if fine else f"{read}(v, {where})"


def _plain_class(prop: AnyKind) -> str | None:
    if is_free_form(prop):
        return "dict"
    if isinstance(prop, UnionProperty):
        inner = _branches(prop)
        return _plain_class(inner[0]) if len(inner) == 1 else None
    return CLASSES.get(type(prop))


def _escaped(prop: AnyKind) -> str:
    return in_double_quote_literal(prop.name)


def needs_setup(prop: AnyKind) -> bool:
    """Whether the reader is built (once, when the module is imported) instead of named."""
    return "(" in reader(prop)


def setup(prop: AnyKind, lazy: bool = False) -> str:
    """What builds that reader. That of a lazy array reads no item."""
    if lazy and isinstance(prop, ListProperty):
        return f"lazy_array({type_hint(prop.inner_property)})"
    return reader(prop)


def is_plain(prop: AnyKind) -> bool:
    """Whether the value goes into JSON as it is."""
    if isinstance(prop, UnionProperty):
        return all(is_plain(inner) for inner in _branches(prop))
    if isinstance(prop, ListProperty):
        return is_plain(prop.inner_property)
    return (type(prop) in SIMPLE and not isinstance(prop, DateTimeProperty)) or isinstance(
        prop, ConstProperty
    )


def classes(prop: AnyKind) -> Iterator[tuple[str, str]]:
    """(module, class) of each generated class that the hint or the reader names."""
    match prop:
        case EnumProperty():
            yield str(prop.class_info.module_name), str(prop.class_info.name)
        case ModelProperty() if not is_free_form(prop):
            yield str(prop.class_info.module_name), str(prop.class_info.name)
        case ListProperty():
            yield from classes(prop.inner_property)
        case UnionProperty():
            for inner in _branches(prop):
                yield from classes(inner)


def properties(model: ModelProperty) -> list[AnyKind]:
    """The members of a model, the required ones first."""
    return [*(model.required_properties or ()), *(model.optional_properties or ())]


def model_imports(model: ModelProperty) -> list[tuple[str, str]]:
    """The generated classes that a model's module needs, itself excepted."""
    found = {pair for prop in properties(model) for pair in classes(prop)}
    return sorted(found - {(str(model.class_info.module_name), str(model.class_info.name))})


FILTERS = {
    "checked": checked,
    "fetch": fetch,
    "declaration": declaration,
    "type_hint": type_hint,
    "nullable_hint": nullable_hint,
    "reader": reader,
    "needs_setup": needs_setup,
    "setup": setup,
    "is_nullable": is_nullable,
    "is_plain": is_plain,
    "classes": lambda prop: sorted(set(classes(prop))),
    "model_imports": model_imports,
}
