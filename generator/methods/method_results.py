"""What a resource method gives, as a type hint."""

from __future__ import annotations

from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from spaceknow_client.contract.document import successes

from ..document.document import DocumentError
from ..document.reading import json_schema, name_of
from ..models import expressions
from ..models.models import answers
from ..sync_compiler import sync_name


def result_hint(
    endpoint: Endpoint, operation: dict[str, Any], document: dict[str, Any], *, is_page: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The hint of what an operation answers, and the classes in it; of a page its items."""
    props = [response.prop for response in endpoint.responses]
    if is_page:
        page = next(prop for prop in props if isinstance(prop, ModelProperty))
        members = expressions.properties(page)
        results = next(prop for prop in members if prop.name.get_untrusted_value() == "results")
        if not isinstance(results, ListProperty):
            raise DocumentError(f"{operation['operationId']}: the results of a page are an array.")
        inner = results.inner_property
        return expressions.nullable_hint(inner), tuple(sorted(set(expressions.classes(inner))))
    if all(_is_empty(response) for response in successes(operation, document).values()):
        return "None", ()
    classes = sorted({pair for prop in props for pair in expressions.classes(prop)})
    return answers(endpoint).hint, tuple(classes)


def _is_empty(response: dict[str, Any]) -> bool:
    schema = json_schema(response)
    return schema is None or name_of(schema) == "EmptyAnswer"


def unwrapped(name: str, endpoint: Endpoint) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """The attribute that `x-unwrap` gives instead of the whole answer, its hint, and the classes in it."""
    for response in endpoint.responses:
        if isinstance(response.prop, ModelProperty):
            required = response.prop.required_properties or []
            if len(required) == 1 and sync_name(str(required[0].python_name)) == str(
                required[0].python_name
            ):
                hint = expressions.nullable_hint(required[0])
                classes = tuple(sorted(set(expressions.classes(required[0]))))
                hint += " | None" * (answers(endpoint).may_be_empty and not hint.endswith("None"))
                return str(required[0].python_name), hint, classes
    raise DocumentError(
        f"{name}: x-unwrap gives the one required member of the answer, and it has none, several, or "
        f"one that the synchronous client would call otherwise. Leave x-unwrap out."
    )
