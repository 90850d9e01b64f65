"""A change of what a parameter, a body or a value is like is told once, and CHANGELOG has to name it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.changes import Rating, compare
from generator.release.said import unsaid
from tests.changes.small import TEXT, Document, small

BREAKING, BEHAVIOR, ADDITION = Rating.BREAKING, Rating.BEHAVIOR, Rating.ADDITION
Edit = Callable[[Document], Any]


def with_constructs() -> Document:
    """The small document, and an operation that has one of each."""
    document = small()
    moods = {"type": ["string", "null"], "enum": ["calm", "wild", None]}
    times = {"type": "array", "items": {"type": "string", "format": "date-time"}}
    record = {
        "type": "object",
        "description": "A record.",
        "properties": {
            "at": {"type": "string", "format": "date-time"},
            "days": times,
            "mood": moods,
            "level": {"type": "integer", "enum": [1, 2]},
            "counts": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
            "masts": {
                "type": "object",
                "additionalProperties": {"$ref": "#/components/schemas/Mast"},
            },
        },
    }
    document["components"]["schemas"]["Mast"] = {
        "type": "object",
        "description": "A mast.",
        "properties": {"height": {"type": "number"}},
    }
    document["components"]["schemas"]["Record"] = record
    body = {"schema": {"$ref": "#/components/schemas/Record"}}
    document["paths"]["/ships/log"] = {
        "parameters": [
            {"name": "X-Tenant", "in": "header", "schema": {"type": "string"}},
            {
                "name": "ids",
                "in": "query",
                "schema": {"type": "array", "items": {"type": "string"}},
            },
            {"name": "maxAge", "in": "query", "schema": {"type": "integer"}},
            {
                "name": "filter",
                "in": "query",
                "style": "deepObject",
                "schema": {"type": "object", "properties": {"color": TEXT}},
            },
        ],
        "put": {
            "operationId": "ships.log",
            "tags": ["ships"],
            "summary": "Logs",
            "x-safe-to-repeat": True,
            "x-page": {"items": "masts", "next": "after", "cursor": "since"},
            "x-error-codes": [],
            "requestBody": {"required": True, "content": {"application/json": body}},
            "responses": {"200": {"description": "It.", "content": {"application/json": body}}},
        },
    }
    document["paths"]["/ships/chart"] = {
        "put": {
            "operationId": "ships.chart",
            "tags": ["ships"],
            "summary": "Sends a chart",
            "x-safe-to-repeat": True,
            "x-error-codes": [],
            "requestBody": {"content": {"image/png": {}}},
            "responses": {"204": {"description": "Done."}},
        }
    }
    return document


def parameter(document: Document, number: int) -> Document:
    found: Document = document["paths"]["/ships/log"]["parameters"][number]
    return found


def member(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"]["Record"]["properties"][name]
    return found


def log(document: Document) -> Document:
    found: Document = document["paths"]["/ships/log"]["put"]
    return found


def other_media(document: Document, path: str, media: str) -> None:
    content = document["paths"][path]["put"]["requestBody"]["content"]
    content[media] = content.pop(next(iter(content)))


def retyped(name: str) -> Edit:
    """A parameter of another place with the same argument."""
    return lambda d: d["paths"]["/ships/log"]["parameters"].append(
        {"name": name, "in": "header", "schema": {"type": "string"}}
    )


TENANT, IDS, AGE, FILTER = range(4)
EDITS: dict[str, tuple[Edit, list[tuple[str, str, Rating]]]] = {
    "another style": (
        lambda d: parameter(d, IDS).update(style="pipeDelimited", explode=True),
        [("style", "ships.log(ids)", BEHAVIOR)],
    ),
    "no explode": (
        lambda d: parameter(d, IDS).update(explode=False),
        [("explode", "ships.log(ids)", BEHAVIOR)],
    ),
    "an object spread over the query": (
        lambda d: parameter(d, FILTER).update(style="form"),
        [("style", "ships.log(filter_)", BEHAVIOR)],
    ),
    "the usual style, in words": (
        lambda d: parameter(d, IDS).update(style="form", explode=True),
        [],
    ),
    "a style of one value": (lambda d: parameter(d, AGE).update(style="form", explode=True), []),
    "another place": (
        lambda d: parameter(d, TENANT).update({"in": "query"}),
        [("parameter", "ships.log(x_tenant)", BEHAVIOR)],
    ),
    "another place of an array": (
        lambda d: parameter(d, IDS).update({"in": "header"}),
        [("parameter", "ships.log(ids)", BEHAVIOR)],
    ),
    "a header under another name": (
        lambda d: parameter(d, TENANT).update(name="X-Owner"),
        [
            ("parameter", "ships.log(x_owner)", ADDITION),
            ("parameter", "ships.log(x_tenant)", BREAKING),
        ],
    ),
    "another name in HTTP, and the same in Python": (
        lambda d: parameter(d, AGE).update(name="max-age"),
        [("parameter", "ships.log(max_age)", BEHAVIOR)],
    ),
    "a header in lower case is the same": (
        lambda d: parameter(d, TENANT).update(name="x-tenant"),
        [],
    ),
    "a header beside a parameter of this name": (
        retyped("Max-Age"),
        [
            ("parameter", "ships.log(header.max_age)", ADDITION),
            ("parameter", "ships.log(max_age)", BREAKING),
            ("parameter", "ships.log(query.max_age)", ADDITION),
        ],
    ),
    "a header that has to be given": (
        lambda d: parameter(d, TENANT).update(required=True),
        [("required", "ships.log(x_tenant)", BREAKING)],
    ),
    "a header of another type": (
        lambda d: parameter(d, TENANT).update(schema={"type": "integer"}),
        [("type", "ships.log(x_tenant)", BREAKING)],
    ),
    "an argument under another name": (
        lambda d: parameter(d, TENANT).update({"x-argument": "tenant"}),
        [("x-argument", "ships.log(x_tenant)", BREAKING)],
    ),
    "a form": (
        lambda d: other_media(d, "/ships/log", "application/x-www-form-urlencoded"),
        [("body", "ships.log", BEHAVIOR)],
    ),
    "a file of another media type": (
        lambda d: other_media(d, "/ships/chart", "image/tiff"),
        [("body", "ships.chart", BEHAVIOR)],
    ),
    "a file that has to be given": (
        lambda d: d["paths"]["/ships/chart"]["put"]["requestBody"].update(required=True),
        [("body", "ships.chart", BREAKING)],
    ),
    "a time in the form of the API": (
        lambda d: member(d, "at").update(format="spaceknow-date-time"),
        [("format", "Record.at", BEHAVIOR)],
    ),
    "a time that becomes text": (
        lambda d: member(d, "at").pop("format"),
        [("type", "Record.at", BREAKING)],
    ),
    "times of an array in the form of the API": (
        lambda d: member(d, "days")["items"].update(format="spaceknow-date-time"),
        [("format", "Record.days[]", BEHAVIOR)],
    ),
    "an enumeration without null": (
        lambda d: member(d, "mood").update(type="string", enum=["calm", "wild"]),
        [("value", "Record.mood.null", BREAKING)],
    ),
    "an enumeration with null": (
        lambda d: member(d, "level").update(type=["integer", "null"], enum=[1, 2, None]),
        [("value", "Record.level.null", ADDITION)],
    ),
    "a number less": (
        lambda d: member(d, "level").update(enum=[1]),
        [("value", "Record.level.2", BREAKING)],
    ),
    "other values of a map": (
        lambda d: member(d, "counts")["additionalProperties"].update(type="string"),
        [("type", "Record.counts.*", BREAKING)],
    ),
    "another bound of the values": (
        lambda d: member(d, "counts")["additionalProperties"].update(minimum=1),
        [("bound", "Record.counts.*", BREAKING)],
    ),
    "values of any kind": (
        lambda d: member(d, "counts").update(additionalProperties=True),
        [("additionalProperties", "Record.counts", BEHAVIOR)],
    ),
    "a member of the values": (
        lambda d: d["components"]["schemas"]["Mast"]["properties"].clear(),
        [("member", "Mast.height", BREAKING), ("model", "Mast", BREAKING)],
    ),
    "another type within the values": (
        lambda d: d["components"]["schemas"]["Mast"]["properties"]["height"].update(type="string"),
        [("type", "Mast.height", BREAKING)],
    ),
    "another cursor": (
        lambda d: log(d)["x-page"].update(next="nextToken"),
        [("paging", "ships.log", BEHAVIOR)],
    ),
    "no listing": (lambda d: log(d).pop("x-page"), [("paging", "ships.log", BREAKING)]),
}


@pytest.mark.parametrize("name", EDITS)
def test_each_change_is_told_once_and_has_to_be_named(name: str) -> None:
    edit, expected = EDITS[name]
    document = with_constructs()
    edit(document)
    changes = compare(with_constructs(), document)
    found = sorted((change.of, change.name, change.rating) for change in changes)
    assert found == sorted(expected)
    assert unsaid(changes, "- Other things changed.\n") == changes
