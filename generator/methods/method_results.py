"""The results of resource methods, as type hints."""

from __future__ import annotations

from typing import Any

from spaceknow_client.contract.document import page_names, successes

from ..document.document import DocumentError
from ..document.reading import json_schema, name_of
from ..models import expressions
from ..models.description import Array, Object
from ..models.description import Operation as Described
from ..models.models import answers
from ..sync_compiler import sync_name


def result_hint(
    endpoint: Described, operation: dict[str, Any], document: dict[str, Any], *, is_page: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The type hint of the result of an operation, and the classes in it; for a page of its items."""
    if is_page:
        page = next(kind for kind in endpoint.answers if isinstance(kind, Object))
        name = page_names(operation).items
        items = next(one.type for one in page.members if one.name == name)
        if not isinstance(items, Array):
            raise DocumentError(
                f"{operation['operationId']}: {name} of a page must be an array. Change its type."
            )
        inner = items.item
        return expressions.nullable_hint(inner), tuple(sorted(set(expressions.classes(inner))))
    if all(_is_empty(response) for response in successes(operation, document).values()):
        return "None", ()
    classes = sorted({pair for kind in endpoint.answers for pair in expressions.classes(kind)})
    return answers(endpoint).hint, tuple(classes)


def _is_empty(response: dict[str, Any]) -> bool:
    schema = json_schema(response)
    return schema is None or name_of(schema) == "EmptyAnswer"


def unwrapped(name: str, endpoint: Described) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """The attribute that `x-unwrap` returns instead of the whole response, its hint, and its classes."""
    for answer in endpoint.answers:
        if isinstance(answer, Object):
            required = [one for one in answer.members if one.required]
            if len(required) == 1 and sync_name(required[0].python_name) == required[0].python_name:
                hint = expressions.nullable_hint(required[0].type)
                classes = tuple(sorted(set(expressions.classes(required[0].type))))
                hint += " | None" * (answers(endpoint).may_be_empty and not hint.endswith("None"))
                return required[0].python_name, hint, classes
    raise DocumentError(
        f"{name}: x-unwrap requires a response with exactly one required member, whose name does not "
        f"contain async. Change the schema, or remove x-unwrap."
    )
