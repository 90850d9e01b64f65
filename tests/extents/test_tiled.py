"""Searches and releases over the tiles of an extent: one listing, each scene once."""

from __future__ import annotations

import json
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import Both
from tests.extents.places import DRAWN
from tests.places import CAR_PARK, GBDX

AROUND = sk.Extent.from_bounds(153.05, -27.44, 153.14, -27.35)  # 9 by 10 km
SIDE = 6000  # four tiles
YEAR: dict[str, Any] = {**GBDX, "start": "2017-04", "end": "2018-03"}


def searched(emulator: Emulator) -> set[str]:
    calls = emulator.calls("imagery.search.initiate")
    return {json.dumps(call.body["extent"], sort_keys=True) for call in calls}


async def test_a_scene_that_several_tiles_have_is_given_once(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=10) as emulator:
        client = both.of(emulator)
        whole = await both.items_of(client.imagery.search(extent=AROUND, **YEAR))
        seen: list[sk.RunProgress] = []
        pager = client.imagery.search(
            extent=AROUND, decompose=SIDE, on_progress=seen.append, **YEAR
        )
        found = await both.items_of(pager)
        grid = sk.decompose(AROUND, SIDE)
        ids = [scene.scene_id for scene in found]
        assert len(ids) == len(set(ids))
        assert set(ids) == {scene.scene_id for scene in whole}
        assert (seen[-1].total, seen[-1].done, seen[-1].failed) == (len(grid), len(grid), 0)
        assert len(searched(emulator)) == len(grid) + 1
        # The same, in the same order, whichever tile is ready first.
        again = await both.items_of(client.imagery.search(extent=AROUND, decompose=grid, **YEAR))
        assert [scene.scene_id for scene in again] == ids


async def test_it_goes_on_from_a_cursor(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=10) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=AROUND, decompose={"tile_size": SIDE}, **YEAR)
        pages = await both.items_of(pager.by_page())
        assert pages[-1].cursor is None
        ids = {scene.scene_id for page in pages for scene in page.items}
        for number in (0, 1, len(pages) // 2, len(pages) - 2):
            rest = await both.items_of(pager.by_page(pages[number].cursor))
            later = {scene.scene_id for page in rest for scene in page.items}
            before = {scene.scene_id for page in pages[: number + 1] for scene in page.items}
            assert len(rest) == len(pages) - number - 1
            assert before | later == ids
        for odd in ("x", "99999", "-1", ""):
            with pytest.raises(sk.InvalidArgumentError):
                await both.items_of(pager.by_page(odd))


async def test_no_more_tiles_are_searched_than_are_looked_at(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=3000) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=AROUND, decompose=SIDE, concurrency=1, **YEAR)
        assert emulator.calls() == []
        assert await both.settle(pager.first()) is not None
        assert len(await both.items_of(pager.limit(3))) == 3
        assert len(emulator.calls("imagery.search.initiate")) <= 4
        assert await both.items_of(pager.limit(0)) == []


async def test_an_error_says_where_to_go_on(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=10) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=AROUND, decompose=SIDE, concurrency=1, **YEAR)
        whole = {scene.scene_id for scene in await both.items_of(pager)}
        pages = pager.by_page()
        found: list[str] = []

        async def read_on() -> None:
            while True:
                page = next(pages) if both.is_sync else await anext(pages)
                found.extend(scene.scene_id for scene in page.items)
                if len(found) == len(page.items):  # the first
                    emulator.fault("imagery.search.retrieve", Fault.status(400))

        with pytest.raises(sk.APIError) as caught:
            await read_on()
        assert caught.value.cursor is not None
        assert caught.value.resume_token is not None
        rest = await both.items_of(pager.by_page(caught.value.cursor))
        assert found
        assert {*found, *(scene.scene_id for page in rest for scene in page.items)} == whole


async def test_a_release_for_each_scene_and_tile(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, **YEAR).first())
    seen: list[sk.RunProgress] = []
    grid = sk.decompose(CAR_PARK, 150)
    outcomes = await both.items_of(
        client.kraken.release_many(
            "cars",
            scene_ids=[scene.scene_id],
            extent=CAR_PARK,
            decompose=150,
            on_progress=seen.append,
        )
    )
    assert len(outcomes) == len(grid) > 1
    assert {outcome.input[0] for outcome in outcomes} == {scene.scene_id}
    assert {(outcome.input[1].row, outcome.input[1].column) for outcome in outcomes} == set(
        zip(grid.rows.tolist(), grid.columns.tolist(), strict=True)
    )
    assert all(isinstance(outcome.result, sk.KrakenMap) for outcome in outcomes)
    assert (seen[-1].total, seen[-1].done) == (len(grid), len(grid))


@pytest.mark.parametrize("odd", [False, "10 km", {"size": 3}, -1, []])
async def test_what_does_not_cut_is_refused(both: Both, emulator: Emulator, odd: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        client.imagery.search(extent=AROUND, decompose=odd, **YEAR)
    with pytest.raises(sk.InvalidArgumentError):
        client.kraken.release_many("cars", scene_ids=["s"], extent=AROUND, decompose=odd)
    assert emulator.calls() == []


async def test_tiles_that_overlap_are_not_paid_for_twice(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    how = {"tile_size": 2e6, "clip": False}
    with (
        pytest.warns(sk.OverlapWarning),
        pytest.warns(sk.DistortionWarning),
        pytest.raises(sk.InvalidArgumentError, match="paid for twice"),
    ):
        client.kraken.release_many(
            "cars", scene_ids=["s"], extent=DRAWN["the_earth"], decompose=how
        )
    assert emulator.calls() == []


async def test_no_tile_is_no_search(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError, match="leaves no tile"):
        client.imagery.search(
            extent=AROUND, decompose={"tile_size": 1e5, "min_fraction": 0.9}, **YEAR
        )
    with pytest.raises(sk.InvalidArgumentError, match="leaves no tile"):
        client.kraken.release_many(
            "cars", scene_ids=["s"], extent=AROUND, decompose=sk.decompose(AROUND)[:0]
        )
    assert emulator.calls() == []
