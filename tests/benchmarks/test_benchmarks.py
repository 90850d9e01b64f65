"""What the benchmarks are made of; their times are no matter of tests."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import rasterio
from PIL import Image

import spaceknow_client as sk
from benchmarks import (
    fetch,
    file_server,
    files,
    followed,
    one_call,
    picture_server,
    pipeline_server,
    pipelines,
    scale,
    scenes,
    server,
    stitch,
)
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


def test_a_pipeline_can_be_seen_when_it_is_ready_and_may_be_asked_for() -> None:
    world = pipeline_server.World(1)  # one that takes 20 s
    assert b'"nextTry": 5' in world.initiate(100.0)
    world.begun = 101.0
    assert b"PROCESSING" in world.status(0, 104.0)
    assert world.early == 1  # 105 was the moment
    assert b'"nextTry": 5' in world.status(0, 115.7)
    assert world.report()["seeable"] == [121.0]
    assert b'"nextTry": 1' in world.status(0, 120.7)
    assert world.report()["seeable"] == [121.7]
    assert b"RESOLVED" in world.status(0, 121.8)
    assert (world.asked, world.early) == (4, 1)


def test_a_lag_is_what_follows_the_first_moment_that_next_try_allows() -> None:
    told = {"seen": {"0": 21.8, "1": 7.0}, "seconds_to_start": 0.5, "cpu": 0.1, "bytes": 4096}
    report = {"begun": 1.0, "seeable": [21.0, 6.9], "asked": 7, "early": 0, "connections": 3}
    found = pipelines.read("heap", 2, told, report)
    assert found.lags == pytest.approx([0.1, 0.8])
    assert (found.total, found.ideal) == pytest.approx((20.8, 20.0))
    assert len(str(found)) == len(followed.HEAD) == len(followed.UNITS) == WIDTH


def test_a_pipeline_that_is_lost_is_no_result() -> None:
    told = {"seen": {"1": 7.0}, "seconds_to_start": 0.5, "cpu": 0.1, "bytes": 4096}
    report = {"begun": 1.0, "seeable": [21.0, 6.9], "asked": 7, "early": 0, "connections": 3}
    with pytest.raises(ValueError, match="1 of 2"):
        pipelines.read("heap", 2, told, report)


def test_a_goal_without_a_result_is_named() -> None:
    named = [row for row in pipelines.goals({}, [100, 1000, 10_000]) if isinstance(row, str)]
    assert named == ["1,000, ours", "1,000, ours, aiohttp", "10,000, ours", "10,000, ours, aiohttp"]


def sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.rglob("*.png") if path.is_file()]


@pytest.mark.parametrize("way", fetch.WAYS)
async def test_every_way_fetches_all_files(way: str, tmp_path: Path) -> None:
    begun: list[bool] = []
    with server.running(file_server.__name__) as url:
        fetching = fetch.WAYS[way](url, 4, tmp_path, 40, lambda: begun.append(True))
        if fetching is not None:
            await fetching
    assert begun == [True]
    assert sizes(tmp_path) == [file_server.SIZE] * (fetch.WARM_UP + 40)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_every_way_stitches_the_same(tmp_path: Path) -> None:
    stitch.fill(3, tmp_path / "3")
    made, place = {}, []
    for way, function in stitch.WAYS.items():
        function(tmp_path / "3", tmp_path / f"{way}.tif")
        with rasterio.open(tmp_path / f"{way}.tif") as picture:
            made[way] = picture.read().tobytes()
            place.append(picture.transform)
    assert all(one == made["ours"] for one in made.values())
    assert all(one.almost_equals(place[0]) for one in place)


def test_goals_of_files() -> None:
    seconds = {(way, n): [1.0] for pair in files.PAIRS.items() for way in pair for n in (8, 32)}
    seconds |= {("httpx", n): [2.0] for n in (8, 32)}
    assert all(row.is_met for row in files.fetch_rows(seconds))
    slow = files.fetch_rows(seconds | {("ours-aiohttp", 32): [1.2], ("ours", 32): [1.1]})
    missed = [number for number, row in enumerate(slow) if not row.is_met]
    assert missed == [1, 5, 6, 7]
    taken = {"ours": (1.0, 8.0), "merge": (4.6, 900.0), "ours-zstd": (1.0, 8.0)}
    cog = {"ours-cog": (1.5, 8.0), "merge-cog": (8.0, 900.0)}
    rows = [*files.stitch_rows(taken | cog), *files.fetch_rows(seconds)]
    assert all(row.is_met for row in rows)
    assert {len(str(row)) for row in rows} == {WIDTH}
    assert not next(files.stitch_rows(taken | cog | {"merge": (4.4, 900.0)})).is_met


def test_the_map_of_the_largest_measure(tmp_path: Path) -> None:
    answer = picture_server.PictureServer().answer(b"/any", b"")
    head, _, content = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(content)}".encode() in head
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with Image.open(path) as picture:
        assert picture.size == (256, 256)
    assert len(set(scale.map_of(9).tiles)) == 81
    assert len(scale.map_of(9).parts()) == 1
