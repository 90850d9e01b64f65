"""The arguments of a method, from the parameters and the body of its operation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from keyword import iskeyword
from typing import Any

from spaceknow_client.contract.document import (
    PageNames,
    followed,
    is_file,
    media_of,
    resolved,
)
from spaceknow_client.contract.parameters import SEPARATORS, kind_of, style_of

from ..document.document import DocumentError
from ..document.names import member_name
from ..document.reading import json_schema, name_of, parameters
from ..models.description import Operation as Described
from ..sync_compiler import sync_name
from .method import METHODS_OWN, Argument, Body
from .values import Schema, Value, Values, call


def arguments_of(
    name: str,
    path: str,
    operation: dict[str, Any],
    document: dict[str, Any],
    endpoint: Described,
    values: Values,
    names: PageNames | None,
) -> tuple[tuple[Argument, ...], Body]:
    """All arguments of a method, and the other properties of its body. Raises DocumentError."""
    found: list[Argument] = []
    cursor, is_text = None, True
    sent_as = {
        (place, member.name): member.python_name
        for place, members in endpoint.parameters.items()
        for member in members
    }
    for (place, member), parameter in parameters(path, operation, document).items():
        if names and place == "query" and member == names.cursor:
            cursor = sent_as[place, member]
            is_text = kind_of(parameter.get("schema", {}), document) == "string"
            continue
        needed = place == "path" or parameter.get("required", False)
        argument = parameter.get("x-argument") or sent_as[place, member]
        schema = parameter.get("schema", {})
        value = values.of(schema, argument, required=needed)
        if place == "path":
            value = replace(value, check=f"segment({value.check})")
        elif kind_of(schema, document) in ("array", "object"):
            style, explodes = style_of(parameter)
            if style in SEPARATORS and (style == "simple" or not explodes):
                value = replace(value, check=call("parts", value.check, mark=SEPARATORS[style]))
        found.append(
            Argument(
                sent_as[place, member],
                argument,
                place,
                value,
                needed,
                _description(parameter, schema, document),
            )
        )
    is_change = endpoint.method == "patch"
    own, body = _body(name, operation, document, values, page=names, is_change=is_change)
    found += own
    if cursor is not None:
        body = replace(body, cursor="query", cursor_name=cursor, takes_cursor=is_text)
    if names:
        body = replace(body, page=tuple(map(member_name, names[:2])))
    check_names(name, found)
    return tuple(found), body


def _body(
    name: str,
    operation: dict[str, Any],
    document: dict[str, Any],
    values: Values,
    *,
    page: PageNames | None,
    is_change: bool,
) -> tuple[list[Argument], Body]:
    content = followed(operation.get("requestBody", {}), document)
    source = json_schema(content)
    if source is None:
        return [], Body()
    schema = resolved(source, document)
    needed = bool(content.get("required"))
    if is_file(media_of(content)):
        argument = (
            content["content"][media_of(content)].get("schema", {}).get("x-argument", "content")
        )
        value = Value("bytes | bytearray | memoryview", "binary()")
        text = content.get("description") or "the bytes of the file."
        whole = Argument("", argument, "body", value, needed, text)
        return [whole], Body(is_there=True, is_optional=not needed, is_whole=True)
    if not _is_object(schema):
        usual = "items" if kind_of(schema, document) == "array" else "value"
        argument = schema.get("x-argument", usual)
        value = values.of(source, argument, required=needed)
        whole = Argument(
            "", argument, "body", value, needed, _description(source, source, document)
        )
        return [whole], Body(is_there=True, is_optional=not needed, is_whole=True)
    required, alternatives, left_out = _alternatives(schema)
    constants: dict[str, Any] = {}
    names: dict[str, str] = {}
    found: list[Argument] = []
    cursor = rest = None
    is_text = True
    for member, item in schema.get("properties", {}).items():
        full = resolved(item, document)
        if page and member == page.cursor:
            cursor, is_text = "body", kind_of(item, document) == "string"
            continue
        if "const" in full:
            if member in required:
                constants[member] = full["const"]
            continue
        if member in left_out or item.get("x-method") is False:
            if member in required:
                raise DocumentError(
                    f"{name}: x-method excludes {member!r}, which is required. Make it optional, "
                    "or remove x-method."
                )
            continue
        argument = names[member] = item.get("x-argument") or member_name(member)
        counts = member in required or any(member in each for each in alternatives)
        value = values.of(item, argument, required=counts)
        found.append(
            Argument(
                member,
                argument,
                "body",
                value,
                member in required,
                _description(item, item, document),
                clears=is_change and member not in required and value.hint.endswith(" | None"),
            )
        )
    others = schema.get("additionalProperties")
    is_map = not schema.get("properties") and name_of(source) != "EmptyRequest"
    further = Value("Mapping[str, Any]", "")
    if others or is_map:
        if isinstance(others, dict) and others:
            further = values.of(others, "")
            further = replace(further, hint=f"Mapping[str, {further.hint}]")
        rest = schema.get("x-argument") or "members"
        text = "further members of the request, which are sent as they are."
        if is_map:
            text = _description(source, source, document)
        needed = is_map and bool(content.get("required"))
        found.append(Argument("", rest, "rest", further, needed, text))
    body = Body(
        is_there=True,
        is_optional=not content.get("required", False),
        constants=constants,
        alternatives=tuple(
            tuple(names[member] for member in each if member in names) for each in alternatives
        ),
        spans=tuple(_spans({one.name: one.value.hint for one in found})),
        rest=rest,
        others=further.check,
        cursor=cursor,
        cursor_name=page.cursor if page else "",
        takes_cursor=is_text,
    )
    return found, body


def _is_object(schema: Schema) -> bool:
    """Whether it is an object, with members or as a map, and not a union of several."""
    options = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    if "discriminator" in schema or any("required" not in option for option in options):
        return False
    return schema.get("type") == "object" or "properties" in schema


def _alternatives(schema: Schema) -> tuple[set[str], list[list[str]], set[str]]:
    """The required members, the alternatives of required members, and members of forms that the
    method does not offer (`x-method: false`)."""
    required = set(schema.get("required", []))
    options = [
        option
        for keyword in ("anyOf", "oneOf")
        for option in schema.get(keyword, [])
        if "required" in option
    ]
    offered = [option["required"] for option in options if option.get("x-method") is not False]
    hidden = {member for option in options for member in option["required"]}
    hidden -= {member for members in offered for member in members} | required
    if len(offered) == 1:
        return required | set(offered[0]), [], hidden
    return required, offered, hidden


def _spans(hints: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of times such as `start_datetime` and `end_datetime`."""
    for name in hints:
        for first, last in (("start", "end"), ("from", "to")):
            partner = re.sub(rf"^{first}(?=_|$)", last, name)
            if partner != name and all(hints.get(one) == "TimeLike" for one in (name, partner)):
                yield name, partner


def check_names(name: str, found: list[Argument]) -> None:
    """Raises DocumentError for a name that an argument cannot have."""
    seen: set[str] = set()
    for argument in found:
        if argument.name in seen or argument.name in METHODS_OWN:
            raise DocumentError(
                f"{name}: the argument name {argument.name!r} is already used. Set another one for "
                f"{argument.member or 'the body'!r} with x-argument."
            )
        if sync_name(argument.name) != argument.name:
            raise DocumentError(
                f"{name}: {argument.name!r} would become {sync_name(argument.name)!r} in the synchronous "
                f"client. Set another name for {argument.member or 'the body'!r} with x-argument."
            )
        if not argument.name.isidentifier() or iskeyword(argument.name):
            raise DocumentError(
                f"{name}: x-argument {argument.name!r} is not a valid name in Python. Change it."
            )
        seen.add(argument.name)


def _description(item: dict[str, Any], schema: Schema, document: dict[str, Any]) -> str:
    text = item.get("description") or resolved(schema, document).get("description", "")
    if item.get("deprecated") or resolved(schema, document).get("deprecated"):
        text = f"Deprecated. {text}"
    return str(text).strip()
