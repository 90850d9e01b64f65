"""Each kind of edit is reported once, with its rating for callers of the Python API."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.changes import Change, Rating, compare
from generator.document.reading import REFERENCE
from tests.changes.small import Document, small

BREAKING, BEHAVIOR = Rating.BREAKING, Rating.BEHAVIOR
ADDITION, DOCUMENTATION = Rating.ADDITION, Rating.DOCUMENTATION
Edit = Callable[[Document], Any]


def operation(document: Document, path: str) -> Document:
    found: Document = document["paths"][path]["post"]
    return found


def find(document: Document) -> Document:
    return operation(document, "/ships/find")


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def members(document: Document, name: str) -> Document:
    found: Document = schema(document, name)["properties"]
    return found


def rename(values: Document, old: str, new: str) -> None:
    """In place of the old member, as in a file."""
    for key, value in [*values.items()]:
        del values[key]
        values[new if key == old else key] = value


def new_path(document: Document, name: str, **more: Any) -> None:
    one = copy.deepcopy(operation(document, "/ships/photo")) | {"operationId": name} | more
    document["paths"][f"/{name}"] = {"post": one}


def rename_class(document: Document) -> None:
    text = json.dumps(document).replace("schemas/Crew", "schemas/People")
    document |= json.loads(text)
    rename(document["components"]["schemas"], "Crew", "People")


# The edit of the document; then action, kind, name and rating of each change.
EDITS: list[tuple[str, Edit, list[tuple[str, str, str, Rating]]]] = [
    (
        "a new operation",
        lambda d: new_path(d, "ships.sink"),
        [("added", "operation", "ships.sink", ADDITION)],
    ),
    (
        "a removed operation and the classes that it alone used",
        lambda d: d["paths"].pop("/ships/count/retrieve"),
        [
            ("removed", "model", "Count", BREAKING),
            ("removed", "operation", "ships.count.retrieve", BREAKING),
        ],
    ),
    (
        "an operation under another name",
        lambda d: find(d).update(operationId="ships.search"),
        [
            ("removed", "operation", "ships.find", BREAKING),
            ("added", "operation", "ships.search", ADDITION),
        ],
    ),
    (
        "another path: Python does not see it",
        lambda d: rename(d["paths"], "/ships/find", "/v2/ships/find"),
        [("changed", "address", "ships.find", BEHAVIOR)],
    ),
    (
        "an optional member of a request",
        lambda d: members(d, "FindRequest").update(flag={"type": "string"}),
        [("added", "member", "FindRequest.flag", ADDITION)],
    ),
    (
        "a required member of a request",
        lambda d: (
            members(d, "FindRequest").update(flag={"type": "string"}),
            schema(d, "FindRequest")["required"].append("flag"),
        ),
        [("added", "member", "FindRequest.flag", BREAKING)],
    ),
    (
        "a required member of an answer",
        lambda d: (
            members(d, "Ship").update(flag={"type": "string"}),
            schema(d, "Ship")["required"].append("flag"),
        ),
        [("added", "member", "Ship.flag", ADDITION)],
    ),
    (
        "a member of an answer under another name",
        lambda d: rename(members(d, "Ship"), "length", "fullLength"),
        [
            ("removed", "member", "Ship.length", BREAKING),
            ("added", "member", "Ship.fullLength", ADDITION),
        ],
    ),
    (
        "a member of a request under another name",
        lambda d: rename(members(d, "FindRequest"), "maxSize", "sizeLimit"),
        [
            ("removed", "member", "FindRequest.maxSize", BREAKING),
            ("added", "member", "FindRequest.sizeLimit", ADDITION),
        ],
    ),
    (
        "another name in JSON, the same in Python",
        lambda d: rename(members(d, "FindRequest"), "maxSize", "max_size"),
        [("changed", "member", "FindRequest.maxSize", BEHAVIOR)],
    ),
    (
        "a member of an answer that may be missing",
        lambda d: schema(d, "Ship")["required"].remove("shipId"),
        [("changed", "required", "Ship.shipId", BREAKING)],
    ),
    (
        "a member of an answer that is always there",
        lambda d: schema(d, "Ship")["required"].append("length"),
        [("changed", "required", "Ship.length", ADDITION)],
    ),
    (
        "an argument that has to be given",
        lambda d: schema(d, "FindRequest")["required"].append("maxSize"),
        [("changed", "required", "FindRequest.maxSize", BREAKING)],
    ),
    (
        "an argument that has not: it is given by name now",
        lambda d: schema(d, "FindRequest")["required"].remove("since"),
        [("changed", "required", "FindRequest.since", BREAKING)],
    ),
    (
        "another order of the arguments",
        lambda d: schema(d, "FindRequest").update(
            properties=dict(sorted(members(d, "FindRequest").items(), reverse=True))
        ),
        [("changed", "order", "FindRequest", BREAKING)],
    ),
    (
        "another order of what has a name only",
        lambda d: members(d, "FindRequest").update(
            maxSize=members(d, "FindRequest").pop("maxSize")
        ),
        [],
    ),
    (
        "an answer of a wider type",
        lambda d: members(d, "Count").update(ships={"type": "number", "minimum": 0}),
        [("changed", "type", "Count.ships", BREAKING)],
    ),
    (
        "an answer of a narrower type",
        lambda d: members(d, "Ship").update(length={"type": "integer"}),
        [("changed", "type", "Ship.length", ADDITION)],
    ),
    (
        "an argument of a wider type",
        lambda d: members(d, "FindRequest").update(since={"type": ["string", "integer"]}),
        [
            ("changed", "description", "FindRequest.since", DOCUMENTATION),
            ("changed", "type", "FindRequest.since", ADDITION),
        ],
    ),
    (
        "an argument of a narrower type",
        lambda d: members(d, "FindRequest").update(maxSize={"type": "integer", "maximum": 500}),
        [("changed", "type", "FindRequest.maxSize", BREAKING)],
    ),
    (
        "items of another type",
        lambda d: members(d, "Ship")["flags"].update(items={"type": "integer"}),
        [("changed", "type", "Ship.flags", BREAKING)],
    ),
    (
        "a text that becomes a time",
        lambda d: members(d, "FindRequest")["since"].update(format="spaceknow-date-time"),
        [("changed", "type", "FindRequest.since", BREAKING)],
    ),
    (
        "a model that becomes text",
        lambda d: members(d, "Ship").update(crew={"type": "string"}),
        [
            ("changed", "type", "Ship.crew", BREAKING),
            ("removed", "model", "Crew", BREAKING),
        ],
    ),
    (
        "a class under another name",
        rename_class,
        [("changed", "model", "Crew", BREAKING)],
    ),
    (
        "a new value of an enumeration",
        lambda d: schema(d, "ShipKind")["anyOf"][0]["enum"].append("YACHT"),
        [("added", "value", "ShipKind.YACHT", ADDITION)],
    ),
    (
        "a value less",
        lambda d: schema(d, "ShipKind")["anyOf"][0]["enum"].remove("TUG"),
        [("removed", "value", "ShipKind.TUG", BREAKING)],
    ),
    (
        "an open enumeration that is closed",
        lambda d: d["components"]["schemas"].update(ShipKind={"enum": ["TUG", "FERRY"]}),
        [("changed", "type", "ShipKind", BREAKING)],
    ),
    (
        "a tighter bound of a request",
        lambda d: members(d, "FindRequest")["maxSize"].update(maximum=400),
        [("changed", "bound", "FindRequest.maxSize", BREAKING)],
    ),
    (
        "a new bound of a request",
        lambda d: members(d, "FindRequest")["since"].update(pattern="^[0-9]{4}$"),
        [("changed", "bound", "FindRequest.since", BREAKING)],
    ),
    (
        "a looser bound of a request",
        lambda d: members(d, "FindRequest")["maxSize"].pop("maximum"),
        [("changed", "bound", "FindRequest.maxSize", ADDITION)],
    ),
    (
        "a bound of an answer: nobody checks it",
        lambda d: members(d, "Count")["ships"].update(minimum=1),
        [("changed", "bound", "Count.ships", DOCUMENTATION)],
    ),
    (
        "another default",
        lambda d: members(d, "FindRequest")["maxSize"].update(default=7),
        [("changed", "default", "FindRequest.maxSize", BEHAVIOR)],
    ),
    (
        "another name of an argument alone",
        lambda d: members(d, "FindRequest")["maxSize"].update({"x-argument": "largest"}),
        [("changed", "x-argument", "FindRequest.maxSize", BREAKING)],
    ),
    (
        "a member that is no argument any more",
        lambda d: members(d, "FindRequest")["maxSize"].update({"x-method": False}),
        [("changed", "x-method", "FindRequest.maxSize", BREAKING)],
    ),
    (
        "one of two members has to be given",
        lambda d: schema(d, "FindRequest").update(
            anyOf=[{"required": ["kind"]}, {"required": ["place"]}]
        ),
        [("changed", "alternatives", "FindRequest", BEHAVIOR)],
    ),
    (
        "one of two members has to be given, and the method has but one of them",
        lambda d: schema(d, "FindRequest").update(
            anyOf=[{"required": ["kind"]}, {"required": ["place"], "x-method": False}]
        ),
        [("changed", "alternatives", "FindRequest", BREAKING)],
    ),
    (
        "a form less in a union of requests",
        lambda d: schema(d, "Place")["oneOf"].pop(),
        [("changed", "type", "Place", BREAKING)],
    ),
    (
        "a form more, which comes back as JSON too",
        lambda d: (
            schema(d, "Place")["oneOf"].append({"$ref": "#/components/schemas/Crew"}),
            members(d, "Ship").update(place={"$ref": "#/components/schemas/Place"}),
        ),
        [("changed", "type", "Place", ADDITION), ("added", "member", "Ship.place", ADDITION)],
    ),
    (
        "a free object that becomes a class",
        lambda d: schema(d, "Hold").update(properties={"depth": {"type": "number"}}),
        [
            ("added", "model", "Hold", BREAKING),
            ("added", "member", "Hold.depth", ADDITION),
        ],
    ),
    (
        "a deprecated member",
        lambda d: members(d, "Ship")["flags"].update(deprecated=True),
        [("changed", "deprecation", "Ship.flags", BEHAVIOR)],
    ),
    (
        "a deprecated operation",
        lambda d: find(d).update(deprecated=True),
        [("changed", "deprecation", "ships.find", BEHAVIOR)],
    ),
    (
        "other words",
        lambda d: members(d, "Ship")["shipId"].update(description="Another text."),
        [("changed", "description", "Ship.shipId", DOCUMENTATION)],
    ),
    (
        "an operation in other words",
        lambda d: find(d).update(summary="Finds ships"),
        [("changed", "description", "ships.find", DOCUMENTATION)],
    ),
    (
        "a new code",
        lambda d: d["x-errors"].update(FOG=d["x-errors"]["NO-SHIP"]),
        [("added", "code", "FOG", ADDITION)],
    ),
    (
        "a code less",
        lambda d: d["x-errors"].pop("NO-HARBOUR"),
        [("removed", "code", "NO-HARBOUR", BREAKING)],
    ),
    (
        "a code of another group",
        lambda d: d["x-errors"]["NO-HARBOUR"].update(api="credits"),
        [("changed", "code", "NO-HARBOUR", BREAKING)],
    ),
    (
        "a code that goes away by itself",
        lambda d: d["x-errors"]["NO-HARBOUR"].update(repeat="later"),
        [("changed", "code", "NO-HARBOUR", BEHAVIOR)],
    ),
    (
        "a code that means a bad token",
        lambda d: d["x-errors"]["NO-HARBOUR"].update({"bad-token": True}),
        [("changed", "code", "NO-HARBOUR", BEHAVIOR)],
    ),
    (
        "another hint",
        lambda d: d["x-errors"]["NO-HARBOUR"].update(hint="Sail on."),
        [("changed", "code", "NO-HARBOUR", DOCUMENTATION)],
    ),
    (
        "codes of an operation",
        lambda d: find(d).update({"x-error-codes": ["NO-HARBOUR"]}),
        [
            ("removed", "codes", "ships.find NO-SHIP", DOCUMENTATION),
            ("added", "codes", "ships.find NO-HARBOUR", DOCUMENTATION),
        ],
    ),
    (
        "another permission",
        lambda d: find(d).update(security=[{"jwt": ["ships", "harbours"]}]),
        [("changed", "permissions", "ships.find", BEHAVIOR)],
    ),
    (
        "no token",
        lambda d: operation(d, "/ships/photo").update(security=[{}]),
        [("changed", "authorization", "ships.photo", BEHAVIOR)],
    ),
    (
        "safe to repeat",
        lambda d: find(d).update({"x-safe-to-repeat": True}),
        [("changed", "safety", "ships.find", BEHAVIOR)],
    ),
    (
        "not safe to repeat",
        lambda d: operation(d, "/ships/photo").update({"x-safe-to-repeat": False}),
        [("changed", "safety", "ships.photo", BEHAVIOR)],
    ),
    (
        "safe to repeat: its method has no `reuse=`",
        lambda d: operation(d, "/ships/count/initiate").update({"x-safe-to-repeat": True}),
        [("changed", "safety", "ships.count.initiate", BREAKING)],
    ),
    (
        "no pages any more",
        lambda d: find(d).pop("x-page"),
        [("changed", "paging", "ships.find", BREAKING)],
    ),
    (
        "no pipeline any more",
        lambda d: operation(d, "/ships/count/initiate")["responses"]["200"].pop("links"),
        [("changed", "link", "ships.count.initiate result", BREAKING)],
    ),
    (
        "a status of success without a body",
        lambda d: find(d)["responses"].update({"204": {"description": "Nothing."}}),
        [
            ("changed", "answer", "ships.find", BREAKING),
            ("added", "status", "ships.find 204", DOCUMENTATION),
        ],
    ),
    (
        "a file in place of a model",
        lambda d: find(d)["responses"]["200"].update(content={"text/csv": {}}),
        [("changed", "answer", "ships.find", BREAKING), ("removed", "model", "ShipPage", BREAKING)],
    ),
    (
        "a status of failure",
        lambda d: find(d)["responses"].pop("4XX"),
        [("removed", "status", "ships.find 4XX", DOCUMENTATION)],
    ),
    (
        "what errors look like: the layer reads them by hand",
        lambda d: members(d, "ErrorAnswer").update(error={"type": "integer"}),
        [
            ("changed", "description", "ErrorAnswer.error", DOCUMENTATION),
            ("changed", "type", "ErrorAnswer.error", BEHAVIOR),
        ],
    ),
    (
        "an argument of the path",
        lambda d: operation(d, "/ships/{harbour}/{berth}/ship")["parameters"].append(
            {"name": "pier", "in": "path", "required": True, "schema": {"type": "string"}}
        ),
        [("added", "parameter", "ships.at(pier)", BREAKING)],
    ),
    (
        "another order in the path",
        lambda d: rename(
            d["paths"], "/ships/{harbour}/{berth}/ship", "/ships/{berth}/{harbour}/ship"
        ),
        [
            ("changed", "order", "ships.at", BREAKING),
            ("changed", "address", "ships.at", BEHAVIOR),
        ],
    ),
    (
        "an argument of the query",
        lambda d: operation(d, "/ships/{harbour}/{berth}/ship")["parameters"].append(
            {"name": "lang", "in": "query", "schema": {"type": "string"}}
        ),
        [("added", "parameter", "ships.at(lang)", ADDITION)],
    ),
    (
        "an argument of the query that has to be given",
        lambda d: operation(d, "/ships/{harbour}/{berth}/ship")["parameters"][2].update(
            required=True
        ),
        [("changed", "required", "ships.at(max_age)", BREAKING)],
    ),
    (
        "no argument of the query",
        lambda d: operation(d, "/ships/{harbour}/{berth}/ship")["parameters"].pop(),
        [("removed", "parameter", "ships.at(max_age)", BREAKING)],
    ),
    (
        "a body where there was none",
        lambda d: operation(d, "/ships/photo").update(requestBody=find(d)["requestBody"]),
        [("added", "body", "ships.photo", BREAKING)],
    ),
    (
        "another host",
        lambda d: d.update(servers=[{"url": "https://ships.example"}]),
        [("changed", "document", "servers", BEHAVIOR)],
    ),
]


@pytest.mark.parametrize(("edit", "expected"), [e[1:] for e in EDITS], ids=[e[0] for e in EDITS])
def test_an_edit_is_rated(edit: Edit, expected: list[tuple[str, str, str, Rating]]) -> None:
    edited = small()
    edit(edited)
    found = compare(small(), edited)
    told = {(one.action, one.of, one.name, one.rating) for one in found}
    assert told == set(expected)
    assert len(found) == len(expected)


def changes(edit: Edit) -> list[Change]:
    edited = small()
    edit(edited)
    return compare(small(), edited)


def test_a_member_is_told_once_with_every_place_that_shows_it() -> None:
    (change,) = changes(lambda d: members(d, "Crew").update(cook={"type": "string"}))
    assert [str(place) for place in change.places] == [
        "ships.find answer $.results[].crew.cook",
        "ships.at answer $.crew.cook",
    ]


def test_what_looks_renamed_is_asked() -> None:
    gone, come = changes(lambda d: rename(members(d, "Ship"), "length", "fullLength"))
    assert (gone.renamed, come.renamed) == ("fullLength", "length")
    gone, come = changes(lambda d: find(d).update(operationId="ships.search"))
    assert (gone.renamed, come.renamed) == ("ships.search", "ships.find")


def test_what_is_of_another_type_is_not_taken_for_renamed() -> None:
    def edit(document: Document) -> None:
        del members(document, "Ship")["length"]
        members(document, "Ship")["lengths"] = {"type": "array", "items": {"type": "number"}}

    assert [change.renamed for change in changes(edit)] == [None, None]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in pairs:
        inner = isinstance(item, dict | list)
        found += leaves(item, (*path, key)) if inner and item else [(*path, key)]
    return found


def other(value: Any) -> Any:
    match value:
        case bool() | None:
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
    return {"x-new": 1}


# Parts that the rest of a document depends on: edits of them are in the table, or invalid.
LEANED_ON = {"$ref", "operationId", "summary", "tags", "api", "name", "in"}


def test_no_edit_of_the_document_goes_unnoticed() -> None:
    count = 0
    for path in leaves(small()):
        if LEANED_ON.intersection(path[-2:]):
            continue
        for removes in (False, True):
            edited = small()
            at: Any = edited
            for key in path[:-1]:
                at = at[key]
            if not removes:
                at[path[-1]] = other(at[path[-1]])
            elif (
                isinstance(at, list) or at[path[-1]]
            ):  # false and null mean the same as a missing value
                del at[path[-1]]
            else:
                continue
            assert compare(small(), edited), (path, removes)
            count += 1
    assert count > 200


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(range(len(EDITS))), max_size=3, unique=True))
def test_a_document_does_not_differ_from_itself(edits: list[int]) -> None:
    edited = small()
    for number in edits:
        # An edit may have removed what the next one edits.
        with contextlib.suppress(KeyError, ValueError, IndexError):
            EDITS[number][1](edited)
    # One may refer to a class that another has renamed, which is invalid in a document.
    named = set(REFERENCE.findall(json.dumps(edited)))
    assume(named <= edited["components"]["schemas"].keys())
    assert compare(edited, copy.deepcopy(edited)) == []
