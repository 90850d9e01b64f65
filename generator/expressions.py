"""Python expressions that check and read, or write, one value of the document.

The templates ask for them by filter. openapi-python-client's own property templates emit statements
that check nothing, import at each call and try each branch of a union in turn; one expression a
member is smaller and faster, and a wrong value is named by its path.
"""

from __future__ import annotations

from collections.abc import Iterator
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

from .document import DocumentError

SIMPLE: dict[type[Any], tuple[str, str]] = {  # kind -> (type hint, reader of generated/types.py)
    AnyProperty: ("Any", "anything"),
    BooleanProperty: ("bool", "boolean"),
    DateProperty: ("str", "text"),
    DateTimeProperty: ("_dt.datetime", "date_time"),
    FloatProperty: ("float", "number"),
    IntProperty: ("int", "integer"),
    StringProperty: ("str", "text"),
}


class UnsupportedError(DocumentError):
    """A kind of schema that these expressions cannot express yet."""

    def __init__(self, prop: AnyKind) -> None:
        super().__init__(
            f"the member {prop.name.get_untrusted_value()!r}: a {type(prop).__name__} is not "
            "supported by the templates. Use another type or format."
        )


def is_free_form(prop: AnyKind) -> bool:
    """An object without declared members: it stays a plain dict."""
    return isinstance(prop, ModelProperty) and not (
        prop.required_properties or prop.optional_properties
    )


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


def nullable_hint(prop: AnyKind) -> str:
    return f"{type_hint(prop)} | None" if is_nullable(prop) else type_hint(prop)


def declaration(prop: AnyKind, secret: bool = False) -> str:
    """The attribute of the model. An absent member is None, or UNSET where null means something.

    A secret (`format: password` in the document) stays out of the model's repr.
    """
    if prop.required:
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
            return f"array({_or_null(prop.inner_property)})"
        case UnionProperty():
            inner = _branches(prop)
            if len(inner) == 1:
                return reader(inner[0])
            return f"either({', '.join(reader(option) for option in inner)})"
    raise UnsupportedError(prop)


def _or_null(prop: AnyKind) -> str:
    return f"or_null({reader(prop)})" if is_nullable(prop) else reader(prop)


def needs_setup(prop: AnyKind) -> bool:
    """Whether the reader is built (once, when the module is imported) instead of named."""
    return "(" in reader(prop)


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


def model_imports(model: ModelProperty) -> list[tuple[str, str]]:
    """The generated classes that a model's module needs, itself excepted."""
    found = {
        pair
        for prop in [*(model.required_properties or ()), *(model.optional_properties or ())]
        for pair in classes(prop)
    }
    return sorted(found - {(str(model.class_info.module_name), str(model.class_info.name))})


FILTERS = {
    "declaration": declaration,
    "type_hint": type_hint,
    "nullable_hint": nullable_hint,
    "reader": reader,
    "needs_setup": needs_setup,
    "is_nullable": is_nullable,
    "is_plain": is_plain,
    "classes": lambda prop: sorted(set(classes(prop))),
    "model_imports": model_imports,
}
