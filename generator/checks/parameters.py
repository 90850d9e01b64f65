"""Parameters in path, query and headers: which can be sent and read without ambiguity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spaceknow_client.contract.parameters import STYLES, kind_of
from spaceknow_client.transport.http_messages import OWN_HEADERS

from .place import SourceLocation
from .schemas import members_of

# The supported styles of each place, with the kinds of values that have them.
SENT: dict[str, dict[str, tuple[str, ...]]] = {
    "path": {"simple": ()},
    "header": {"simple": ("array", "object")},
    "query": {
        "form": ("array", "object"),
        "spaceDelimited": ("array",),
        "pipeDelimited": ("array",),
        "deepObject": ("object",),
    },
}


def check_parameter(parameter: SourceLocation) -> None:
    """Reports what the client could not send."""
    name, place, schema = parameter["name"].text, parameter["in"].text, parameter["schema"]
    if place not in SENT:
        text = f"the generated client cannot send parameters in {place}. Move {name} to a header or"
        parameter.mistake(f"{text} to the query, or remove it.")
        return
    if place == "path" and not re.fullmatch(r"[A-Za-z_][\w-]*", name):
        text = f"the name of the path parameter {name} may contain only letters, digits, - and _"
        parameter.mistake(f"{text}. Rename it, here and in the path.")
    if place == "header" and name.lower() in OWN_HEADERS:
        text = f"the client sets the header {name} itself. Remove or rename the parameter."
        parameter.mistake(text)
    if "schema" not in parameter:
        text = f"the parameter {name} has no schema. Add one; content is not supported here."
        parameter.mistake(text)
        return
    if parameter["allowReserved"].value is True:
        text = f"allowReserved is not supported: values of {name} are percent-encoded. Remove it."
        parameter["allowReserved"].mistake(text)
    kind = _kind(schema)
    style = parameter["style"].text or STYLES[place]
    if kind in ("array", "object"):
        _several(parameter, name, place, style, kind)
    elif style != STYLES[place]:
        text = f"the style {style} is for arrays and objects, but {name} is neither. Remove style."
        parameter["style"].mistake(text)


def _several(parameter: SourceLocation, name: str, place: str, style: str, kind: str) -> None:
    schema = parameter["schema"]
    if kind not in SENT[place].get(style, ()):
        known = [one for one, kinds in SENT[place].items() if kind in kinds]
        remedy = f"Use style: {' or '.join(known)}." if known else "Move it to the query."
        (parameter["style"] or parameter).mistake(
            f"the style {style} is not supported for an {kind} in the {place}. {remedy}"
        )
    explodes = parameter["explode"].value
    if style == "deepObject" and explodes is False:
        parameter["explode"].mistake(
            "explode: false has no effect with deepObject. Remove explode."
        )
    if style in ("spaceDelimited", "pipeDelimited") and explodes is True:
        text = f"{style} with explode: true is the same as the style form. Remove one of them."
        parameter["explode"].mistake(text)
    full = schema.followed()
    others = full["additionalProperties"]
    if kind == "object" and style == "form" and explodes is not False and others:
        text = f"unknown members of {name} cannot be distinguished from other parameters"
        parameter.mistake(f"{text}. Use style: deepObject, or explode: false.")
    inner = [full["items"]] if kind == "array" else [*members_of(schema).values()]
    inner += [others] if isinstance(others.value, dict) and others else []
    for each in inner:
        if _kind(each) in ("array", "object") or may_be_null(each):
            text = (
                f"a value inside the parameter {name} must be a string, number or boolean. Change"
            )
            each.mistake(f"{text} its type, or send it in the body.")


def spread_members(parameter: SourceLocation) -> Iterator[str]:
    """The members of an object that are parameters of their own (style form, exploded)."""
    style = parameter["style"].text or STYLES.get(parameter["in"].text, "")
    is_spread = style == "form" and parameter["explode"].value is not False
    if is_spread and _kind(parameter["schema"]) == "object":
        yield from members_of(parameter["schema"])


def _kind(schema: SourceLocation) -> str:
    value = schema.followed().value
    return kind_of(value, schema.root.value) if isinstance(value, dict) else ""


def may_be_null(schema: SourceLocation) -> bool:
    full = schema.followed()
    options = [*full["anyOf"], *full["oneOf"]]
    kinds = full["type"].value
    return (
        kinds == "null"
        or (isinstance(kinds, list) and "null" in kinds)
        or any(map(may_be_null, options))
    )
