"""Parameters and forms, as text of a request is read by the document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..generated.types import plain, spread
from .document import Schema, resolved

STYLES = {"path": "simple", "query": "form", "header": "simple"}
SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
"""Separators of several values in one string, by style."""

Texts = Mapping[str, list[str]]
"""The values of each name, in their order."""


def style_of(parameter: Schema) -> tuple[str, bool]:
    """The style of a parameter, and whether it explodes: each of its values is one of its own."""
    style = parameter.get("style", STYLES.get(parameter["in"], "form"))
    return style, parameter.get("explode", style in ("form", "deepObject"))


def kind_of(schema: Schema, document: Schema) -> str:
    """`string`, `array` and so on: the type of a value beside null; a string where it may be several."""
    full = resolved(schema, document)
    kinds = full.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds] if kinds else []
    for option in [*full.get("anyOf", ()), *full.get("oneOf", ())]:
        kinds = [*kinds, kind_of(option, document)] if "properties" not in full else kinds
    if not kinds and "properties" in full:
        return "object"
    kinds = [kind for kind in dict.fromkeys(kinds) if kind != "null"]
    return kinds[0] if len(kinds) == 1 else "string" if not kinds or "string" in kinds else "number"


def parameter_value(parameter: Schema, given: Texts, document: Schema) -> Any:
    """The value of a parameter. Raises KeyError where it is not there."""
    name, schema = parameter["name"], resolved(parameter["schema"], document)
    style, explodes = style_of(parameter)
    kind = kind_of(schema, document)
    if kind == "array":
        return _array(given[name], schema, document, "" if explodes else SEPARATORS[style])
    if kind == "object":
        return _object(parameter, schema, given, document)
    return text_value(given[name][-1], schema, document)


def form_value(schema: Schema, given: Texts, document: Schema) -> dict[str, Any]:
    """The object that a form is: arrays are repeated, and objects are JSON."""
    members = resolved(schema, document).get("properties", {})
    found: dict[str, Any] = {}
    for name, texts in given.items():
        member = resolved(members.get(name, {}), document)
        if kind_of(member, document) == "array":
            found[name] = _array(texts, member, document, "")
        else:
            found[name] = text_value(texts[-1], member, document)
    return found


def parameter_texts(parameter: Schema, value: Any) -> dict[str, str | list[str]]:
    """A value of a parameter as it is sent. Raises WrongShapeError for what its style cannot say."""
    if not isinstance(value, (list, dict)):
        return {parameter["name"]: plain(value)}
    style, explodes = style_of(parameter)
    return spread(parameter["name"], value, style, explode=explodes)


def query_names(parameter: Schema, document: Schema) -> list[str]:
    """The names under which a parameter is in a query: an exploded object has those of its members."""
    if parameter["in"] != "query":
        return []
    schema = resolved(parameter["schema"], document)
    is_spread = style_of(parameter) == ("form", True) and kind_of(schema, document) == "object"
    return [*schema.get("properties", {})] if is_spread else [parameter["name"]]


def text_value(text: str, schema: Schema, document: Schema) -> Any:
    """The number, truth value or object that a text is; else the text."""
    kind = kind_of(schema, document)
    if kind == "string":
        return text
    try:
        return json.loads(text, parse_float=str if kind == "integer" else float)
    except ValueError:
        return text


def _array(texts: list[str], schema: Schema, document: Schema, separator: str) -> list[Any]:
    items = schema.get("items", {})
    parts: Iterable[str] = texts
    if separator:
        parts = texts[-1].split(separator) if texts[-1] else []
    return [text_value(text, items, document) for text in parts]


def _object(parameter: Schema, schema: Schema, given: Texts, document: Schema) -> dict[str, Any]:
    name, (style, explodes) = parameter["name"], style_of(parameter)
    members = schema.get("properties", {})
    texts: dict[str, str]
    if style == "deepObject":
        start = f"{name}["
        texts = {k[len(start) : -1]: v[-1] for k, v in given.items() if k.startswith(start)}
    elif explodes and style == "form":
        texts = {key: values[-1] for key, values in given.items() if key in members}
    else:
        flat = given[name][-1].split(SEPARATORS[style]) if given[name][-1] else []
        if explodes:
            flat = [side for part in flat for side in part.partition("=")[::2]]
        texts = dict(zip(flat[::2], flat[1::2], strict=False))
    if not texts and name not in given:
        raise KeyError(name)
    others = schema.get("additionalProperties")
    other = others if isinstance(others, dict) else {}
    return {key: text_value(text, members.get(key, other), document) for key, text in texts.items()}
