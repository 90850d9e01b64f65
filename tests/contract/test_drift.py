"""Each deviation of any kind, in every member of every response, is reported, and nothing more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.responses import Response

from spaceknow_client.contract.document import Schema
from spaceknow_client.contract.drift import Drift
from spaceknow_client.contract.judge import Judge, Message
from spaceknow_client.contract.schemas import choices
from tests.contract.drifts import NoDriftError, seeded
from tests.contract.evidence import emulated

JUDGE = Judge.bundled()
KINDS = {
    "add": "unknown member",
    "remove": "missing member",
    "type": "type",
    "null": "type",
    "enum": "enum",
    "content-type": "content type",
    "status": "status",
}


def answers() -> dict[str, list[Message]]:
    """The emulator's responses to all requests of a check, by operation."""
    found: dict[str, list[Message]] = {}
    for pair in emulated():
        if pair.answer.status < 300:
            found.setdefault(pair.operation, []).append(pair.answer)
    return found


def members(node: Schema, place: str = "", depth: int = 0) -> Iterator[str]:
    """Every member that a schema describes, in the notation of deviations."""
    if depth > 6:
        return
    for choice in choices(node, JUDGE.document):
        for name, child in choice.get("properties", {}).items():
            member = f"{place}.{name}" if place else name
            yield member
            yield from members(child, member, depth + 1)
        if "items" in choice:
            yield from members(choice["items"], f"{place}[]", depth + 1)


def drifts() -> Iterator[tuple[str, str, str]]:
    """(kind, operation, member) of every deviation that can be made, and of many that cannot."""
    for operation in JUDGE.operations:
        content = JUDGE.success(operation).get("content", {}).get("application/json")
        if content is None:
            continue
        named = dict.fromkeys(members(content["schema"]))
        for place in dict.fromkeys(member.rpartition(".")[0] for member in named):
            yield "add", operation, f"{place}.brandNew" if place else "brandNew"
        for kind in ("remove", "type", "null", "enum"):
            for member in named:
                yield kind, operation, member
        yield "content-type", operation, "text/plain"
        for status in ("203", "299", "418", "503", "307"):
            yield "status", operation, status


def judged(operation: str, answers: list[Message], apply: Any) -> tuple[bool, list[Drift]]:
    """Whether anything changed, and the reports about all responses of an operation."""
    found: dict[object, Drift] = {}
    changed = False
    for message in answers:
        response = Response(message.content, message.status, dict(message.headers))
        response = apply(response)
        after = Message(response.status_code, dict(response.headers), bytes(response.body))
        changed = changed or after[:1] + after[2:] != message[:1] + message[2:]
        changed = changed or after.headers["content-type"] != message.headers["content-type"]
        for drift in JUDGE.validate_response(operation, after):
            found.setdefault(drift.key, drift)
    return changed, list(found.values())


def test_every_drift_is_found_and_nothing_else() -> None:
    said = answers()
    assert set(said) == set(JUDGE.operations)
    tried: Counter[str] = Counter()
    for kind, operation, what in drifts():
        try:
            drift = seeded(kind, JUDGE.operations[operation], what, JUDGE.document)
        except NoDriftError:
            continue
        changed, found = judged(operation, said[operation], drift.change)
        if changed:
            tried[kind] += 1
            member = "" if kind in ("status", "content-type") else what
            expected = [(operation, KINDS[kind], member)]
            assert [(each.operation, each.kind, each.member) for each in found] == expected
    assert tried.total() > 400
    assert min(tried[kind] for kind in KINDS) >= 10


INFO = {"id": "1", "email": "e", "name": "n", "permissions": ["kraken"]}
ERROR = {"error": "NOT-AUTHORIZED", "errorMessage": "No."}
STATUS = {"status": "PROCESSING", "nextTry": 5}
PAGE: dict[str, Any] = {"results": [], "cursor": None}


@pytest.mark.parametrize(
    ("operation", "status", "body", "expected"),
    [
        ("user.info", 200, INFO, []),
        ("user.info", 200, b"", [("type", "")]),
        ("user.info", 200, b"<html>", [("type", "")]),
        ("user.info", 200, b'{"id":', [("type", "")]),
        ("user.info", 200, [INFO], [("type", "")]),
        ("user.info", 200, None, [("type", "")]),
        ("user.info", 200, {**INFO, "permissions": [5, "x", None]}, [("type", "permissions[]")]),
        (
            "user.info",
            200,
            {"ID": "1", **{name: INFO[name] for name in INFO if name != "id"}},
            [("missing member", "id")],
        ),
        ("user.info", 204, b"", [("status", "")]),
        ("user.info", 302, b"", [("status", "")]),
        ("user.info", 401, ERROR, []),
        ("user.info", 599, ERROR, []),
        ("user.info", 401, {**ERROR, "trace": "x"}, [("unknown member", "trace")]),
        ("user.info", 401, {"error": "BRAND-NEW"}, [("enum", "error")]),
        ("user.info", 401, {"errorMessage": "No."}, [("missing member", "error")]),
        ("user.info", 401, {"error": None}, [("type", "error")]),
        ("auth0.login", 401, {"error": "whatever_auth0_says"}, []),
        ("tasking.get_status", 200, {**STATUS, "progress": "older form"}, []),
        ("tasking.get_status", 200, {**STATUS, "progress": 5}, [("type", "progress")]),
        (
            "tasking.get_status",
            200,
            {**STATUS, "progress": {"message": "x", "step": "1", "eta": 9}},
            [("type", "progress.step"), ("unknown member", "progress.eta")],
        ),
        ("tasking.get_status", 200, {**STATUS, "nextTry": -1}, [("value", "nextTry")]),
        ("tasking.get_status", 200, {**STATUS, "nextTry": 1.5}, [("type", "nextTry")]),
        ("imagery.search.retrieve", 200, {**PAGE, "results": [None, 5]}, [("type", "results[]")]),
        ("imagery.search.retrieve", 200, {**PAGE, "cursor": 5}, [("type", "cursor")]),
        ("datacube.catalogue", 200, {"anything": {"goes": [1]}}, []),
    ],
)
def test_other_ways_to_drift(
    operation: str, status: int, body: Any, expected: list[tuple[str, str]]
) -> None:
    if operation not in JUDGE.operations:
        return  # an API that was removed completely
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json; charset=utf-8", "spaceknow-request-id": "abc"}
    found = JUDGE.validate_response(operation, Message(status, headers, content))
    assert sorted((drift.kind, drift.member) for drift in found) == sorted(expected)
    assert {(drift.status, drift.request_id) for drift in found} <= {(status, "abc")}


def test_a_gateway_is_not_the_service() -> None:
    page = Message(502, {"content-type": "text/html"}, b"<html>Bad gateway</html>")
    assert JUDGE.validate_response("user.info", page) == []
    other = Message(404, {"content-type": "text/html"}, b"<html>Not found</html>")
    assert [drift.kind for drift in JUDGE.validate_response("user.info", other)] == ["content type"]


def test_a_message_repeats_no_value() -> None:
    headers = {"content-type": "application/json"}
    body = json.dumps({**INFO, "id": 5, "email": {"secret": "hidden"}, "\n\x1b[31m" * 99: 1})
    told = "\n".join(
        map(str, JUDGE.validate_response("user.info", Message(200, headers, body.encode())))
    )
    assert len(told.splitlines()) == 3
    assert "hidden" not in told
    assert max(map(len, told.splitlines())) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "results", "status", "error", "\ud800", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    operation=st.sampled_from(sorted(JUDGE.operations)),
    status=st.sampled_from([200, 204, 299, 302, 400, 424, 503, 999]),
    media_type=st.sampled_from(["application/json", "application/geo+json", "text/html", ""]),
    content=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=20),
)
def test_whatever_comes_is_judged(
    operation: str, status: int, media_type: str, content: bytes
) -> None:
    found = JUDGE.validate_response(
        operation, Message(status, {"content-type": media_type}, content)
    )
    assert len({drift.key for drift in found}) == len(found)
    assert all(str(drift).isprintable() for drift in found)
