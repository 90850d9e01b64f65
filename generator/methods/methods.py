"""What the document says of each resource method: its name, arguments, and what it gives."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from typing import Any

from spaceknow_client.contract.document import (
    PageNames,
    followed,
    id_place,
    is_file,
    media_of,
    operations,
    page_names,
    resolved,
    result_of,
    successes,
)
from spaceknow_client.contract.parameters import SEPARATORS, kind_of, style_of

from ..document.document import Document, DocumentError
from ..document.names import member_name, module_name
from ..document.reading import json_body, json_schema, name_of, needs, parameters
from ..models.description import Operation as Described
from ..models.models import answers
from ..sync_compiler import sync_name
from .method_results import result_hint, unwrapped
from .values import AREA, Schema, Value, Values, call

Endpoints = dict[str, Described]

# Arguments that some methods have beside those of the document.
METHODS_OWN = ("self", "reuse", "decompose", "concurrency", "on_progress")


PLACES = ("path", "body", "query", "header")  # of what is sent, in the order in which it is checked
KEPT = "kept"  # the place of what is not sent, and says which items of a listing are kept
# What the code of a method calls its own variables, as long as no argument is called so.
LOCALS = (
    *(
        "operation",
        "path",
        "body",
        "query",
        "header",
        "answer",
        "cursor",
        "page",
        "following",
        "begin",
    ),
    *("tile", "fetch", "keep"),
)


@dataclass(frozen=True)
class Argument:
    """One argument of a method.

    Attributes:
        member: what it becomes: a member of the body, or a parameter of `get_request`; empty for `rest`,
            and for what is all of the body.
        place: `path`, `body`, `query`, `header`, `rest` for all members that the document does not list, or
            `kept`: then `member` is the attribute of an item that it bounds.
        description: for the docstring.
        clears: whether None is sent, as null, and only leaving the argument out leaves it out.
    """

    member: str
    name: str
    place: str
    value: Value
    required: bool
    description: str
    clears: bool = False

    @property
    def is_positional(self) -> bool:
        """Whether it may be given without its name."""
        return not self.member or (self.required and self.place not in ("query", "header"))

    @property
    def hint(self) -> str:
        """Its type in the signature, with its default."""
        hint = self.value.hint
        if self.clears:
            return f"{hint} | Unset = UNSET"
        return hint if self.required else f"{hint.removesuffix(' | None')} | None = None"

    @property
    def plain_type(self) -> str | None:
        """The class of its values, where it is one plain value."""
        hint = self.value.hint.removesuffix(" | None")
        if hint.startswith("Literal["):
            kinds = {type(value).__name__ for value in literal_eval(hint.removeprefix("Literal"))}
            hint = "".join(kinds) if len(kinds) == 1 else hint
        return hint if hint in ("bool", "float", "int", "str") else None


@dataclass(frozen=True)
class Body:
    """Properties of the body beyond those of its arguments.

    Attributes:
        rest: the argument with all members that the document does not list.
        others: the check of their values.
        cursor: where a page's cursor goes (body or query), and as what, there and in the method.
        page: of a direct listing, the attributes of its items and of the cursor of the next page.
        is_whole: one argument is all of it: an array, say, or a file.
    """

    is_there: bool = False
    is_optional: bool = False
    constants: dict[str, Any] = field(default_factory=dict)
    alternatives: tuple[tuple[str, ...], ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    rest: str | None = None
    others: str = ""
    cursor: str | None = None
    cursor_name: str = ""
    page: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True)
class Method:
    """One method of a resource; `templates/method.jinja` writes it.

    Attributes:
        starts: whether it begins a pipeline, or one for each page.
        is_listing: whether it gives a pager.
        pair: the operationId that it sends, without `.initiate`.
        result: the type hint of what the answer, the pipeline or the pages give.
        hint: the same, as the code of the class has to say it.
        imports: (module, class) of generated models in `result`.
        unwrap: the attribute of the answer that is given instead of the whole.
        identity: of a listing over an extent the attribute of an item that tells it from all others,
            and so what lets the extent be searched in tiles.
    """

    name: str
    starts: bool
    is_listing: bool
    pair: str
    document: dict[str, Any]
    needs: str
    arguments: tuple[Argument, ...]
    body: Body
    result: str
    hint: str
    imports: tuple[tuple[str, str], ...]
    unwrap: str | None
    identity: str | None
    reuses: bool
    module: str
    may_be_empty: bool

    @property
    def ordered(self) -> list[Argument]:
        """In the order of the signature: positional ones first, of them the body or its rest last."""
        return sorted(self.arguments, key=lambda one: (not one.is_positional, not one.member))

    @property
    def options(self) -> list[Argument]:
        """The arguments that a command can offer as an option."""
        return [one for one in self.ordered if one.plain_type and not one.required]

    @property
    def area(self) -> Argument | None:
        """The argument that is an extent."""
        return next((one for one in self.arguments if AREA in one.value.hint), None)

    @property
    def gives(self) -> str:
        """What a call of it gives, as a type hint."""
        if self.is_listing:
            return f"AsyncPager[{self.hint}]"
        return f"AsyncPipeline[{self.hint}]" if self.starts else self.hint

    @property
    def tables(self) -> list[str]:
        """The places whose values are checked."""
        places = (*PLACES, KEPT)
        return [one for one in places if self.given(one) or (one == "body" and self.body.constants)]

    @property
    def sent(self) -> list[str]:
        """The places that the request has values for."""
        return [one for one in PLACES if one in self.tables or one == self.body.cursor]

    @property
    def keeps(self) -> bool:
        """Whether an argument says which items of the listing are kept."""
        return bool(self.given(KEPT))

    @property
    def listed(self) -> dict[str, str]:
        """By the kind of the known values (`x-listed`), the argument that is one of them."""
        kinds = {"map-types": "map_type", "providers": "provider", "datasets": "dataset"}
        return {
            kinds[one.value.listed]: one.name for one in self.ordered if one.value.listed in kinds
        }

    def given(self, place: str) -> list[Argument]:
        """The arguments that go to a place."""
        places = (place, "rest") if place == "body" else (place,)
        return [one for one in self.arguments if one.place in places]

    @property
    def local(self) -> dict[str, str]:
        """The names of its own variables."""
        taken = {argument.name for argument in self.arguments} | {*METHODS_OWN}
        found = {}
        for name in LOCALS:
            found[name] = name
            while found[name] in taken:
                found[name] += "_"
        return found


def methods_of(
    tag: str, document: Document, endpoints: Endpoints, values: Values
) -> Iterator[Method]:
    """The methods of a tag, in the document's order.

    Notes a mistake of the document where no method can be made of an operation.
    """
    content = document.content
    by_id = {
        operation["operationId"]: (path, method, operation)
        for path, method, operation in operations(content)
    }
    results = {name: result_of(operation, content) for name, (_, _, operation) in by_id.items()}
    for name, (path, method, operation) in by_id.items():
        is_ours = operation["tags"][0] == tag and not content["paths"][path].get("servers")
        if not is_ours or name in results.values() or operation.get("x-method") is False:
            continue
        last = results[name] or name
        try:
            yield _method(path, operation, by_id[last][2], content, endpoints, values)
        except DocumentError as error:
            document.mistake(("paths", path, method), str(error))


def _method(
    path: str,
    operation: dict[str, Any],
    last: dict[str, Any],
    document: dict[str, Any],
    endpoints: Endpoints,
    values: Values,
) -> Method:
    """The method of an operation; `last` is the one that answers in the end, or the same."""
    name, last_name, tag = operation["operationId"], last["operationId"], operation["tags"][0]
    is_pipeline, is_page = last is not operation, bool(last.get("x-page"))
    pair = name.removesuffix(".initiate") if is_pipeline else name
    names = page_names(last) if is_page else None
    arguments, body = _arguments(name, path, operation, document, endpoints[name], values, names)
    if is_page:
        arguments = (*arguments, *_kept(last, document, values))
        _check_names(name, list(arguments))
    if names and body.cursor is None:
        raise DocumentError(
            f"{name}: x-page says that {last_name} answers one page, and the request has no {names.cursor} "
            f"for the next one. Add this member to its body, name it in x-page, or remove x-page."
        )
    if is_pipeline:
        place, taken = id_place(last_name, document)
        body_of = resolved(json_body(last, document) or {}, document).get("properties", {})
        if place == "body" and taken not in body_of:
            raise DocumentError(
                f"{last_name}: the body of a retrieve has the member {taken}. Let it take "
                f"PipelineReference, or hand the ID on as a parameter."
            )
    result, imports = result_hint(endpoints[last_name], last, document, is_page=is_page)
    unwrap = None
    if operation.get("x-unwrap"):
        if is_pipeline or is_page:
            raise DocumentError(f"{name}: x-unwrap is for operations that answer directly.")
        unwrap, result, imports = unwrapped(name, endpoints[name])
    return Method(
        name=pair.removeprefix(f"{tag}.").replace(".", "_"),
        starts=is_pipeline,
        is_listing=is_page,
        pair=pair,
        document=operation,
        needs=needs(operation, document),
        arguments=arguments,
        body=body,
        result=result,
        hint=result,
        imports=imports,
        unwrap=unwrap,
        identity=_identity(last, arguments) if is_pipeline and is_page else None,
        reuses=is_pipeline and not operation["x-safe-to-repeat"],
        module=f"{module_name(tag)}.{module_name(name)}",
        may_be_empty=answers(endpoints[last_name]).may_be_empty,
    )


def _kept(last: dict[str, Any], document: dict[str, Any], values: Values) -> Iterator[Argument]:
    """What bounds the items of a listing that are kept (`x-max-argument`)."""
    for response in successes(last, document).values():
        page = resolved(json_schema(response) or {}, document)
        items = page.get("properties", {}).get(page_names(last).items, {}).get("items", {})
        for member, item in resolved(items, document).get("properties", {}).items():
            if "x-max-argument" in item:
                name, attribute = item["x-max-argument"], member_name(member)
                value = values.of(item, name)
                if value.hint not in ("float", "int"):
                    raise DocumentError(
                        f"{last['operationId']}: x-max-argument is for numbers, and {member} is none."
                    )
                text = (
                    f"Items whose `{attribute}` is larger are left out. The client does it, after "
                )
                text += "the response; items without it stay."
                yield Argument(attribute, name, KEPT, value, False, text)


def _identity(operation: dict[str, Any], arguments: tuple[Argument, ...]) -> str | None:
    areas = [one for one in arguments if one.value.hint == AREA]
    if len(areas) != 1 or "x-identity" not in operation:
        return None
    attribute = member_name(operation["x-identity"])
    if sync_name(attribute) != attribute:
        raise DocumentError(
            f"{operation['operationId']}: the attribute {attribute} would be {sync_name(attribute)} in "
            f"the synchronous client. Leave x-identity out."
        )
    return attribute


def _arguments(
    name: str,
    path: str,
    operation: dict[str, Any],
    document: dict[str, Any],
    endpoint: Described,
    values: Values,
    names: PageNames | None,
) -> tuple[tuple[Argument, ...], Body]:
    found: list[Argument] = []
    cursor = None
    sent_as = {
        (place, member.name): member.python_name
        for place, members in endpoint.parameters.items()
        for member in members
    }
    for (place, member), parameter in parameters(path, operation, document).items():
        if names and place == "query" and member == names.cursor:
            cursor = sent_as[place, member]
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
        body = replace(body, cursor="query", cursor_name=cursor)
    if names:
        body = replace(body, page=tuple(map(member_name, names[:2])))
    _check_names(name, found)
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
    for member, item in schema.get("properties", {}).items():
        full = resolved(item, document)
        if page and member == page.cursor:
            cursor = "body"
            continue
        if "const" in full:
            if member in required:
                constants[member] = full["const"]
            continue
        if member in left_out or item.get("x-method") is False:
            if member in required:
                raise DocumentError(f"{name}: x-method leaves out {member!r}, which is required.")
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
    )
    return found, body


def _is_object(schema: Schema) -> bool:
    """Whether it is an object, with members or as a map, and no union of several."""
    options = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    if "discriminator" in schema or any("required" not in option for option in options):
        return False
    return schema.get("type") == "object" or "properties" in schema


def _alternatives(schema: Schema) -> tuple[set[str], list[list[str]], set[str]]:
    """What is required, the alternatives of required members, and what belongs to forms that the
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


def _check_names(name: str, found: list[Argument]) -> None:
    seen: set[str] = set()
    for argument in found:
        if argument.name in seen or argument.name in METHODS_OWN:
            raise DocumentError(
                f"{name}: two arguments would be called {argument.name!r}, or the method has one of "
                f"this name. Give {argument.member or 'the body'!r} another with x-argument."
            )
        if sync_name(argument.name) != argument.name:
            raise DocumentError(
                f"{name}: {argument.name!r} would be {sync_name(argument.name)!r} in the synchronous "
                f"client. Give {argument.member or 'the body'!r} another with x-argument."
            )
        if not argument.name.isidentifier() or iskeyword(argument.name):
            raise DocumentError(
                f"{name}: x-argument {argument.name!r} is no name that an argument can have."
            )
        seen.add(argument.name)


def _description(item: dict[str, Any], schema: Schema, document: dict[str, Any]) -> str:
    text = item.get("description") or resolved(schema, document).get("description", "")
    if item.get("deprecated") or resolved(schema, document).get("deprecated"):
        text = f"Deprecated. {text}"
    return str(text).strip()
