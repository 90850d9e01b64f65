"""A proxy changes responses on any page, and requests: `check_contract` reports each change once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import httpx
import pytest
from starlette.responses import Response

import spaceknow_client as sk
from spaceknow_client.contract.document import bundled_document
from spaceknow_client.contract.drift import Drift
from spaceknow_client.contract.judge import Judge
from spaceknow_client.contract_check.check import check_contract
from spaceknow_client.contract_check.report import ContractReport, as_json, as_text
from spaceknow_client.emulator import Emulator, Fault

LISTING = "imagery.search.retrieve"
Request = dict[str, Any]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Enough pages for a first, a middle and a last one."""
    with Emulator(seconds_per_pipeline=0, page_size=200) as emu:
        yield emu


@pytest.fixture(autouse=True)
def requests_fit_the_document() -> None:
    """They do not match here, which the check must report."""


def of(report: ContractReport, operation: str) -> Any:
    return next(each for each in report.operations if each.operation == operation)


def told(drifts: list[Drift]) -> list[tuple[str, str, str]]:
    return [(drift.operation, drift.what, drift.member) for drift in drifts]


def test_listings_are_read_to_their_end(emulator: Emulator) -> None:
    before = len(emulator.calls("imagery.search.initiate"))
    with emulator.client() as client:
        report = check_contract(client)
    asked = emulator.calls("imagery.search.initiate")[before:]
    assert of(report, LISTING).pages == len(asked)
    assert not of(report, LISTING).more_pages
    starts = [call for call in asked if "cursor" not in call.body]
    assert len(starts) == 3 < len(asked)
    assert {"minIntersection", "startDatetime", "onlyIngested"} <= {*starts[1].body}
    text = " ".join(as_text(report))
    assert f"{len(asked)} pages)" in text


def test_a_limit_is_kept_and_told(emulator: Emulator) -> None:
    with emulator.client() as client:
        report = check_contract(client, max_pages=2)
        assert of(report, LISTING).pages <= 6
        assert of(report, LISTING).more_pages
        assert "there are more" in " ".join(as_text(report))
        data = {each["operation"]: each for each in as_json(report)["operations"]}
        assert data[LISTING]["morePages"] is True
        for wrong in (0, -1, True, 1.5, "2"):
            with pytest.raises(sk.ConfigError, match="max_pages must be a whole number"):
                check_contract(client, max_pages=wrong)  # type: ignore[arg-type]


EDITS = {
    ("unknown member", "results[].brandNew"): Fault.edit({"results[].brandNew": 1}),
    ("unknown member", "total"): Fault.edit({"total": 5}),
    ("missing member", "results[].datetime"): Fault.edit(without=["results[].datetime"]),
    ("missing member", "results[].sceneId"): Fault.edit(
        {"results[].scene_id": "s"}, without=["results[].sceneId"]
    ),
    ("missing member", "results[].bands[].names"): Fault.edit(
        {"results[].bands[].bandNames": ["red"]}, without=["results[].bands[].names"]
    ),
    ("type", ""): Fault.edit({"items": [], "total": 0}, without=["results", "cursor"]),
    ("type", "results[].bands[]"): Fault.edit({"results[].bands": [{"b": 1, "c": 2}]}),
    ("type", "results[].bands[].names"): Fault.edit({"results[].bands[].names": None}),
    ("enum", "results[].footprint.type"): Fault.edit({"results[].footprint.type": "CURVE"}),
    ("value", "results[].cloudCover"): Fault.edit({"results[].cloudCover": 101}),
    ("status", ""): Fault.edit(status=203),
    ("content type", ""): Fault.edit(media_type="text/plain"),
}


@pytest.mark.parametrize("drift", EDITS, ids=" ".join)
@pytest.mark.parametrize("page", ["first", "middle", "last"])
def test_a_drift_of_one_page_is_found(
    emulator: Emulator, page: str, drift: tuple[str, str]
) -> None:
    edit, seen = EDITS[drift], [0]

    def change(answer: Response) -> Response:
        seen[0] += 1
        is_last = json.loads(bytes(answer.body))["cursor"] is None
        here = {"first": seen[0] == 1, "middle": seen[0] == 2, "last": is_last}[page]
        return edit.change(answer) if here else answer

    fault = attrs.evolve(edit, times=None, change=change)
    emulator.fault(LISTING, fault)
    with emulator.client() as client:
        report = check_contract(client)
    assert told(report.drifts) == [(LISTING, *drift)]


@pytest.mark.parametrize("page", [2, "last"])
def test_an_item_that_is_returned_again_is_found(emulator: Emulator, page: int | str) -> None:
    pages: list[Any] = []

    def change(answer: Response) -> Response:
        pages.append(value := json.loads(bytes(answer.body)))
        if page in (len(pages), "last" if value["cursor"] is None else 0):
            value["results"][-1] = pages[0]["results"][0]
        return Response(json.dumps(value), answer.status_code, headers=_kept(answer))

    emulator.fault(LISTING, attrs.evolve(Fault.edit({}), times=None, change=change))
    with emulator.client() as client:
        report = check_contract(client)
    assert told(report.drifts) == [(LISTING, "value", "results[].sceneId")]


def _kept(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "content-length"}


HEADERS = {"spaceknow-api-version": "1", "spaceknow-request-id": "fromproxy1"}
REFUSALS = {
    "without its text": httpx.Response(400, json={"error": "NEW"}, headers=HEADERS),
    "another form": httpx.Response(400, json=["NEW"], headers=HEADERS),
    "another media type": httpx.Response(400, html="<h1>No</h1>"),
    "with a status of success": httpx.Response(
        200, json={"error": "NEW", "errorMessage": "No."}, headers=HEADERS
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_an_odd_refusal_is_one_drift(emulator: Emulator, name: str) -> None:
    with (
        httpx.Client(transport=Proxy("credits.remaining", lambda _: REFUSALS[name])) as sender,
        emulator.client(http_client=sender) as client,
    ):
        report = check_contract(client)
    assert told(report.drifts) == [("credits.remaining", "status", "")]


class Proxy(httpx.BaseTransport):
    """Changes the bodies of requests in transit, or responds to them itself."""

    def __init__(self, operation: str, change: Callable[[Request], httpx.Response | None]) -> None:
        self._path = Judge.bundled()._routes[operation][0]
        self._change = change
        self._next = httpx.HTTPTransport()

    def close(self) -> None:
        self._next.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        if request.url.path == self._path:
            body = json.loads(content)
            if answer := self._change(body):
                return answer
            content = json.dumps(body).encode()
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.lower() != b"content-length"
        ]
        changed = httpx.Request(
            request.method, request.url, headers=headers, content=content or None
        )
        answer = self._next.handle_request(changed)
        answer.read()
        return answer


def refused(status: int, code: str) -> httpx.Response:
    headers = {"spaceknow-api-version": "1", "spaceknow-request-id": "fromproxy1"}
    body = {"error": code, "errorMessage": "No."}
    return httpx.Response(status, json=body, headers=headers)


def renames(member: str) -> Callable[[Request], None]:
    """The server has another name for a member."""

    def change(body: Request) -> None:
        if member in body:
            body[f"{member}New"] = body.pop(member)

    return change


def refuses(status: int, *members: str, code: str = "INVALID-GEOJSON") -> Any:
    """The server rejects requests with these members."""

    def change(body: Request) -> httpx.Response | None:
        return refused(status, code) if {*members} <= {*body} else None

    return change


REQUESTS: list[tuple[str, Any, list[tuple[str, str, str]]]] = [
    (
        "imagery.search.initiate",
        renames("provider"),
        [("imagery.search.initiate", "status", "")],
    ),
    ("imagery.search.initiate", renames("cursor"), [(LISTING, "value", "cursor")]),
    (
        "imagery.search.initiate",
        refuses(422, "cursor"),
        [("imagery.search.initiate", "status", "")],
    ),
    (
        "imagery.search.initiate",
        refuses(400, "minIntersection", code="UNKNOWN-PARAMETER"),
        [("imagery.search.initiate", "status", "")],
    ),
    ("credits.check_area", refuses(422), [("credits.check_area", "status", "")]),
    (
        "credits.check_area",
        refuses(404, code="NON-EXISTENT-ENDPOINT"),
        [("credits.check_area", "status", "")],
    ),
    ("kraken.dry_run.initiate", renames("dryRuns"), [("kraken.dry_run.initiate", "status", "")]),
    ("imagery.search.initiate", renames("extent"), [("imagery.search.initiate", "status", "")]),
    (
        "imagery.search.initiate",
        refuses(400, "startDatetime", code="MALFORMED-QUERY"),
        [("imagery.search.initiate", "status", "")],
    ),
    (
        "imagery.search.initiate",
        refuses(400, "cursor", code="INVALID-CURSOR"),
        [("imagery.search.initiate", "status", "")],
    ),
    ("credits.remaining", refuses(409, code="BUSY"), [("credits.remaining", "status", "")]),
    ("user.info", refuses(404, code="NO-SUCH-PATH"), [("user.info", "status", "")]),
    ("kraken.dry_run.retrieve", renames("pipelineId"), [("kraken.dry_run.retrieve", "status", "")]),
    ("user.info", refuses(405, code="METHOD-NOT-ALLOWED"), [("user.info", "status", "")]),
    ("user.info", refuses(403, code="ACCESS-DENIED"), []),
]


@pytest.mark.parametrize(("operation", "change", "expected"), REQUESTS)
def test_a_server_that_takes_other_requests_is_found(
    emulator: Emulator, operation: str, change: Any, expected: list[tuple[str, str, str]]
) -> None:
    with (
        httpx.Client(transport=Proxy(operation, change)) as sender,
        emulator.client(http_client=sender) as client,
    ):
        report = check_contract(client)
    assert told(report.drifts) == expected


def changed(operation: str, change: Callable[[Any], object]) -> Judge:
    """A validator for another document: the requests of this one are out of date."""
    document = bundled_document()
    for item in document["paths"].values():
        for entry in item.values():
            if isinstance(entry, dict) and entry.get("operationId") == operation:
                change((entry, document["components"]["schemas"]))
    return Judge(document)


def requires(name: str, component: str) -> Callable[[Any], object]:
    return lambda parts: parts[1][component]["required"].append(name)


def drops(name: str, component: str) -> Callable[[Any], object]:
    def change(parts: Any) -> None:
        del parts[1][component]["properties"][name]
        if name in parts[1][component].get("required", ()):
            parts[1][component]["required"].remove(name)

    return change


def bounds(name: str, component: str, **more: Any) -> Callable[[Any], object]:
    return lambda parts: parts[1][component]["properties"][name].update(more)


def asks(name: str, *, required: bool) -> Callable[[Any], object]:
    parameter = {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}
    return lambda parts: parts[0].setdefault("parameters", []).append(parameter)


@pytest.mark.parametrize(
    ("operation", "change", "expected"),
    [
        ("credits.check_area", requires("tier", "AreaCheckRequest"), ("missing member", "tier")),
        ("credits.check_area", drops("userId", "AreaCheckRequest"), ("unknown member", "userId")),
        (
            "imagery.search.initiate",
            drops("cursor", "SearchRequest"),
            ("unknown member", "cursor"),
        ),
        (
            "imagery.search.initiate",
            bounds("minIntersection", "SearchRequest", minimum=0.5),
            ("value", "minIntersection"),
        ),
        (
            "kraken.dry_run.initiate",
            bounds("mapTypes", "DryRun", items={"type": "integer"}),
            ("type", "dryRuns[].mapTypes[]"),
        ),
        (
            "tasking.get_status",
            drops("getProgress", "GetStatusRequest"),
            ("unknown member", "getProgress"),
        ),
        ("auth0.login", drops("scope", "LoginRequest"), ("unknown member", "scope")),
        ("kraken.dry_run.retrieve", asks("since", required=True), ("missing member", "since")),
        ("kraken.dry_run.retrieve", asks("since", required=False), None),
    ],
)
def test_a_request_that_does_not_fit_is_found(
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    change: Callable[[Any], object],
    expected: tuple[str, str] | None,
) -> None:
    judge = changed(operation, change)
    monkeypatch.setattr(Judge, "bundled", classmethod(lambda _: judge))
    with emulator.client() as client:
        report = check_contract(client)
    found = [(operation, f"request: {expected[0]}", expected[1])] if expected else []
    assert told(report.drifts) == found
