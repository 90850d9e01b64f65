"""An item that is not as the API describes raises one of our errors on access, and reading can continue."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.generated.models import PipelineReference
from tests.conftest import Both
from tests.contract.test_items import SCENE
from tests.faults.wire import Behavior, WireServer, answer
from tests.places import CAR_PARK, GBDX

PIPELINE = "3g4PovfhGxmymQolpgvv"


def scenes(*ids: Any) -> list[dict[str, Any]]:
    return [{**SCENE, "sceneId": name} for name in ids]


def listing(*pages: tuple[list[dict[str, Any]], str | None]) -> list[Behavior]:
    """The responses of a server to a search with these pages (items, cursor)."""
    behaviors: list[Behavior] = []
    for items, cursor in pages:
        behaviors += [
            answer(200, {"pipelineId": PIPELINE, "status": "NEW", "nextTry": 0}),
            answer(200, {"status": "RESOLVED"}),
            answer(200, {"results": items, "cursor": cursor}),
        ]
    return behaviors


def check(error: sk.InvalidResponseError) -> None:
    """The error is the one of eager parsing."""
    assert "results[1].sceneId should be a string, but is int" in str(error)
    assert error.operation == "imagery.search.retrieve"
    assert (error.status, error.request_id, error.pipeline_id) == (200, "QyhRiSw87c", PIPELINE)
    assert error.__context__ is None
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


async def test_a_listing_that_meets_one_says_where_to_go_on(both: Both) -> None:
    first, second = (scenes("a", 7, "c"), "next"), (scenes("d"), None)
    with WireServer(listing(first, first, second)) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        with pytest.raises(sk.InvalidResponseError) as caught:
            await both.items_of(pager)
        check(caught.value)
        resumed = client.pipelines.attach(caught.value.resume_token)
        assert resumed.id == PIPELINE
        (note,) = caught.value.__notes__
        assert "items[n] of by_page()" in note
        assert "by_page(cursor='next')" in note
        pages = await both.items_of(pager.by_page())
        assert [page.items[0].scene_id for page in pages] == ["a", "d"]
        assert pages[0].items[2].scene_id == "c"


async def test_on_a_later_page_the_way_on_is_that_page(both: Both) -> None:
    pages = (scenes("a"), "second"), (scenes("b", 7), None)
    with WireServer(listing(*pages)) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        with pytest.raises(sk.InvalidResponseError) as caught:
            await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).collect())
        (note,) = caught.value.__notes__
        assert note.endswith("items[n] of by_page(cursor='second').")


async def test_what_comes_before_it_is_had(both: Both) -> None:
    with WireServer(listing((scenes("a", 7), None))) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        pager = client.imagery.search(extent=CAR_PARK, **GBDX).limit(1)
        assert [scene.scene_id for scene in await both.items_of(pager)] == ["a"]


async def test_pages_and_their_copies_raise_it_when_it_is_touched(both: Both) -> None:
    with WireServer(listing((scenes("a", 7), None))) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        pager = client.imagery.search(extent=CAR_PARK, **GBDX)
        (page,) = await both.items_of(pager.by_page())
    for same in (page, copy.deepcopy(page), pickle.loads(pickle.dumps(page))):
        assert same.items[0].scene_id == "a"
        with pytest.raises(sk.InvalidResponseError) as caught:
            same.items[1]
        check(caught.value)
        assert caught.value.resume_token is not None


async def test_raw_operations_raise_it_when_it_is_touched(both: Both) -> None:
    body = {"results": scenes("a", 7), "cursor": None}
    with WireServer([answer(200, body)]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        reference = PipelineReference(pipeline_id=PIPELINE)
        found = await both.settle(client.raw.imagery.search_retrieve(body=reference))
    assert found.parsed.results[0].scene_id == "a"
    with pytest.raises(sk.InvalidResponseError) as caught:
        found.parsed.results[1]
    check(caught.value)
    with pytest.raises(sk.InvalidResponseError):
        found.parsed.to_dict()


async def test_a_page_whose_results_are_no_array_is_refused_at_once(both: Both) -> None:
    with WireServer([answer(200, {"results": {"a": 1}, "cursor": None})]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        reference = PipelineReference(pipeline_id=PIPELINE)
        with pytest.raises(sk.InvalidResponseError, match="results should be an array"):
            await both.settle(client.raw.imagery.search_retrieve(body=reference))
