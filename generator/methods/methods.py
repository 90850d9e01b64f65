"""The resource methods that the document describes: names, arguments and results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spaceknow_client.contract.document import (
    id_place,
    operations,
    page_names,
    resolved,
    result_of,
    successes,
)

from ..document.document import Document, DocumentError
from ..document.names import member_name, module_name
from ..document.reading import json_body, json_schema, needs
from ..models.description import Operation as Described
from ..models.models import answers
from ..sync_compiler import sync_name
from .arguments import arguments_of, check_names
from .method import KEPT, Argument, Method
from .method_results import result_hint, unwrapped
from .values import AREA, Values

Endpoints = dict[str, Described]


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
    """The method of an operation; `last` is the operation with the final response, or the same one."""
    name, last_name, tag = operation["operationId"], last["operationId"], operation["tags"][0]
    is_pipeline, is_page = last is not operation, bool(last.get("x-page"))
    pair = name.removesuffix(".initiate") if is_pipeline else name
    names = page_names(last) if is_page else None
    arguments, body = arguments_of(name, path, operation, document, endpoints[name], values, names)
    if is_page:
        arguments = (*arguments, *_kept(last, document, values))
        check_names(name, list(arguments))
    if names and body.cursor is None:
        raise DocumentError(
            f"{name}: {last_name} has x-page, but the request has no member {names.cursor} for the next "
            f"page. Add it to the body, name another one in x-page, or remove x-page."
        )
    if names and not body.takes_cursor:
        raise DocumentError(
            f"{name}: the cursor {names.cursor} of its request is a string. Describe it as one, or remove "
            f"x-page from {last_name}."
        )
    if is_pipeline:
        place, taken = id_place(last_name, document)
        body_of = resolved(json_body(last, document) or {}, document).get("properties", {})
        if place == "body" and taken not in body_of:
            raise DocumentError(
                f"{last_name}: its body has no member {taken}. Use the schema PipelineReference, or pass "
                f"the ID as a parameter."
            )
    result, imports = result_hint(endpoints[last_name], last, document, is_page=is_page)
    unwrap = None
    if operation.get("x-unwrap"):
        if is_pipeline or is_page:
            raise DocumentError(
                f"{name}: x-unwrap is not supported for pipelines and pages. Remove it."
            )
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
    """Arguments that select items of a listing (`x-max-argument`)."""
    for response in successes(last, document).values():
        page = resolved(json_schema(response) or {}, document)
        items = page.get("properties", {}).get(page_names(last).items, {}).get("items", {})
        for member, item in resolved(items, document).get("properties", {}).items():
            if "x-max-argument" in item:
                name, attribute = item["x-max-argument"], member_name(member)
                value = values.of(item, name)
                if value.hint not in ("float", "int"):
                    raise DocumentError(
                        f"{last['operationId']}: x-max-argument requires a number, but {member} is not one. "
                        "Remove it."
                    )
                text = f"Omit items with a larger `{attribute}`. The client removes them from the "
                text += "response; items without a value are kept."
                yield Argument(attribute, name, KEPT, value, False, text)


def _identity(operation: dict[str, Any], arguments: tuple[Argument, ...]) -> str | None:
    areas = [one for one in arguments if one.value.hint == AREA]
    if len(areas) != 1 or "x-identity" not in operation:
        return None
    attribute = member_name(operation["x-identity"])
    if sync_name(attribute) != attribute:
        raise DocumentError(
            f"{operation['operationId']}: the attribute {attribute} would become {sync_name(attribute)} in "
            f"the synchronous client. Remove x-identity."
        )
    return attribute
