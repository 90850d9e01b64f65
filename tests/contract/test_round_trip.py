"""Generated operations parse every example of the document, and serialize it again without loss."""

from __future__ import annotations

import builtins
import collections.abc
import datetime
import inspect
import typing
from importlib import import_module
from typing import Any

import pytest

from spaceknow_client.contract.judge import Judge
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.generated.types import UNSET
from tests.contract.test_document import ALL, followed

UNKNOWN = {"aMemberThatNobodyKnows": {"deep": [1, None, "x"]}}


def with_unknown(value: Any, schema: Any) -> list[Any]:
    """The value with a member that the document does not have, if its schema allows one."""
    if not isinstance(value, dict):
        return []
    made = {**value, **UNKNOWN}
    return [] if [*Judge.bundled().mistakes(schema, made, closed=False)] else [made]


def cases(part: str) -> list[tuple[str, Any, Any]]:
    """(operationId, value, schema) of every JSON example of a request or of a successful response."""
    found = []
    for _, _, operation in ALL:
        bodies = [operation.get("requestBody", {})]
        if part == "answer":
            answers = operation["responses"].items()
            bodies = [followed(item) for status, item in answers if status.startswith("2")]
        for body in bodies:
            media = body.get("content", {}).get("application/json", {})
            for example in media.get("examples", {}).values():
                value = followed(example)["value"]
                found.append((operation["operationId"], value, media["schema"]))
    return found


def module_of(operation: str) -> Any:
    return import_module(f"spaceknow_client.generated.api.{OPERATIONS[operation].module}")


def body_class(module: Any) -> Any:
    """The model of an operation's body; dict for a free-form body."""
    hint = typing.get_type_hints(module.get_request)["body"]
    options = [option for option in typing.get_args(hint) if option is not type(None)] or [hint]
    return options[0]


def some(hint: Any) -> Any:
    """A value of a parameter, with a space."""
    for kind in (*typing.get_args(hint), hint):
        match typing.get_origin(kind) or kind:
            case builtins.dict | collections.abc.Mapping:
                return {"a": "a b"}
            case builtins.list | collections.abc.Sequence:
                return ["a b"]
            case datetime.datetime:
                return datetime.datetime(2018, 5, 20, tzinfo=datetime.UTC)
    return "a b"


@pytest.mark.parametrize(("operation", "value", "schema"), cases("request"))
def test_a_request(operation: str, value: Any, schema: Any) -> None:
    module = module_of(operation)
    kind = body_class(module)
    parameters = inspect.signature(module.get_request).parameters
    path = [name for name, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    hints = typing.get_type_hints(module.get_request)
    named = [name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY and name != "body"]
    for example in (value, *with_unknown(value, schema)):
        read = getattr(kind, "from_dict", lambda value: value)
        body = [read(each) for each in example] if isinstance(example, list) else read(example)
        request = module.get_request(
            *(f"a {name}/b" for name in path),
            body=body,
            **{name: some(hints[name]) for name in named},
        )
        assert request.json == example
        assert request.operation == operation
        assert request.method == OPERATIONS[operation].method
        assert " " not in request.path
        assert request.path.count("/") == OPERATIONS[operation].path.count("/")


@pytest.mark.parametrize(("operation", "value", "schema"), cases("answer"))
def test_an_answer(operation: str, value: Any, schema: Any) -> None:
    if OPERATIONS[operation].is_file:
        return
    parse = module_of(operation).parse
    for example in (value, *with_unknown(value, schema)):
        parsed = parse(example)
        assert (parsed.to_dict() if hasattr(parsed, "to_dict") else parsed) == example


def test_there_are_examples() -> None:
    assert len({name for name, *_ in cases("request")}) > 20
    assert len({name for name, *_ in cases("answer")}) > 20


@pytest.mark.parametrize("operation", ["user.info", "credits.remaining"])
def test_an_empty_body_may_be_left_out(operation: str) -> None:
    assert module_of(operation).get_request().json is UNSET
