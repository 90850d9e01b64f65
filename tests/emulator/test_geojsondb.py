"""GeoJSON DB: features are stored once and found again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from spaceknow_client.emulator import Emulator
from tests.places import PARK

from .conftest import Api, code

CREATE, SEARCH = "/geojsondb/api/features/create", "/geojsondb/api/features/search"


def feature(name: Any, collection: str = "ports", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": PARK,
        "properties": {"collection": collection, "name": name, **properties},
    }


def create(api: Api, *features: Any) -> Any:
    return api.post(CREATE, {"type": "FeatureCollection", "features": list(features)})


def names(page: dict[str, Any]) -> list[Any]:
    return [each["properties"]["name"] for each in page["results"]]


@pytest.fixture
def own() -> Iterator[Api]:
    with Emulator(page_size=2) as emu, Api(emu) as made:
        yield made


def test_creating_twice_creates_once(own: Api) -> None:
    first = create(own, feature("a"), feature("b")).json()["created"]
    assert all(re.fullmatch("[0-9a-f]{24}", name) for name in first)
    assert len(set(first)) == 2
    assert create(own, feature("a"), feature("b"), feature("a")).json()["created"] == first
    page = own.post(SEARCH, {"properties.collection": "ports"}).json()
    assert page == {
        "results": [{**feature(name), "id": key} for name, key in zip("ab", first, strict=True)],
        "cursor": None,
    }
    with Emulator() as emu, Api(emu) as other:
        assert create(other, feature("b")).json()["created"] == first[1:]


def test_collections_take_their_own_permission(own: Api) -> None:
    narrow = own.as_user("geojsondb.create.ports", "geojsondb.search")
    assert create(narrow, feature("a")).status_code == 200
    mixed = create(narrow, feature("b"), feature("c", "mines"))
    assert code(mixed) == (401, "NOT-AUTHORIZED")
    assert "geojsondb.create.mines" in mixed.json()["errorMessage"]
    assert names(own.post(SEARCH, {}).json()) == ["a"]
    assert code(own.as_user("geojsondb.create").post(SEARCH, {})) == (401, "NOT-AUTHORIZED")


@pytest.mark.parametrize(
    "broken",
    [
        {**feature("a"), "id": "x"},
        {**feature("a"), "properties": {}},
        {**feature("a"), "properties": None},
        {**feature("a"), "geometry": None},
    ],
)
def test_features_that_cannot_be_stored(api: Api, broken: Any) -> None:
    assert code(create(api, broken)) == (400, "EMULATOR-INVALID-BODY")


def test_queries_compare_for_equality(own: Api) -> None:
    (key,) = create(own, feature("a", kind={"size": 1, "tags": ["x", "y"]})).json()["created"]
    create(own, feature("b", "mines", kind=True))
    create(own, feature(1, "mines", note=None))
    for query, expected in (
        ({"properties.collection": "ports"}, ["a"]),
        ({"properties.collection": "mines"}, ["b", 1]),
        ({"properties.collection": "mines", "properties.name": 1}, [1]),
        ({"properties.name": True}, []),
        ({"properties.kind.size": 1}, ["a"]),
        ({"properties.kind.tags": "y"}, ["a"]),
        ({"properties.kind": {"tags": ["x", "y"], "size": 1}}, ["a"]),
        ({"properties.kind": {"size": 1}}, []),
        ({"properties.kind": None, "properties.note": None}, [1]),
        ({"type": "Feature", "properties.kind": True}, ["b"]),
        ({"geometry": PARK, "properties.name": "a"}, ["a"]),
        ({"id": key}, ["a"]),
        ({"id.x.y": 1}, []),
    ):
        assert names(own.post(SEARCH, query).json()) == expected, query


def test_fields_are_selected(own: Api) -> None:
    (key,) = create(own, feature("a", size=3)).json()["created"]
    for member in ("fields", "_fields"):
        body = {member: ["type", "properties.size", "properties.name", "nothing.here"]}
        (found,) = own.post(SEARCH, body).json()["results"]
        assert found == {"id": key, "type": "Feature", "properties": {"size": 3, "name": "a"}}
    (found,) = own.post(SEARCH, {"fields": ["properties", "properties.size"]}).json()["results"]
    assert found["properties"] == feature("a", size=3)["properties"]
    assert own.post(SEARCH, {"fields": []}).json()["results"] == [{"id": key}]


def test_pages(own: Api) -> None:
    create(own, *(feature(number) for number in range(5)))
    body: dict[str, Any] = {"properties.collection": "ports"}
    pages, cursor = [], None
    while True:
        page = own.post(SEARCH, body if cursor is None else {**body, "cursor": cursor}).json()
        pages.append(names(page))
        cursor = page["cursor"]
        if cursor is None:
            break
        used = cursor
    assert pages == [[0, 1], [2, 3], [4]]
    for wrong in (
        {**body, "cursor": "made-up"},
        {"cursor": used},
        {**body, "fields": ["id"], "cursor": used},
    ):
        assert code(own.post(SEARCH, wrong)) == (400, "INVALID-CURSOR")


@pytest.mark.parametrize(
    "query",
    [
        {"$or": []},
        {"properties.size": {"$gt": 5}},
        {"properties.size": [{"a": {"$in": [1]}}]},
        {"fields": "name"},
        {"fields": {"name": 1}},
        {"_fields": [1]},
    ],
)
def test_malformed_queries(api: Api, query: dict[str, Any]) -> None:
    assert code(api.post(SEARCH, query)) == (400, "MALFORMED-QUERY")
