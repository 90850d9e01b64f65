"""Every resource method, found in the document, with the document's own examples."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple

import pandas as pd
import pytest

import spaceknow_client as sk
from spaceknow_client.contract.document import (
    PageNames,
    followed,
    is_file,
    media_of,
    operations,
    page_names,
)
from spaceknow_client.contract.samples import body_example, examples_of
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.emulator.operations.registry import HANDLERS
from spaceknow_client.generated.catalogue import ERRORS, LOGIN_SCHEME, OPERATIONS, Operation
from spaceknow_client.resources.arguments import Arguments
from tests.conftest import Both

DOCUMENT = json.loads(
    files("spaceknow_client").joinpath("generated", "openapi.json").read_text("utf-8")
)
RETRIEVES = {operation.retrieve for operation in OPERATIONS.values()}
NOT_OFFERED = {
    operation["operationId"]
    for path, _, operation in operations(DOCUMENT)
    if operation.get("x-method") is False or DOCUMENT["paths"][path].get("servers")
}
METHODS = [name for name in OPERATIONS if name not in RETRIEVES | NOT_OFFERED]
# The prerequisites, so that the emulator can respond to all others from the document.
NEEDED = {"auth0.login", "tasking.get_status"}
SECRET = {"password", "token"}


class Described(NamedTuple):
    """An operation of the document."""

    operation: Operation
    entry: dict[str, Any]
    item: dict[str, Any]

    @property
    def parameters(self) -> list[dict[str, Any]]:
        found = [*self.item.get("parameters", []), *self.entry.get("parameters", [])]
        return [followed(each, DOCUMENT) for each in found]

    @property
    def bodies(self) -> dict[str, Any]:
        """The examples of the request's body, or a value of its schema; one empty value without a body."""
        described = followed(self.entry.get("requestBody", {}), DOCUMENT)
        if not described:
            return {"": None}
        media = media_of(described)
        if is_file(media):
            return {"": body_example(described, DOCUMENT)}
        names = [*described["content"][media].get("examples", ())] or [""]
        return dict(zip(names, examples_of(described["content"][media], DOCUMENT), strict=True))

    @property
    def page(self) -> PageNames:
        """The names of the parts of a listing."""
        return page_names(DESCRIBED[self.operation.retrieve or self.operation.id].entry)

    def answers(self) -> list[Any]:
        """The examples of its final response."""
        last = DESCRIBED[self.operation.retrieve or self.operation.id]
        for status, response in last.entry["responses"].items():
            content = followed(response, DOCUMENT).get("content", {})
            if status.startswith("2") and "application/json" in content:
                return examples_of(content["application/json"], DOCUMENT)
        return []


DESCRIBED = {
    operation["operationId"]: Described(
        OPERATIONS[operation["operationId"]], operation, DOCUMENT["paths"][path]
    )
    for path, _, operation in operations(DOCUMENT)
}
CALLS = [
    pytest.param(name, example, id=f"{name} {example}".strip())
    for name in METHODS
    for example in DESCRIBED[name].bodies
]
BY_DOCUMENT = [name for name in METHODS if name not in NEEDED]


class Method(NamedTuple):
    """A generated method of a client, and the tables that check its arguments."""

    call: Any
    tables: dict[str, Arguments]
    whole: str | None  # the argument that is the whole body, if that is not an object

    @classmethod
    def of(cls, client: Any, name: str) -> Method:
        tag, _, rest = name.removesuffix(".initiate").partition(".")
        resource = getattr(client, tag)
        # If a handwritten method overrides it, the generated one has an underscore.
        call = getattr(resource, f"_{rest}", None) or getattr(resource, rest)
        module = vars(sys.modules[inspect.unwrap(call).__module__])
        places = {
            place: module.get(f"_{rest.upper()}_{place}")
            for place in ("BODY", "PATH", "QUERY", "HEADER")
        }
        tables = {p: table for p, table in places.items() if isinstance(table, Arguments)}
        is_whole = places["BODY"] is not None and "BODY" not in tables
        return cls(
            call, tables, next(iter(inspect.signature(call).parameters)) if is_whole else None
        )

    def arguments(self, described: Described, body: Any) -> dict[str, Any] | None:
        """The arguments that produce an example; None for a form that the method does not offer."""
        found = {}
        for place in ("PATH", "QUERY", "HEADER"):
            members = (
                {each.name for each in self.tables[place].arguments} if place in self.tables else {}
            )
            for parameter in described.parameters:
                if parameter["in"] == place.lower() and parameter.get("required"):
                    name = next(
                        each.name
                        for each in self.tables[place].arguments
                        if plain(each.member) == plain(parameter["name"])
                    )
                    assert name in members
                    found[name] = examples_of(parameter, DOCUMENT)[0]
        if self.whole is not None:
            return {**found, self.whole: body}
        table = self.tables.get("BODY")
        left = dict(body or {})
        for argument in table.arguments if table else ():
            if argument.member in left:
                found[argument.name] = left.pop(argument.member)
        for member in (*(table.constants if table else ()), described.page.cursor):
            left.pop(member, None)
        if table and table.rest and (left or table.needs_rest):
            found[table.rest] = left
            left = {}
        return None if left else found


def plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


@pytest.fixture(scope="module")
def by_hand() -> Iterator[Emulator]:
    """An emulator as users have it."""
    with Emulator(seconds_per_pipeline=0) as emu:
        yield emu
    assert [call for call in emu.calls() if call.status >= 500 and call.fault is None] == []


@pytest.fixture
def by_document(by_hand: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The same, which responds to everything that it can from the document."""
    for name in set(HANDLERS) - NEEDED:
        monkeypatch.delitem(HANDLERS, name)
    return by_hand


async def outcome(both: Both, made: Any) -> Any:
    """The final result of a method: of a pipeline its result, of a listing its items."""
    given = await both.settle(made)
    if isinstance(given, (sk.Pager, sk.AsyncPager)):
        return await both.items_of(given)
    if isinstance(given, (sk.Pipeline, sk.AsyncPipeline)):
        return await both.settle(given.result())
    return given


def as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def as_sent(body: Any, table: Arguments) -> Any:
    """The request of an example: for a Feature as extent its geometry, and no null if a
    member may be left out. Secrets are not kept."""
    clearing = {argument.member for argument in table.arguments if argument.clears}
    if not isinstance(body, dict):
        return body
    areas = ("extent", "geojson")
    return {
        name: "REDACTED"
        if name in SECRET
        else value["geometry"]
        if name in areas and value.get("type") == "Feature"
        else value
        for name, value in body.items()
        if value is not None or name in clearing
    }


@pytest.mark.parametrize(("name", "example"), [c for c in CALLS if c.values[0] not in NEEDED])
async def test_an_example_goes_there_and_back(
    both: Both, by_document: Emulator, name: str, example: str
) -> None:
    described = DESCRIBED[name]
    body = described.bodies[example]
    method = Method.of(both.of(by_document), name)
    arguments = method.arguments(described, body)
    if arguments is None:
        return  # a form that only `raw` offers; test_a_form_is_offered covers it
    given = await outcome(both, method.call(**arguments))
    sent = by_document.calls(name)[-1]
    if "BODY" in method.tables:
        expected = as_sent(body, method.tables["BODY"])
        cursor = described.page.cursor
        expected = {key: value for key, value in expected.items() if key != cursor}
        assert {key: value for key, value in sent.body.items() if key != cursor} == expected
    elif method.whole is not None:
        assert sent.body == body
    answers = described.answers()
    if OPERATIONS[described.operation.retrieve or name].is_file:
        assert isinstance(given, bytes)
    elif given is None:
        assert answers in ([], [{}])
    elif OPERATIONS[described.operation.retrieve or name].is_page:
        items = [item for page in answers for item in page[described.page.items]]
        assert as_json(given) == items
        calls = by_document.calls(name)[-2:]
        cursor = described.page.cursor
        cursors = [(call.body or {}).get(cursor) or call.query.get(cursor) for call in calls]
        assert len(set(cursors)) == 2
    elif described.entry.get("x-unwrap"):
        assert given in answers[0].values()
    elif isinstance(given, list):
        assert len(given) == len(answers[0])
    else:
        assert as_json(given).items() >= answers[0].items()


@pytest.mark.parametrize("name", METHODS)
def test_a_form_is_offered(by_hand: Emulator, name: str) -> None:
    """The method accepts at least one of the examples of each operation."""
    described = DESCRIBED[name]
    with by_hand.client() as client:
        method = Method.of(client, name)
    assert any(method.arguments(described, body) is not None for body in described.bodies.values())


def arrays_of(name: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """The arguments of a method that are arrays, each with the arguments of an example."""
    described = DESCRIBED[name]
    with sk.SpaceKnow(auth=sk.TokenAuth("t")) as client:
        method = Method.of(client, name)
    content = followed(described.entry.get("requestBody", {}), DOCUMENT).get("content", {})
    schema = followed(content.get("application/json", {}).get("schema", {}), DOCUMENT)
    found = (method.arguments(described, body) for body in described.bodies.values())
    arguments = next((each for each in found if each is not None), {})
    for argument in getattr(method.tables.get("BODY"), "arguments", ()):
        if (
            followed(schema.get("properties", {}).get(argument.member, {}), DOCUMENT).get("type")
            == "array"
        ):
            yield argument.name, arguments, arguments.get(argument.name)


ARRAYS = [
    pytest.param(name, argument, arguments, value, id=f"{name} {argument}")
    for name in METHODS
    for argument, arguments, value in arrays_of(name)
]


@pytest.mark.parametrize(("name", "argument", "arguments", "value"), ARRAYS)
async def test_an_array_is_no_string_and_nothing_else_that_can_be_iterated(
    both: Both, by_hand: Emulator, name: str, argument: str, arguments: dict[str, Any], value: Any
) -> None:
    client = both.of(by_hand)
    method = Method.of(client, name)
    before = len(by_hand.calls())
    for wrong in ("abc", b"abc", {"a": 1}, {1, 2}, iter(value or ()), 5, pd.DataFrame({"a": [1]})):
        with pytest.raises(sk.InvalidArgumentError, match=rf"^{argument} must be a .*list"):
            await outcome(both, method.call(**{**arguments, argument: wrong}))
    for wrong in (["abc"], (None,)) if argument != "scene_ids" else ([3], (None,)):
        with pytest.raises(sk.InvalidArgumentError, match=rf"^{argument}\[0\] must be"):
            await outcome(both, method.call(**{**arguments, argument: wrong}))
    assert len(by_hand.calls()) == before


def test_there_are_arrays() -> None:
    assert {each.id for each in ARRAYS} >= {
        "kraken.release.initiate scene_ids",
        "kraken.release_tiles.initiate tiles",
    }


@pytest.mark.parametrize(("name", "example"), CALLS)
async def test_the_emulator_answers_or_refuses_as_the_api(
    both: Both, by_hand: Emulator, name: str, example: str
) -> None:
    described = DESCRIBED[name]
    method = Method.of(both.of(by_hand), name)
    arguments = method.arguments(described, described.bodies[example])
    if arguments is None:
        return
    refused = None
    try:
        await outcome(both, method.call(**arguments))
    except sk.APIError as error:  # the emulator does not know the names in the examples
        refused = error.code
    assert refused in {None, *ERRORS, "EMULATOR-USER-EXISTS"}


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in METHODS
        if OPERATIONS[name].permissions and {LOGIN_SCHEME} in map(set, OPERATIONS[name].security)
    ],
)
async def test_a_missing_permission_is_told_before_the_call(
    both: Both, by_hand: Emulator, name: str
) -> None:
    by_hand.add_user("guest@example.com", "word", permissions=[])
    guest = sk.PasswordAuth("guest@example.com", "word")
    method = Method.of(both.of(by_hand, auth=guest, check_permissions=True), name)
    described = DESCRIBED[name]
    arguments = method.arguments(described, next(iter(described.bodies.values())))
    assert arguments is not None
    before = len(by_hand.calls(name))
    with pytest.raises(sk.PermissionDeniedError) as caught:
        await outcome(both, method.call(**arguments))
    assert caught.value.missing == OPERATIONS[name].permissions
    assert len(by_hand.calls(name)) == before


@pytest.mark.parametrize("name", BY_DOCUMENT)
async def test_only_what_is_safe_is_sent_again(
    both: Both, by_document: Emulator, name: str
) -> None:
    described = DESCRIBED[name]
    method = Method.of(both.of(by_document), name)
    arguments = method.arguments(described, next(iter(described.bodies.values())))
    assert arguments is not None
    before = len(by_document.calls(name))
    by_document.fault(name, Fault.status(503, retry_after=0))
    if OPERATIONS[name].safe_to_repeat:
        await outcome(both, method.call(**arguments))
        assert len(by_document.calls(name)) >= before + 2
    else:
        with pytest.raises(sk.AmbiguousRequestError):
            await outcome(both, method.call(**arguments))
        assert len(by_document.calls(name)) == before + 1
