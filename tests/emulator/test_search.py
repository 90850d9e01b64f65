"""Searches and their pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spaceknow_client.emulator import Emulator

from .conftest import PARK, SEARCH, Api, code, square


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
    assert paged.search(cursor=cursor)["results"]  # as often as one likes


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
    first = paged.search(colour="blue", onlyDownloadable=True, onlyIngested=False)
    assert first == paged.search()
    # they need not be repeated with the cursor either
    assert paged.search(cursor=first["cursor"], colour="green")["results"]


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
        square(-27.4, 153.1),  # latitude first: off the Earth
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
        # what one process found another one with the seed knows
        assert one.search(cursor=api.search()["cursor"])["results"]
