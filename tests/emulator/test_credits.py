"""Credits: the cost of areas, the effect of an allocation, and the estimate of a dry run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from spaceknow_client.emulator import Emulator
from tests.places import PARK

from .conftest import Api, code, square

PRAGUE = square(14.42, 50.09)
CHECK = "/credits/area/check-geojson"
ALLOCATE = "/credits/area/allocate-geojson"


@pytest.fixture
def rich() -> Iterator[Api]:
    """A separate emulator: credits are spent."""
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as made:
        yield made


def credits(api: Api) -> float:
    left: float = api.post("/credits/get-remaining-credit").json()["remainingCredit"]
    return left


def scenes(api: Api, place: Any, count: int = 2, **members: Any) -> list[str]:
    found = api.search(extent=place, minIntersection=1, **members)["results"]
    return [scene["sceneId"] for scene in found[:count]]


def paid(
    api: Api, path: str, scene_ids: list[str], place: Any, **members: Any
) -> tuple[float, ...]:
    answer = api.post(path, {"sceneIds": scene_ids, "geojson": place, **members})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"km2", "cost"}
    return body["km2"], body["cost"]


def test_areas_are_true(rich: Api) -> None:
    # 0.004 degrees on the WGS84 ellipsoid: 286.29 m x 444.96 m at Prague's latitude
    km2, cost = paid(rich, CHECK, scenes(rich, PRAGUE), PRAGUE)
    assert km2 == pytest.approx(0.12739, rel=1e-3)
    assert cost == pytest.approx(0.1 * 2 * km2, rel=1e-4)


def test_checking_spends_nothing_and_allocating_does(rich: Api) -> None:
    one, other = scenes(rich, PRAGUE)
    price = paid(rich, CHECK, [one, other], PRAGUE)
    assert credits(rich) == 1000
    assert paid(rich, ALLOCATE, [one, other], PRAGUE) == price
    assert credits(rich) == pytest.approx(1000 - price[1])
    assert paid(rich, CHECK, [one, other], PRAGUE) == (0, 0)
    assert paid(rich, ALLOCATE, [one, other, one], PRAGUE) == (0, 0)
    assert credits(rich) == pytest.approx(1000 - price[1])


def test_only_the_missing_part_is_paid_for(rich: Api) -> None:
    one, other = scenes(rich, PRAGUE)
    half = {
        "type": "GeometryCollection",
        "geometries": [square(14.42, 50.09, 0.002), {"type": "Point", "coordinates": [0, 0]}],
    }
    whole, _ = paid(rich, CHECK, [one], PRAGUE)
    bought, _ = paid(rich, ALLOCATE, [one], half)
    rest, cost = paid(rich, CHECK, [one], PRAGUE)
    assert rest == pytest.approx(whole - bought, rel=1e-4)
    # the other scene still covers all of it, so the union is the whole
    union, both = paid(rich, CHECK, [one, other, other], PRAGUE)
    assert union == whole
    assert both == pytest.approx(cost + 0.1 * whole, rel=1e-3)


def test_free_ground_costs_nothing(rich: Api) -> None:
    assert paid(rich, ALLOCATE, scenes(rich, PARK), PARK) == (0, 0)
    assert credits(rich) == 1000
    edge = square(153.03, -27.4)  # half of it lies outside the free area
    scene = scenes(rich, edge, 1)
    outside, _ = paid(rich, ALLOCATE, scene, {"type": "Feature", "geometry": edge})
    assert 0.05 < outside < 0.1
    body = {"mapType": "cars", "sceneIds": scene, "extent": edge}
    assert rich.run("/kraken/release", body).status_code == 200


def test_what_is_too_dear_is_refused_and_costs_nothing(rich: Api) -> None:
    scene = scenes(rich, PRAGUE, 1)
    country = square(14.42, 50.09, 3)
    assert paid(rich, CHECK, scene, country)[1] > 1000
    refused = rich.post(ALLOCATE, {"sceneIds": scene, "geojson": country})
    assert code(refused) == (402, "NOT-ENOUGH-CREDITS")
    assert credits(rich) == 1000


def test_an_allocation_is_bought_once_by_many(rich: Api) -> None:
    scene = scenes(rich, PRAGUE, 1)
    with ThreadPoolExecutor(8) as pool:
        costs = list(pool.map(lambda _: paid(rich, ALLOCATE, scene, PRAGUE)[1], range(8)))
    assert sorted(costs)[:7] == [0] * 7
    assert credits(rich) == pytest.approx(1000 - max(costs))


def test_months_are_bought_as_in_2018(rich: Api) -> None:
    span = {"startDatetime": "2018-01-01 00:00:00", "endDatetime": "2018-12-31 23:59:59"}
    found = rich.search(extent=PRAGUE, minIntersection=1, **span)["results"]
    months = {scene["datetime"][:7]: scene["sceneId"] for scene in found}
    inside, outside = sorted(months)[0], sorted(months)[-1]
    ranges = [{"from": inside, "to": inside}, {"from": "2018-12", "to": "2018-01"}]
    bought = rich.post(ALLOCATE, {"ranges": ranges, "geojson": PRAGUE, "companyId": 4}).json()
    assert bought["cost"] == pytest.approx(0.1 * bought["km2"], rel=1e-3)
    assert paid(rich, CHECK, [months[inside]], PRAGUE) == (0, 0)
    assert paid(rich, CHECK, [months[outside]], PRAGUE) != (0, 0)
    years = [{"from": "2016-11", "to": "2017-02"}]
    four = rich.post(ALLOCATE, {"ranges": years, "geojson": PRAGUE}).json()
    assert four["cost"] == pytest.approx(4 * bought["cost"], rel=1e-3)
    for_ever = [{"from": "0000-01", "to": "9999-12"}] * 500
    assert code(rich.post(ALLOCATE, {"ranges": for_ever, "geojson": PRAGUE}))[0] == 400


@pytest.mark.parametrize(
    ("geojson", "expected"),
    [
        (square(14, 86), (422, "INVALID-GEOJSON")),
        (square(14, -85), (422, "INVALID-GEOJSON")),
        (square(14, 50, 0), (422, "INVALID-GEOJSON")),
        (square(300, 50), (422, "INVALID-GEOJSON")),
        ({"type": "GeometryCollection", "geometries": []}, (422, "INVALID-GEOJSON")),
        ({"type": "Polygon", "coordinates": [[1]]}, (400, "EMULATOR-INVALID-BODY")),
    ],
)
def test_areas_that_cannot_be_bought(api: Api, geojson: Any, expected: tuple[int, str]) -> None:
    for path in (CHECK, ALLOCATE):
        answer = api.post(path, {"sceneIds": [api.scene()], "geojson": geojson})
        assert code(answer) == expected


def test_unknown_scenes_cannot_be_bought(api: Api) -> None:
    for path in (CHECK, ALLOCATE):
        body = {"sceneIds": [api.scene(), "unknown"], "geojson": PARK}
        assert code(api.post(path, body)) == (404, "NON-EXISTING-SCENE")


def test_others_credits_take_rights(rich: Api) -> None:
    scene = scenes(rich, PRAGUE, 1)
    rich.emu.add_user("other@example.com", "secret", group="Other Ltd")
    other = rich.emu._state.users._by_email["other@example.com"].id
    me = rich.post("/user/info").json()["id"]
    assert paid(rich, CHECK, scene, PRAGUE, userId=me) == paid(
        rich, CHECK, scene, PRAGUE, userId=None, creditsTier=None
    )
    body = {"sceneIds": scene, "geojson": PRAGUE}
    for path in (CHECK, ALLOCATE):
        assert code(rich.post(path, {**body, "userId": other})) == (403, "ACCESS-DENIED")
        assert code(rich.post(path, {**body, "userId": "nobody"})) == (403, "ACCESS-DENIED")
    boss = rich.as_user("credits", "admin.credits", "imagery")
    paid(boss, ALLOCATE, scene, PRAGUE, userId=other)
    assert credits(rich) == 1000
    assert paid(boss, CHECK, scene, PRAGUE, userId=other) == (0, 0)
    assert paid(boss, CHECK, scene, PRAGUE) != (0, 0)
    unknown = {**body, "userId": "nobody"}
    assert code(boss.post(CHECK, unknown)) == (404, "NON-EXISTENT-USER")


def test_allocations_for_nothing_take_rights(rich: Api) -> None:
    scene = scenes(rich, PRAGUE, 1)
    km2, cost = paid(rich, CHECK, scene, PRAGUE, costFreeAllocation=True)
    assert (km2 > 0, cost) == (True, 0)
    body = {"sceneIds": scene, "geojson": PRAGUE, "costFreeAllocation": True}
    assert code(rich.post(ALLOCATE, body)) == (403, "ACCESS-DENIED")
    boss = rich.as_user("admin.credits")
    assert paid(boss, ALLOCATE, scene, PRAGUE, costFreeAllocation=True) == (km2, 0)
    assert credits(rich) == 1000
    assert paid(rich, CHECK, scene, PRAGUE) == (0, 0)


def test_without_a_group_there_is_no_purse(rich: Api) -> None:
    rich.emu.add_user("lone@example.com", "secret", group=None)
    rich.token = rich.login("lone@example.com", "secret").json()["id_token"]
    assert "accounting" not in rich.post("/user/info").json()
    scene = scenes(rich, PRAGUE, 1)
    run = {"dryRuns": [], "extent": PRAGUE}
    for path, body in (
        ("/credits/get-remaining-credit", {}),
        (CHECK, {"sceneIds": scene, "geojson": PRAGUE}),
        (ALLOCATE, {"sceneIds": scene, "geojson": PRAGUE}),
        ("/kraken/release/initiate", {"mapType": "cars", "sceneIds": scene, "extent": PRAGUE}),
        ("/kraken/dry-run/initiate", run),
    ):
        assert code(rich.post(path, body)) == (403, "NO-VALID-BINDING")


def dry_run(api: Api, extent: Any, *runs: tuple[list[str], list[str]]) -> Any:
    listed = [
        {"scenes": [{"sceneId": name} for name in names], "mapTypes": map_types}
        for names, map_types in runs
    ]
    return api.run("/kraken/dry-run", {"dryRuns": listed, "extent": extent})


def test_a_dry_run_tells_what_the_release_costs(rich: Api) -> None:
    one, other = scenes(rich, PRAGUE)
    km2, cost = paid(rich, CHECK, [one, other], PRAGUE)
    runs = (([one], ["cars", "imagery"]), ([one, other], ["cars"]))
    estimate = dry_run(rich, PRAGUE, *runs).json()
    assert estimate == {
        "allocatedCredits": cost,
        "allocatedKm2": km2,
        "analyzedKm2": pytest.approx(4 * km2, rel=1e-4),
        "ingestedKm2": pytest.approx(2 * km2, rel=1e-4),
    }
    assert credits(rich) == 1000
    body = {"mapType": "cars", "sceneIds": [one], "extent": PRAGUE}
    assert code(rich.post("/kraken/release/initiate", body))[0] == 402
    paid(rich, ALLOCATE, [one, other], PRAGUE)
    after = dry_run(rich, PRAGUE, *runs).json()
    assert after == {**estimate, "allocatedCredits": 0, "allocatedKm2": 0}
    assert rich.run("/kraken/release", body).status_code == 200


def test_a_dry_run_of_free_ground_or_of_nothing(api: Api) -> None:
    free = dry_run(api, PARK, ([api.scene()], ["cars"])).json()
    assert free["allocatedCredits"] == free["allocatedKm2"] == 0
    assert free["analyzedKm2"] > 0.05
    assert set(dry_run(api, PARK).json().values()) == {0}


def test_dry_runs_fail_as_releases_do(api: Api) -> None:
    near = api.scene()
    far = api.scene(provider="pl", dataset="PSScene4Band", extent=PRAGUE)
    good = ([near], ["cars"])
    assert code(dry_run(api, PARK, good, (["x"], ["cars"]))) == (424, "NON-EXISTING-SCENE")
    assert code(dry_run(api, PARK, ([], ["cars"]))) == (424, "NON-EXISTING-SCENE")
    assert code(dry_run(api, PARK, good, ([far], ["cars"]))) == (424, "EXTENT-HAS-NO-INTERSECTION")
    assert code(dry_run(api, PARK, ([near], ["cars", "?"]))) == (424, "UNSUPPORTED-IMAGERY")
    assert code(dry_run(api, square(0, 0, 300), good)) == (424, "EXTENT-TOO-LARGE")
