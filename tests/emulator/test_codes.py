"""How to cause each error code: one row per code, none missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.validation.contract import Contract
from spaceknow_client.emulator.validation.statuses import (
    FAILED_PIPELINE,
    status_of,
)
from tests.places import PARK

from .conftest import SEARCH, Api, code, square

PRAGUE = square(14.42, 50.09)
CHECK, ALLOCATE = "/credits/area/check-geojson", "/credits/area/allocate-geojson"
CREATE, FIND = "/geojsondb/api/features/create", "/geojsondb/api/features/search"
DATAPOINTS = "/datacube/datapoints/get"
COLLECTION = {"type": "FeatureCollection", "features": []}
TILE = [17, 121293, 75911]
# Rows of codes that were removed from the document are skipped.
DESCRIBED = Contract.bundled().meanings.keys()


def release(api: Api, **members: Any) -> httpx.Response:
    body = {"mapType": "cars", "sceneIds": [api.scene()], "extent": PARK, **members}
    return api.run("/kraken/release", body)


def tiles(api: Api, *wanted: list[int], retrieve: bool = True) -> httpx.Response:
    body = {"sceneId": api.scene(), "tiles": wanted}
    if retrieve:
        return api.run("/kraken/release/cars/tiles", body)
    return api.post("/kraken/release/cars/tiles/initiate", body)


def buy(api: Api, path: str, place: Any, **members: Any) -> httpx.Response:
    return api.post(path, {"sceneIds": [api.scene(extent=place)], "geojson": place, **members})


def image(api: Api, **members: Any) -> httpx.Response:
    return api.run("/imagery/get-image", {"sceneId": api.scene(), "extent": PARK, **members})


def points(api: Api, *filters: Any, **members: Any) -> httpx.Response:
    return api.post(f"{DATAPOINTS}/initiate", {"filters": filters, **members})


def project(name: str) -> Any:
    return {"field": "project", "type": "value-list", "params": {"values": [name]}}


def without_group(api: Api) -> httpx.Response:
    api.emu.add_user("lone@example.com", "secret", group=None)
    token = api.login("lone@example.com", "secret").json()["id_token"]
    headers = {"authorization": f"Bearer {token}"}
    return api.post("/credits/get-remaining-credit", headers=headers)


def too_early(_: Api) -> httpx.Response:
    with Emulator(seconds_per_pipeline=60) as emu, Api(emu) as slow:
        return slow.run("/imagery/search", SEARCH)


# The response to a call has the code, with the code's own status.
CALLS: dict[str, Callable[[Api], httpx.Response]] = {
    "NOT-AUTHORIZED": lambda api: api.http.post("/user/info"),
    "INVALID-JWT": lambda api: api.post("/user/info", headers={"authorization": "Bearer x"}),
    "PAYLOAD-TOO-LARGE": lambda api: api.post("/user/info", content=b" " * 65_537),
    "NON-EXISTENT-ENDPOINT": lambda api: api.post("/user/information"),
    "METHOD-NOT-ALLOWED": lambda api: api.http.get("/user/info"),
    "INVALID-CURSOR": lambda api: api.post(
        "/imagery/search/initiate", {**SEARCH, "cursor": "made-up"}
    ),
    "NON-EXISTENT-GEOMETRY": lambda api: api.file(api.release(), TILE, "cars.png", "no-such"),
    "ACCESS-DENIED": lambda api: buy(api, CHECK, PARK, userId="auth0|another"),
    "NON-EXISTENT-PIPELINE": lambda api: api.retrieve("/kraken/release", "no-such"),
    "PIPELINE-NOT-PROCESSED": too_early,
    "UNSUPPORTED-FILE-NAME": lambda api: api.file(
        released := api.release(), released["tiles"][0], "ships.png"
    ),
    "INVALID-TILE-COORDINATES": lambda api: api.file(api.release(), [1, 2, 0], "cars.png"),
    "TILE-DOES-NOT-EXIST": lambda api: api.file(api.release(), [19, 0, 0], "cars.png"),
    "INVALID-MAP-ID": lambda api: api.file({"mapId": "no-such"}, TILE, "cars.png"),
    "INVALID-GEOJSON": lambda api: api.post(
        ALLOCATE, {"sceneIds": [api.scene()], "geojson": square(0, 86)}
    ),
    "NO-VALID-BINDING": without_group,
    "NOT-ENOUGH-CREDITS": lambda api: api.post(
        ALLOCATE, {"sceneIds": [api.scene()], "geojson": square(14.42, 50.09, 4)}
    ),
    "NON-EXISTENT-USER": lambda api: api.post(
        "/user/guardian-user/delete", {"email": "nobody@example.com"}
    ),
    "MALFORMED-QUERY": lambda api: api.post(FIND, {"properties.size": {"$near": 5}}),
    "NO-MATCHING-PACKAGE": lambda api: points(api, project("copper")),
    "UNSUPPORTED-POSTPROCESS": lambda api: points(api, postprocess={"type": "mean"}),
}

# The pipeline fails with the code; the status is 424 for every code.
PIPELINES: dict[str, Callable[[Api], httpx.Response]] = {
    "EXTENT-TOO-LARGE": lambda api: release(api, extent=square(153.1, -27.4, 1)),
    "EXTENT-TOO-SMALL": lambda api: release(api, extent=square(153.1, -27.4, 1e-6)),
    "NON-EXISTING-SCENE": lambda api: release(api, sceneIds=["no-such"]),
    "UNSUPPORTED-IMAGERY": lambda api: release(api, mapType="no-such"),
    "EXTENT-HAS-NO-INTERSECTION": lambda api: image(api, extent=PRAGUE),
    "IMAGE-HAS-INVALID-PIXELS-ABOVE-TOLERANCE": lambda api: image(
        api, extent=square(152.92, -27.4, 0.2)
    ),
    "SCENES-HAVE-NO-INTERSECTION": lambda api: api.run(
        "/kraken/dry-run",
        {
            "dryRuns": [
                {
                    "scenes": [
                        {"sceneId": api.scene()},
                        {"sceneId": api.scene(extent=PRAGUE)},
                    ],
                    "mapTypes": ["cars"],
                }
            ],
            "extent": PARK,
        },
    ),
    "TOO-BIG-TILE-AREA": lambda api: tiles(api, [10, 947, 593]),
    "TILE-OUTSIDE-SCENE": lambda api: tiles(api, TILE, [17, 0, 0]),
    "ZERO-TILES-AVAILABLE": lambda api: tiles(api, [17, 0, 0]),
    "TOO-MANY-DATAPOINTS": lambda api: api.run(DATAPOINTS, {"filters": [], "keepDuplicates": True}),
}

# The emulator never returns these by itself: a test requests them. Named is the operation that
# returns the code, or the pair whose pipeline fails with it.
FAILURES: dict[str, str] = {
    "API-KEY-AUTHORIZATION-NOT-PERMITTED": "user.create_guardian_user",
    "INVALID-QUERY-PARAMETER": "kraken.grid_file",
    "FORBIDDEN": "kraken.grid_file",
    "UNSUPPORTED-ENVIRONMENT": "user.authorize",
    "INVALID-AUTHORIZATION-HEADER": "user.authorize",
    "NO-VALID-PIXELS": "imagery.get_image",
    "INTERFEROGRAM-BASELINE-TOO-SMALL": "kraken.release",
    "ORDER-SCENE-NOT-SUPPORTED": "kraken.release",
    "ORDER-TOOK-TOO-LONG": "kraken.release",
    "PROVIDER-ERROR": "imagery.search",
    "PROVIDER-RESTRICTION": "imagery.get_image",
    "PROVIDER-UNAVAILABILITY": "kraken.dry_run",
    "OUTDATED-METADATA": "kraken.release_geojson",
    "OUTDATED-METADATA-SEARCH-AGAIN": "kraken.release_tiles",
    "IMAGERY-FETCH-TIMEOUT": "kraken.release",
    "NO-VALID-PROVIDER-DATA": "kraken.release",
    "VERSION-MISMATCH": "kraken.release",
    "NOT-PERMITTED-COORDINATES": "kraken.grid_file",
    "NON-EXISTENT-GROUP": "credits.check_area",
    "PROCESSOR-DECLINED": "credits.allocate_area",
    "GATEWAY-REJECTED": "credits.allocate_area",
    "INVALID-NONCE": "credits.allocate_area",
    "PAYMENT-ERROR": "credits.allocate_area",
    "NON-EXISTENT-FEATURE": "geojsondb.search",
    "NON-EXISTENT-PACKAGE": "datacube.datapoints.initiate",
    "NON-EXISTENT-PRODUCT": "datacube.datapoints",
    "DUPLICATE-DATAPOINTS": "datacube.datapoints",
    "NON-EXISTENT-TABLE": "datacube.datapoints",
}


def map_file(api: Api) -> httpx.Response:
    released = api.release()
    return api.file(released, released["tiles"][0], "cars.png")


def by_type(api: Api) -> httpx.Response:
    body = {"sceneId": api.scene(), "extent": PARK}
    return api.run("/kraken/release/cars/geojson", body)


# A valid request of each operation or pair.
GOOD: dict[str, Callable[[Api], httpx.Response]] = {
    "user.create_guardian_user": lambda api: api.post(
        "/user/guardian-user/create", {"email": "a@example.com", "password": "b", "name": "A"}
    ),
    "user.authorize": lambda api: api.post("/user/authorize", {"token": api.token}),
    "kraken.grid_file": map_file,
    "kraken.release": release,
    "kraken.release_geojson": by_type,
    "kraken.release_tiles": lambda api: tiles(api, TILE),
    "kraken.dry_run": lambda api: api.run("/kraken/dry-run", {"dryRuns": [], "extent": PARK}),
    "imagery.search": lambda api: api.run("/imagery/search", SEARCH),
    "imagery.get_image": image,
    "credits.check_area": lambda api: buy(api, CHECK, PARK),
    "credits.allocate_area": lambda api: buy(api, ALLOCATE, PARK),
    "geojsondb.create": lambda api: api.post(CREATE, COLLECTION),
    "geojsondb.search": lambda api: api.post(FIND, {}),
    "datacube.datapoints": lambda api: api.run(DATAPOINTS, {"filters": [project("coal")]}),
    "datacube.datapoints.initiate": lambda api: points(api, project("coal")),
    "datacube.catalogue": lambda api: api.post("/datacube/catalogue/get"),
}


def written_codes() -> set[str]:
    """The codes of the document's source, not of the bundle."""
    text = Path(__file__).parents[2].joinpath("openapi", "errors.yaml").read_text("utf-8")
    return set(re.findall(r"^([A-Z0-9-]+):$", text, re.MULTILINE))


def test_no_code_is_missing() -> None:
    tables = [set(table) for table in (CALLS, PIPELINES, FAILURES)]
    assert sum(map(len, tables)) == len(set.union(*tables)) == 59 + 1  # and the legacy one
    # Codes that were added to the document later can be requested like any other (see below).
    assert written_codes() == set(Contract.bundled().meanings)


@pytest.mark.parametrize("name", sorted(DESCRIBED & CALLS.keys()))
def test_codes_of_calls(api: Api, name: str) -> None:
    assert code(CALLS[name](api)) == (status_of(name), name)


@pytest.mark.parametrize("name", sorted(DESCRIBED & PIPELINES.keys()))
def test_codes_of_pipelines(api: Api, name: str) -> None:
    assert code(PIPELINES[name](api)) == (FAILED_PIPELINE, name)


@pytest.mark.parametrize("name", sorted(DESCRIBED & FAILURES.keys()))
def test_codes_that_tests_ask_for(api: Api, name: str) -> None:
    operation = FAILURES[name]
    is_pair = operation not in Contract.bundled().operations
    assert GOOD[operation](api).status_code == 200
    api.emu.fail(operation, code=name)
    answer = GOOD[operation](api)
    assert code(answer) == (FAILED_PIPELINE if is_pair else status_of(name), name)
    text = answer.json()["errorMessage"]
    assert text == Contract.bundled().meanings[name]


@pytest.mark.parametrize("name", Contract.bundled().meanings)
def test_any_code_can_be_asked_for(api: Api, name: str) -> None:
    """Of one operation, and of a pair, whether or not the state leads to it."""
    api.emu.fail("imagery.search.initiate", code=name)
    assert code(api.post("/imagery/search/initiate", SEARCH)) == (status_of(name), name)
    api.emu.fail("imagery.search", code=name)
    assert code(api.run("/imagery/search", SEARCH)) == (FAILED_PIPELINE, name)
    assert api.run("/imagery/search", SEARCH).status_code == 200


def test_every_pair_can_be_made_to_fail(api: Api) -> None:
    operations = Contract.bundled().operations
    pairs = {name.removesuffix(".initiate") for name in operations if name.endswith(".initiate")}
    for pair in sorted(pairs & GOOD.keys()):
        api.emu.fail(pair, code="PROVIDER-ERROR")
        assert code(GOOD[pair](api)) == (FAILED_PIPELINE, "PROVIDER-ERROR")
        assert GOOD[pair](api).status_code == 200
