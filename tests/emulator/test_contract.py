"""The emulator implements the document: its paths, its statuses, and valid responses."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.responses import Response

from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.operations.registry import HANDLERS, Handler
from spaceknow_client.emulator.validation.contract import Contract
from spaceknow_client.emulator.validation.statuses import (
    EMULATOR_STATUSES,
    STATUSES,
    status_of,
)
from tests.places import PARK

from .conftest import SEARCH, Api, code

COLLECTION = {"type": "GeometryCollection", "geometries": [PARK]}
LOGGER = "spaceknow_client.emulator"


def always(answer: Any) -> Handler:
    return lambda state, asked: answer


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    from importlib.resources import files

    text = files("spaceknow_client").joinpath("generated/openapi.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_every_code_has_a_status(document: dict[str, Any]) -> None:
    assert all(400 <= status_of(name) < 600 for name in document["x-errors"])
    assert all(400 <= status < 500 for status in STATUSES.values())
    assert all(name.startswith("EMULATOR-") for name in EMULATOR_STATUSES)
    assert status_of("EMULATOR-INVALID-BODY") == 400


def test_what_the_document_knows_stands_there_only(document: dict[str, Any]) -> None:
    known = {
        name: entry["status"]
        for name, entry in document["x-errors"].items()
        if entry["status"] is not None
    }
    assert {name: status_of(name) for name in known} == known
    assert known.keys().isdisjoint(STATUSES)


def test_the_chosen_statuses() -> None:
    chosen = {
        "INVALID-JWT": 401,
        "NOT-AUTHORIZED": 401,
        "NON-EXISTENT-ENDPOINT": 404,
        "PIPELINE-NOT-PROCESSED": 400,
        "NON-EXISTENT-PIPELINE": 404,
        "NOT-ENOUGH-CREDITS": 402,
    }
    assert {name: status_of(name) for name in chosen} == chosen


def test_every_handler_is_of_an_operation() -> None:
    assert set(HANDLERS) <= set(Contract.bundled().operations)


@pytest.mark.parametrize(
    "broken",
    [
        {"id": 5},
        [],
        Response(b"", status_code=200),
        Response(b"{}", status_code=200, headers={"content-type": "text/html"}),
        Response(b"<html>", status_code=200, headers={"content-type": "application/json"}),
        Response(b"{}", status_code=302, headers={"content-type": "application/json"}),
    ],
)
def test_a_broken_answer_is_noticed(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: Any,
) -> None:
    monkeypatch.setitem(HANDLERS, "user.info", always(broken))
    with caplog.at_level(logging.ERROR, LOGGER):
        response = api.post("/user/info")
    assert code(response) == (500, "EMULATOR-INVALID-ANSWER")
    assert "user.info" in response.json()["errorMessage"]
    assert response.headers["spaceknow-request-id"]
    assert "user.info" in caplog.text


def test_a_broken_answer_stays_broken(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    good = api.post("/user/info").json()
    bad = {**good, "permissions": "all"}
    for answer in (good, bad, good, bad):
        monkeypatch.setitem(HANDLERS, "user.info", always(answer))
        assert (api.post("/user/info").status_code == 200) is (answer == good)


def test_a_crash_is_an_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(state: Any, asked: Any) -> Any:
        raise ZeroDivisionError("seen in the log alone")

    monkeypatch.setitem(HANDLERS, "user.info", crash)
    response = api.post("/user/info")
    assert code(response) == (500, "EMULATOR-ERROR")
    assert "ZeroDivisionError" in caplog.text
    assert "seen" not in response.text


def test_unions_take_their_members_only(api: Api, document: dict[str, Any]) -> None:
    known = {
        reference["$ref"].rpartition("/")[2]
        for reference in document["components"]["schemas"]["Extent"]["oneOf"]
    }
    for name in ("Point", "LineString", "FeatureCollection", "SearchRequest", "Extent"):
        if name not in known:
            body = {**SEARCH, "extent": {"type": name, "coordinates": [0, 0], "features": []}}
            assert code(api.post("/imagery/search/initiate", body))[0] == 400


@pytest.fixture(scope="module")
def busy() -> Iterator[Api]:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as made:
        yield made


def test_many_at_once(busy: Api) -> None:
    released = busy.release()
    tile = released["tiles"][0]

    def work(number: int) -> tuple[int, int, int, str]:
        body = {**SEARCH, "minIntersection": (number % 7) / 10}
        name = busy.start("/imagery/search", body)
        page = busy.retrieve("/imagery/search", name)
        picture = busy.file(released, tile, "cars.png")
        wrong = busy.post("/user/info", headers={"authorization": "Bearer x"})
        return page.status_code, picture.status_code, wrong.status_code, name

    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(work, range(24)))
    assert {each[:3] for each in done} == {(200, 200, 401)}
    assert len({each[3] for each in done}) == 24
    ids = [call.request_id for call in busy.emu.calls()]
    assert len(set(ids)) == len(ids)


def test_every_example_request_is_taken(api: Api, document: dict[str, Any]) -> None:
    tried = 0
    for path, item in document["paths"].items():
        content = item.get("post", {}).get("requestBody", {}).get("content", {})
        for example in content.get("application/json", {}).get("examples", {}).values():
            answer = api.post(path, example["value"])
            # The emulator does not know the names of the examples: it refuses them as the API does.
            assert answer.json().get("error") not in ("EMULATOR-INVALID-BODY", "invalid_request")
            assert answer.status_code < 500
            tried += 1
    assert tried > 10


@pytest.mark.parametrize(
    ("path", "extent", "told"),
    [
        ("extent", PARK, None),
        ("extent", {"type": "Point", "coordinates": [1, 2]}, "extent.type"),
        ("extent", {"type": "Polygon", "coordinates": [[[1, 2]]]}, "extent.coordinates"),
        ("extent", {"type": "Feature", "geometry": COLLECTION}, None),
        ("extent", {"type": "Feature", "geometry": None}, "extent.geometry"),
        ("extent", {"coordinates": []}, "extent.type"),
        ("extent", {"type": {"type": "Polygon"}, "coordinates": []}, "extent.type"),
        ("extent", {"type": ["Polygon"]}, "extent.type"),
        ("extent", 5, "extent"),
        ("minIntersection", 1.5, "minIntersection"),
        ("startDatetime", "2018-02-31 00:00:00", "startDatetime"),
        ("endDatetime", "2018-02-28 00:00:00", None),
        ("unknown", {"a": [None]}, None),
    ],
)
def test_bodies_are_judged_by_the_document(
    api: Api, path: str, extent: Any, told: str | None
) -> None:
    answer = api.post("/imagery/search/initiate", {**SEARCH, path: extent})
    if told is None:
        assert answer.status_code == 200
    else:
        assert code(answer) == (400, "EMULATOR-INVALID-BODY")
        assert answer.json()["errorMessage"].startswith(f"Body.{told}")


def test_what_the_document_requires_and_a_behavior_lacks_is_an_example(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(HANDLERS, "user.info", always({"id": "mine"}))
    found = api.post("/user/info").json()
    assert found["id"] == "mine"
    assert isinstance(found["permissions"], list)
    assert "lacks members" in caplog.text
