"""What the benchmarks are made of; their times are no matter of tests."""

from __future__ import annotations

import httpx
import pytest

import spaceknow_client as sk
from benchmarks import one_call, scenes, server
from benchmarks.table import HEAD, WIDTH, Row
from spaceknow_client.generated.models import ScenePage
from tests.conftest import Both


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row(name="a", ours=60.0, unit="ms", most=60), True),
        (Row(name="a", ours=60.1, unit="ms", most=60), False),
        (Row(name="a", ours=2.6, bare=1.0, unit="ms", most_ratio=2.6), True),
        (Row(name="a", ours=27.0, bare=10.0, unit="ms", most_ratio=2.6), False),
        (Row(name="a", ours=27.0, bare=10.0, unit="ms"), True),
    ],
)
def test_a_goal_is_met_or_not(row: Row, met: bool) -> None:
    assert row.is_met is met
    assert ("NO" in str(row)) is not met


def test_the_table_has_80_columns() -> None:
    name = "10,000 scenes all touched, orjson"
    row = Row(name=name, ours=123456.7, bare=123456.7, unit="us", most_ratio=1.15)
    assert len(str(row)) == len(HEAD) == WIDTH


def test_the_scenes_are_what_the_document_says() -> None:
    made = [scenes.scene(number) for number in range(3)]
    page = ScenePage.from_dict({"results": made, "cursor": None})
    scenes.touch(page)
    assert page.to_dict()["results"] == made
    assert [scene.additional_properties for scene in page.results] == [{}] * 3


async def test_both_sides_make_the_same_call(both: Both) -> None:
    with server.running() as url:
        client = both.opened(
            sk.SpaceKnow(**one_call.options(url))
            if both.is_sync
            else sk.AsyncSpaceKnow(**one_call.options(url))
        )
        ours = (one_call.ours if both.is_sync else one_call.async_ours)(client)
        mine = await both.settle(ours())
        with httpx.Client(**one_call.bare_options()) as other:
            theirs = one_call.bare(other, url)()
        async with httpx.AsyncClient(**one_call.bare_options()) as other:
            assert await one_call.async_bare(other, url)() == theirs
        assert mine.to_dict() == theirs
        assert await both.settle(client.credits.remaining()) == 12.5
