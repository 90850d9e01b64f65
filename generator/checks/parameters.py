"""The parameters of the path, of the query and in headers: what can be sent, and read again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spaceknow_client.contract.parameters import STYLES, kind_of
from spaceknow_client.transport.http_messages import OWN_HEADERS

from .place import SourceLocation
from .schemas import members_of

# The styles of each place that are sent, and of what kind of value.
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
    """What of a parameter the client could not send."""
    name, place, schema = parameter["name"].text, parameter["in"].text, parameter["schema"]
    if place not in SENT:
        text = f"the generated client sends no parameters in {place}. Put {name} in a header or in"
        parameter.mistake(f"{text} the query, or leave it out.")
        return
    if place == "path" and not re.fullmatch(r"[A-Za-z_][\w-]*", name):
        text = f"the path parameter {name} has other characters than letters, digits, - and _"
        parameter.mistake(f"{text}. Rename it, here and in the path.")
    if place == "header" and name.lower() in OWN_HEADERS:
        text = f"the header {name} is written by the client itself. Leave it out, or rename it."
        parameter.mistake(text)
    if "schema" not in parameter:
        text = f"the parameter {name} has no schema. Give it one; a parameter with content is not sent."
        parameter.mistake(text)
        return
    if parameter["allowReserved"].value is True:
        text = f"every value of {name} is percent-encoded. Leave allowReserved out."
        parameter["allowReserved"].mistake(text)
    kind = _kind(schema)
    style = parameter["style"].text or STYLES[place]
    if kind in ("array", "object"):
        _several(parameter, name, place, style, kind)
    elif style != STYLES[place]:
        text = f"the style {style} is for several values, and {name} has one. Leave style out."
        parameter["style"].mistake(text)


def _several(parameter: SourceLocation, name: str, place: str, style: str, kind: str) -> None:
    schema = parameter["schema"]
    if kind not in SENT[place].get(style, ()):
        known = [one for one, kinds in SENT[place].items() if kind in kinds]
        remedy = f"Write style: {' or '.join(known)}." if known else "Put it in the query."
        (parameter["style"] or parameter).mistake(
            f"an {kind} in the {place} is not sent in the style {style}. {remedy}"
        )
    explodes = parameter["explode"].value
    if style == "deepObject" and explodes is False:
        parameter["explode"].mistake("deepObject always explodes. Leave explode out.")
    if style in ("spaceDelimited", "pipeDelimited") and explodes is True:
        text = f"{style} with explode: true is the style form. Leave one of them out."
        parameter["explode"].mistake(text)
    full = schema.followed()
    others = full["additionalProperties"]
    if kind == "object" and style == "form" and explodes is not False and others:
        text = f"unknown members of {name} cannot be distinguished from other parameters"
        parameter.mistake(f"{text}. Write style: deepObject, or explode: false.")
    inner = [full["items"]] if kind == "array" else [*members_of(schema).values()]
    inner += [others] if isinstance(others.value, dict) and others else []
    for each in inner:
        if _kind(each) in ("array", "object") or may_be_null(each):
            text = (
                f"a value inside the parameter {name} is a string, number or boolean. Describe it"
            )
            each.mistake(f"{text} as one, or send it in the body.")


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
