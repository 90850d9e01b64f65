"""Items of a page are parsed on first use, and an invalid one does not affect the others."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceknow_client.generated import types
from spaceknow_client.generated.models import Scene, ScenePage
from spaceknow_client.generated.types import Items, WrongShapeError

SCENE: dict[str, Any] = {
    "sceneId": "s0",
    "provider": "gbdx",
    "dataset": "idaho-pansharpened",
    "satellite": "WV02",
    "datetime": "2018-01-03 00:20:11",
    "footprint": {"type": "Polygon", "coordinates": []},
    "bands": [{"names": ["Red", "r"], "gsd": 0.5, "bitDepth": 11}],
}


def raw(*ids: Any) -> list[dict[str, Any]]:
    return [{**SCENE, "sceneId": name} for name in ids]


def page(*ids: Any) -> Sequence[Scene]:
    return ScenePage.from_dict({"results": raw(*ids), "cursor": None}).results


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the scenes that can be parsed, in order."""
    seen: list[str] = []
    read = Scene.read

    def watched(value: Any, path: str) -> Scene:
        scene = read(value, path)
        seen.append(scene.scene_id)
        return scene

    monkeypatch.setattr(Scene, "read", watched)
    return seen


def test_an_item_is_read_when_it_is_touched_and_only_once(reads: list[str]) -> None:
    items = page("a", "b", "c")
    assert len(items) == 3
    assert repr(items) == "<3 of Scene>"
    assert reads == []
    first = items[0]
    assert items[0] is first is items[-3]
    assert items[-1] is items[2]
    assert reads == ["a", "c"]
    assert [scene.scene_id for scene in items] == ["a", "b", "c"]
    assert list(items) == list(items)
    assert reads == ["a", "c", "b"]


def test_a_slice_reads_its_own_items(reads: list[str]) -> None:
    items = page("a", "b", "c", "d")
    assert [scene.scene_id for scene in items[1:3]] == ["b", "c"]
    assert reads == ["b", "c"]
    assert isinstance(items[::-1], list)


@given(
    st.lists(st.sampled_from("abc"), max_size=6),
    st.slices(6),
    st.integers(-8, 8),
)
def test_it_is_a_sequence_like_a_list(ids: list[str], part: slice, index: int) -> None:
    items, same = page(*ids), [Scene.from_dict(item) for item in raw(*ids)]
    assert items[part] == same[part]
    if -len(ids) <= index < len(ids):
        assert items[index] == same[index]
    else:
        with pytest.raises(IndexError):
            items[index]
    assert list(reversed(items)) == same[::-1]
    assert items == same
    assert same == items
    assert items == page(*ids)
    assert items != [*same, same[0] if same else None]
    for scene in same:
        assert scene in items
        assert items.index(scene) == same.index(scene)
        assert items.count(scene) == same.count(scene)


def test_it_is_no_key() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(page("a"))


def test_copies_and_pickles_are_equal_whether_touched_or_not(reads: list[str]) -> None:
    original = ScenePage.from_dict({"results": raw("a", "b"), "cursor": "c"})
    original.results[0]
    copies = [copy.copy(original), copy.deepcopy(original), pickle.loads(pickle.dumps(original))]
    assert reads == ["a"]
    for same in copies:
        assert same == original
        assert same.to_dict() == {"results": raw("a", "b"), "cursor": "c"}


def test_what_the_caller_gave_stays_as_it_is() -> None:
    results = raw("a")
    source = {"results": results, "cursor": None}
    read = ScenePage.from_dict(source)
    assert read.results[0].scene_id == "a"
    assert source == {"results": raw("a"), "cursor": None}
    results.clear()
    assert len(read.results) == 1


def test_a_wrong_item_raises_whenever_it_is_touched_and_leaves_the_others() -> None:
    items = page("a", 7, "c")
    for _ in range(2):
        with pytest.raises(WrongShapeError, match="should be a string, but is int") as caught:
            items[1]
        assert caught.value.path == "results[1].sceneId"
        assert caught.value.__context__ is None
    with pytest.raises(WrongShapeError):
        list(items)
    with pytest.raises(WrongShapeError) as caught:
        items[-2]
    assert caught.value.path == "results[1].sceneId"
    assert [items[0].scene_id, items[2].scene_id] == ["a", "c"]
    assert repr(items) == "<3 of Scene>"


class RefusedError(Exception):
    pass


def refuse(error: WrongShapeError) -> RefusedError:
    return RefusedError(error.path)


def test_whoever_reads_the_page_says_what_a_wrong_item_raises() -> None:
    reading = types.on_wrong.set(refuse)
    try:
        items = page("a", None)
    finally:
        types.on_wrong.reset(reading)
    for same in (items, copy.deepcopy(items), pickle.loads(pickle.dumps(items))):
        assert same[0].scene_id == "a"
        with pytest.raises(RefusedError, match=r"results\[1\]\.sceneId") as caught:
            same[1]
        assert caught.value.__context__ is None
    with pytest.raises(WrongShapeError):
        page(None)[0]


def test_threads_share_a_page() -> None:
    items = page(*(str(number) for number in range(500)))
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: [scene.scene_id for scene in items], range(8)))
    assert seen == [[str(number) for number in range(500)]] * 8


def test_a_page_may_be_made_of_models() -> None:
    made = ScenePage(results=[Scene.from_dict(SCENE)], cursor=None)
    assert made.to_dict() == {"results": [SCENE], "cursor": None}
    assert made == ScenePage.from_dict(made.to_dict())


def test_only_the_results_of_pages_are_lazy() -> None:
    scene = page("a")[0]
    assert type(scene.bands) is list
    assert isinstance(page("a"), Items)


MOMENTS = st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds"))
ODD = st.text("0123456789-+:T ZWz.,", min_size=19, max_size=19)


@given(st.one_of(MOMENTS, ODD))
def test_the_short_way_to_read_a_time_reads_the_same(text: str) -> None:
    def read(length: int) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(types, "API_TIME_LENGTH", length)
            try:
                return types.date_time(text, "t")
            except WrongShapeError as error:
                return str(error)

    assert read(len(text)) == read(-1)
