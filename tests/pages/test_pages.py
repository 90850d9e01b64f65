"""Listings: every page once, and only the cursor ends them."""

from __future__ import annotations

from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.faults.wire import WireServer, answer
from tests.places import CAR_PARK, GBDX


async def test_all_pages_are_read(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=7) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        scenes = await both.items_of(pager)
        assert len(scenes) == len({scene.scene_id for scene in scenes}) >= 40
        pages = -(-len(scenes) // 7)
        assert len(emulator.calls("imagery.search.initiate")) == pages
        assert len(emulator.calls("imagery.search.retrieve")) == pages
        assert [scene.scene_id for scene in await both.settle(pager.collect())] == [
            scene.scene_id for scene in scenes
        ]


async def test_nothing_is_fetched_before_it_is_needed(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=5) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        assert emulator.calls() == []
        assert await both.settle(pager.first()) is not None
        assert len(await both.items_of(pager.limit(5))) == 5
        assert await both.items_of(pager.limit(0)) == []
        assert len(emulator.calls("imagery.search.initiate")) == 2
        with pytest.raises(sk.InvalidArgumentError):
            pager.limit(-1)


async def test_a_listing_goes_on_from_a_cursor(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=10) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        pages = await both.items_of(pager.by_page())
        rest = await both.items_of(pager.by_page(cursor=pages[1].cursor))
        assert [page.items for page in rest] == [page.items for page in pages[2:]]
        assert pages[-1].cursor is None
        assert all(len(page.pipeline_id) == 20 for page in pages)


async def test_a_search_that_finds_nothing(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    pager = client.imagery.search(extent=CAR_PARK, start="1999", end="1999", **GBDX)
    assert await both.items_of(pager) == []
    assert await both.settle(pager.first()) is None


def pages_of(*cursors: str | None) -> list[Any]:
    """Responses of a server whose pages are empty and end with these cursors."""
    behaviors = []
    for number, cursor in enumerate(cursors):
        started = {"pipelineId": f"p{number}", "status": "NEW", "nextTry": 0}
        behaviors += [
            answer(200, started),
            answer(200, {"status": "RESOLVED"}),
            answer(200, {"results": [], "cursor": cursor}),
        ]
    return behaviors


async def test_an_empty_page_is_not_the_end(both: Both) -> None:
    with WireServer(pages_of("a", "b", None)) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        assert len(await both.items_of(pager.by_page())) == 3
        assert len(server.requests) == 9


async def test_an_empty_cursor_is_the_end(both: Both) -> None:
    with WireServer(pages_of("a", "")) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        pages = await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX).by_page())
        assert [page.cursor for page in pages] == ["a", None]
        assert len(server.requests) == 6


async def test_a_cursor_that_comes_again_is_an_error(both: Both) -> None:
    with WireServer(pages_of("a", "b", "a", "b")) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        with pytest.raises(sk.PaginationError) as caught:
            await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX))
    assert caught.value.cursor == "a"


async def test_an_error_in_the_middle_tells_where_to_go_on(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=10) as emulator:
        client = both.of(emulator)
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        first = (await both.items_of(pager.by_page()))[0]
        emulator.fail("imagery.search", code="PROVIDER-UNAVAILABILITY")
        with pytest.raises(sk.errors.ProviderUnavailabilityError) as caught:
            await both.items_of(pager.by_page(cursor=first.cursor))
        assert first.cursor in caught.value.__notes__[0]
        assert caught.value.pipeline_id
