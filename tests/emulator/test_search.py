"""Searches and their pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import shapely

from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.world.catalog import FREE_SCENES
from tests.places import PARK

from .conftest import SEARCH, Api, code, square


@pytest.fixture(scope="module")
def paged() -> Iterator[Api]:
    with Emulator(seconds_per_pipeline=0, page_size=7) as emu, Api(emu) as made:
        yield made


def pages(api: Api, **members: Any) -> list[dict[str, Any]]:
    found = [api.search(**members)]
    while found[-1]["cursor"] is not None:
        found.append(api.search(**members, cursor=found[-1]["cursor"]))
    return found


def test_all_pages_give_every_scene_once(paged: Api, api: Api) -> None:
    small, large = pages(paged), pages(api)
    assert [len(page["results"]) for page in small[:-1]] == [7] * (len(small) - 1)
    assert [len(page["results"]) for page in large[:-1]] == [20] * (len(large) - 1)
    names = [scene["sceneId"] for page in small for scene in page["results"]]
    assert len(set(names)) == len(names) >= 45
    assert names == [scene["sceneId"] for page in large for scene in page["results"]]
    cursors = [page["cursor"] for page in small[:-1]]
    assert len(set(cursors)) == len(cursors)


def test_every_page_is_a_pipeline_of_its_own(paged: Api) -> None:
    before = len(paged.emu.calls("imagery.search.initiate"))
    found = pages(paged)
    assert len(paged.emu.calls("imagery.search.initiate")) - before == len(found)


def test_a_cursor_belongs_to_its_search(paged: Api) -> None:
    cursor = paged.search()["cursor"]
    for body in (
        {**SEARCH, "cursor": "made-up"},
        {**SEARCH, "cursor": ""},
        {**SEARCH, "cursor": cursor[::-1]},
        {**SEARCH, "cursor": cursor, "dataset": "idaho-swir"},
        {**SEARCH, "cursor": cursor, "startDatetime": "2017-01-01 00:00:00"},
        {**SEARCH, "cursor": cursor, "extent": square(153.1, -27.4)},
    ):
        assert code(paged.post("/imagery/search/initiate", body)) == (400, "INVALID-CURSOR")
    assert paged.search(cursor=cursor)["results"]
    assert paged.search(cursor=cursor)["results"]  # any number of times


def test_a_full_last_page_has_no_cursor() -> None:
    with Emulator(seconds_per_pipeline=0, page_size=1000) as emu, Api(emu) as api:
        whole = api.search()
    assert whole["cursor"] is None
    with Emulator(seconds_per_pipeline=0, page_size=len(whole["results"])) as emu, Api(emu) as api:
        assert api.search() == whole


def test_windows_are_inclusive_and_in_utc(api: Api) -> None:
    some = api.search()["results"][3]
    exact = {"startDatetime": some["datetime"], "endDatetime": some["datetime"]}
    assert [scene["sceneId"] for scene in api.search(**exact)["results"]] == [some["sceneId"]]
    assert api.search(startDatetime="2031-01-01 00:00:00") == {"results": [], "cursor": None}


def test_members_that_are_not_known_are_ignored(paged: Api) -> None:
    first = paged.search(color="blue", onlyDownloadable=True, onlyIngested=False)
    assert first == paged.search()
    # they are optional with the cursor
    assert paged.search(cursor=first["cursor"], color="green")["results"]


@pytest.mark.parametrize(
    "extent",
    [
        {"type": "MultiPolygon", "coordinates": [PARK["coordinates"]]},
        {
            "type": "GeometryCollection",
            "geometries": [PARK, {"type": "Point", "coordinates": [1, 2]}],
        },
        {"type": "Feature", "id": 7, "properties": {"a": 1}, "geometry": PARK},
        {"type": "Feature", "properties": None, "geometry": PARK, "bbox": [1, 2, 3, 4]},
        {
            "type": "Polygon",
            "coordinates": [[[*place, 12.5] for place in PARK["coordinates"][0]]],
        },
    ],
)
def test_the_same_extent_in_every_form(api: Api, extent: dict[str, Any]) -> None:
    assert api.search(extent=extent)["results"] == api.search()["results"]


@pytest.mark.parametrize(
    "extent",
    [
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[1, 2]] * 4]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [153, -27]}},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "LineString", "coordinates": [[153, -27], [154, -28]]}],
        },
    ],
)
def test_an_extent_without_area_fails(api: Api, extent: dict[str, Any]) -> None:
    failed = api.run("/imagery/search", {**SEARCH, "extent": extent})
    assert code(failed) == (424, "EXTENT-TOO-SMALL")


@pytest.mark.parametrize(
    "extent",
    [
        square(0, 0, 1.5),
        square(180, 0, 2),
        square(0, 90, 2),
        square(-27.4, 153.1),  # latitude first: not on the Earth
        square(1e300, 1e300, 1e300),
        {
            "type": "Polygon",  # a bow tie
            "coordinates": [[[153, -27], [153.1, -27.1], [153.1, -27], [153, -27.1], [153, -27]]],
        },
    ],
)
def test_odd_extents_do_no_harm(api: Api, extent: dict[str, Any]) -> None:
    assert api.run("/imagery/search", {**SEARCH, "extent": extent}).status_code in (200, 424)


def test_elsewhere_and_other_datasets(api: Api) -> None:
    extent = square(14.42, 50.09)
    assert api.search(provider="pl", dataset="PSScene4Band", extent=extent)["results"]
    assert api.search(provider="pl", dataset="nothing", extent=extent) == {
        "results": [],
        "cursor": None,
    }


def test_the_same_seed_is_the_same_world(api: Api) -> None:
    with (
        Emulator(seconds_per_pipeline=0) as same,
        Emulator(seconds_per_pipeline=0, seed=5) as other,
        Api(same) as one,
        Api(other) as two,
    ):
        assert one.search() == api.search()
        assert two.search() != api.search()
        # a scene that one process found is known to another with the same seed
        assert one.search(cursor=api.search()["cursor"])["results"]


def test_the_newest_come_first(api: Api) -> None:
    for members in ({}, {"provider": "maxar", "dataset": "ard"}):
        times = [scene["datetime"] for page in pages(api, **members) for scene in page["results"]]
        assert times == sorted(times, reverse=True)
        assert len(times) > 40


def test_no_scene_is_later_than_the_clock() -> None:
    planet = {"provider": "pl", "dataset": "SkySatCollect"}
    with Emulator(seconds_per_pipeline=0, now=date(2018, 12, 31)) as emu, Api(emu) as api:
        times = [scene["datetime"] for page in pages(api, **planet) for scene in page["results"]]
        assert times[-1] < "2015"
        assert "2018" < times[0] < "2018-12-31"
        assert len(times) > 3
    with Emulator(seconds_per_pipeline=0, now=date(2021, 6, 1)) as emu, Api(emu) as api:
        later = [scene for page in pages(api, **planet) for scene in page["results"]]
        assert [scene["datetime"] for scene in later if scene["datetime"] < "2018-12-31"] == times
        # A scene that lies in the future of this emulator does not exist yet.
        with Emulator(seconds_per_pipeline=0, now=date(2018, 12, 31)) as past, Api(past) as before:
            body = {"mapType": "cars", "sceneIds": [later[0]["sceneId"]], "extent": PARK}
            failed = before.run("/kraken/release", body)
            assert code(failed) == (424, "NON-EXISTING-SCENE")
            bought = {"sceneIds": body["sceneIds"], "geojson": PARK}
            unknown = before.post("/credits/area/check-geojson", bought)
            assert unknown.json()["error"] == "NON-EXISTING-SCENE"
            assert later[0]["sceneId"] not in str(pages(before, **planet))
            past.clock.advance(3 * 365 * 24 * 3600)
            before.token = before.login(past.username, past.password).json()["id_token"]
            assert later[0]["sceneId"] in str(pages(before, **planet))


def test_a_listing_does_not_change_while_it_is_read() -> None:
    planet = {"provider": "pl", "dataset": "SkySatScene"}
    emulator = Emulator(seconds_per_pipeline=0, page_size=5, now=date(2022, 1, 1))
    with emulator as emu, Api(emu) as api:
        whole = [scene for page in pages(api, **planet) for scene in page["results"]]
        page = api.search(**planet)
        names = list(page["results"])
        while page["cursor"] is not None:
            emu.clock.advance(200 * 24 * 3600)
            api.token = api.login(emu.username, emu.password).json()["id_token"]
            page = api.search(**planet, cursor=page["cursor"])
            names += page["results"]
        assert names == whole
        assert api.search(**planet)["results"][0] not in whole


@pytest.mark.parametrize("dataset", ["ard_clipped", "ortho_4ps"])
def test_an_imagery_release_of_clipped_data_makes_a_new_scene(dataset: str) -> None:
    maxar = {"provider": "maxar", "dataset": dataset}
    with Emulator(seconds_per_pipeline=10) as emu, Api(emu) as api:

        def search(**members: Any) -> list[dict[str, Any]]:
            name = api.start("/imagery/search", {**SEARCH, **maxar, **members})
            emu.clock.advance(10)
            found: list[dict[str, Any]] = api.retrieve("/imagery/search", name).json()["results"]
            return found

        origin = search()[0]
        assert search(onlyIngested=True) == []
        body = {"mapType": "imagery", "sceneIds": [origin["sceneId"]], "extent": PARK}
        name = api.start("/kraken/release", body)
        emu.clock.advance(1)
        imagery = api.start("/imagery/search", {**SEARCH, **maxar, "onlyIngested": True})
        emu.clock.advance(10)
        assert api.retrieve("/kraken/release", name).status_code == 200
        (made,) = search(onlyIngested=True)
        assert len(api.retrieve("/imagery/search", imagery).json()["results"]) == 1
        assert made["sceneId"] != origin["sceneId"]
        same = ("provider", "dataset", "satellite", "datetime", "cloudCover", "bands")
        differ = {key for key in made if made[key] != origin[key]}
        assert differ <= {"sceneId", "footprint", "bands"} <= {*same, *differ}
        outline = shapely.geometry.shape(made["footprint"])
        assert isinstance(outline, shapely.MultiPolygon)
        whole = shapely.geometry.shape(PARK)
        assert outline.symmetric_difference(whole).area < 1e-6 * whole.area
        assert not outline.geoms[0].exterior.is_ccw
        # Elsewhere, or at another time, it is not found; nor among the scenes that could be fetched.
        assert search(onlyIngested=True, extent=square(153.2, -27.4)) == []
        assert search(onlyIngested=True, endDatetime="2001-01-01 00:00:00") == []
        assert made["sceneId"] not in str(search())
        # Any part of it can be analyzed, and nothing outside it.
        part = square(153.105, -27.392, 0.001)
        for extent, status in ((part, 200), (PARK, 200), (square(153.12, -27.392), 424)):
            for map_type in ("cars", "imagery"):
                cars = {"mapType": map_type, "sceneIds": [made["sceneId"]], "extent": extent}
                name = api.start("/kraken/release", cars)
                emu.clock.advance(10)
                assert api.retrieve("/kraken/release", name).status_code == status
        assert search(onlyIngested=True) == [made]


def test_an_allocation_holds_for_what_was_clipped_of_the_scene() -> None:
    place = square(14.42, 50.09)
    maxar = {"provider": "maxar", "dataset": "ortho_4ps", "extent": place}
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as api:
        origin = api.scene(**maxar)
        bought = {"sceneIds": [origin], "geojson": place}
        assert api.post("/credits/area/allocate-geojson", bought).status_code == 200
        api.release(sceneIds=[origin], mapType="imagery", extent=place)
        made = api.scene(**maxar, onlyIngested=True)
        assert api.release(sceneIds=[made], extent=place)["tiles"]
        assert api.post("/credits/area/check-geojson", {**bought, "sceneIds": [made]}).json() == {
            "km2": 0,
            "cost": 0,
        }


def test_whole_scenes_are_ingested_already(api: Api) -> None:
    assert api.search(onlyIngested=True)["results"] == api.search()["results"]


@pytest.mark.parametrize("scene_id", FREE_SCENES)
def test_published_scenes_take_no_allocation(api: Api, scene_id: str) -> None:
    known = FREE_SCENES[scene_id]
    place = square(known.longitude, known.latitude)
    where = {"provider": known.dataset[0], "dataset": known.dataset[1], "extent": place}
    scenes = [scene["sceneId"] for page in pages(api, **where) for scene in page["results"]]
    assert scene_id in scenes
    body = {"sceneIds": [scene_id], "geojson": place}
    assert api.post("/credits/area/check-geojson", body).json() == {"km2": 0, "cost": 0}
    imagery = api.release(sceneIds=[scene_id], mapType="imagery", extent=place)
    statuses = {api.file(imagery, tile, "truecolor.png").status_code for tile in imagery["tiles"]}
    assert statuses == {200}
    other = next(name for name in scenes if name != scene_id)
    paid = {"mapType": "cars", "sceneIds": [other], "extent": place}
    assert code(api.post("/kraken/release/initiate", paid)) == (402, "NOT-ENOUGH-CREDITS")
