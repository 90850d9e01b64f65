"""The document is valid and complete, and its examples match it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from openapi_spec_validator import validate

from spaceknow_client.contract.document import bundled_document, operations
from spaceknow_client.contract.judge import Judge
from spaceknow_client.generated.catalogue import ERRORS, OPERATIONS

DOCUMENT = bundled_document()  # `make check` compares it with openapi/
ALL = [(path, method, operation) for path, method, operation in operations(DOCUMENT)]

# The least number of operations of each API, and those that only old clients use.
EXPECTED = {
    "auth0": 1,
    "tasking": 1,
    "imagery": 4,
    "kraken": 9,
    "credits": 3,
    "user": 5,
    "geojsondb": 2,
    "datacube": 3,
}
DEPRECATED = {
    "imagery.get_image.initiate",
    "imagery.get_image.retrieve",
    "kraken.release_geojson.initiate",
    "kraken.release_geojson.retrieve",
    "kraken.release_tiles.initiate",
    "kraken.release_tiles.retrieve",
    "user.authorize",
    "user.manage",
}


def followed(value: Any) -> Any:
    while "$ref" in value:
        target: Any = DOCUMENT
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def examples() -> list[tuple[str, dict[str, Any], Any]]:
    """(location, schema, value) of every example of a body."""
    found = []
    for _, _, operation in ALL:
        bodies = [("request", operation.get("requestBody", {}))]
        bodies += [(status, followed(item)) for status, item in operation["responses"].items()]
        for part, body in bodies:
            for media in body.get("content", {}).values():
                for name, example in media.get("examples", {}).items():
                    where = f"{operation['operationId']} {part} {name}"
                    found.append((where, media.get("schema", {}), followed(example)["value"]))
    return found


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_it_has_the_operations() -> None:
    assert set(OPERATIONS) == {operation["operationId"] for _, _, operation in ALL}
    found = Counter(name.split(".")[0] for name in OPERATIONS)
    assert all(found[tag] >= count for tag, count in EXPECTED.items() if tag in found)
    assert len(EXPECTED.keys() & found.keys()) > len(EXPECTED) / 2
    assert {name for name, item in OPERATIONS.items() if item.deprecated} >= DEPRECATED


@pytest.mark.parametrize(
    ("where", "schema", "value"), examples(), ids=[where for where, _, _ in examples()]
)
def test_an_example_fits_its_schema(where: str, schema: dict[str, Any], value: Any) -> None:
    assert list(Judge(DOCUMENT).mistakes(schema, value, closed=False)) == []


@pytest.mark.parametrize("operation", [item for _, _, item in ALL], ids=lambda o: o["operationId"])
def test_an_operation_is_described(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"] == [operation["operationId"].split(".")[0]]
    assert operation["x-source"]["confidence"] in ("high", "medium", "low")
    if operation["operationId"].endswith(".initiate"):
        links = operation["responses"]["200"]["links"]
        targets = {followed(link)["operationId"] for link in links.values()}
        pair = operation["operationId"].removesuffix("initiate") + "retrieve"
        assert targets == {"tasking.get_status", pair}


def test_only_what_costs_nothing_is_safe_to_repeat() -> None:
    unsafe = {name for name, operation in OPERATIONS.items() if not operation.safe_to_repeat}
    assert unsafe >= OPERATIONS.keys() & {
        "credits.allocate_area",
        "datacube.datapoints.initiate",
        "imagery.get_image.initiate",
        "kraken.release.initiate",
        "kraken.release_geojson.initiate",
        "kraken.release_tiles.initiate",
        "user.authorize",
        "user.create_guardian_user",
        "user.delete_guardian_user",
        "user.manage",
    }


def test_errors_are_those_of_the_api_mechanics_page() -> None:
    per_api: dict[str, int] = {}
    for info in ERRORS.values():
        if not info.legacy:
            per_api[info.api] = per_api.get(info.api, 0) + 1
    known = {
        "general": 19,
        "tasking": 2,
        "ragnar": 10,
        "kraken": 10,
        "credits": 9,
        "geojsondb": 2,
        "datacube": 7,
    }
    assert all(per_api[api] >= count for api, count in known.items() if api in per_api)
    assert len(known.keys() & per_api.keys()) > len(known) / 2
    assert [code for code, info in ERRORS.items() if info.legacy] == [
        "INVALID-AUTHORIZATION-HEADER"
    ]
