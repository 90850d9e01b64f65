"""Methods with scene ids accept Scenes and columns too; anything else is refused before a request is sent."""

from __future__ import annotations

from array import array
from collections import UserString, deque
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.resources import argument_checks
from spaceknow_client.runtime.lists import as_list
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

MADE_UP = {
    "provider": "pl",
    "dataset": "PSScene4Band",
    "satellite": "1032",
    "datetime": "2018-03-04 00:41:09",
    "footprint": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
}


def scene(scene_id: str) -> sk.Scene:
    return sk.Scene.from_dict({**MADE_UP, "sceneId": scene_id})


class Bar:
    """Like tqdm around a generator: its `__len__` does not know the length."""

    def __init__(self, inner: Iterator[Any]) -> None:
        self.inner = inner

    def __iter__(self) -> Iterator[Any]:
        return self.inner

    def __len__(self) -> int:
        return None  # type: ignore[return-value]


class Listing:
    """Like a column of polars: `to_list` returns its elements."""

    def __init__(self, *elements: Any) -> None:
        self.elements = elements

    def __iter__(self) -> Iterator[Any]:
        return map(repr, self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def to_list(self) -> list[Any]:
        return list(self.elements)


# By name, objects made of scenes that are accepted as a list of them.
FORMS: dict[str, Callable[[list[sk.Scene]], Any]] = {
    "list of ids": lambda scenes: [each.scene_id for each in scenes],
    "tuple of ids": lambda scenes: tuple(each.scene_id for each in scenes),
    "scenes": list,
    "both": lambda scenes: [scenes[0].scene_id, *scenes[1:]],
    "keys": lambda scenes: {each.scene_id: each for each in scenes}.keys(),
    "values": lambda scenes: {each.scene_id: each for each in scenes}.values(),
    "deque": deque,
    "subclass of str": lambda scenes: [np.str_(each.scene_id) for each in scenes],
    "Enum": lambda scenes: [Enum("Id", {"ID": each.scene_id}, type=str).ID for each in scenes],  # type: ignore[attr-defined]
    "Series": lambda scenes: pd.Series([each.scene_id for each in scenes], index=[7, 7]),
    "Series of objects": lambda scenes: pd.Series([each.scene_id for each in scenes], dtype=object),
    "Series of arrow": lambda scenes: pd.Series(
        [each.scene_id for each in scenes], dtype="string[pyarrow]"
    ),
    "Series of categories": lambda scenes: pd.Series(
        [each.scene_id for each in scenes], dtype="category"
    ),
    "Series of scenes": lambda scenes: pd.Series(scenes, dtype=object),
    "index": lambda scenes: sk.scenes_to_geodataframe(scenes).index,
    "column": lambda scenes: sk.scenes_to_geodataframe(scenes).reset_index()["scene_id"],
    "numpy": lambda scenes: np.array([each.scene_id for each in scenes]),
    "numpy of objects": lambda scenes: np.array([each.scene_id for each in scenes], dtype=object),
    "arrow": lambda scenes: pa.array([each.scene_id for each in scenes]),
    "arrow in parts": lambda scenes: pa.chunked_array([[each.scene_id] for each in scenes]),
    "xarray": lambda scenes: xr.DataArray([each.scene_id for each in scenes]),
    "polars": lambda scenes: Listing(*(each.scene_id for each in scenes)),
}

# Each method that accepts several scenes, and where they are in its request.
METHODS: dict[str, tuple[str, Callable[[Any, Any], Any], Callable[[Any], list[str]]]] = {
    "release": (
        "kraken.release.initiate",
        lambda client, ids: client.kraken.release("cars", scene_ids=ids, extent=CAR_PARK),
        lambda body: body["sceneIds"],
    ),
    "dry_run": (
        "kraken.dry_run.initiate",
        lambda client, ids: client.kraken.dry_run("cars", scene_ids=ids, extent=CAR_PARK),
        lambda body: [each["sceneId"] for each in body["dryRuns"][0]["scenes"]],
    ),
    "check_area": (
        "credits.check_area",
        lambda client, ids: client.credits.check_area(CAR_PARK, ids),
        lambda body: body["sceneIds"],
    ),
    "allocate_area": (
        "credits.allocate_area",
        lambda client, ids: client.credits.allocate_area(CAR_PARK, scene_ids=ids),
        lambda body: body["sceneIds"],
    ),
}
OLDER: dict[str, Callable[[Any, Any], Any]] = {
    "imagery.get_image.initiate": lambda client, one: client.imagery.get_image(one, CAR_PARK),
    "kraken.release_geojson.initiate": lambda client, one: client.kraken.release_geojson(
        "cars", scene_id=one, extent=CAR_PARK
    ),
    "kraken.release_tiles.initiate": lambda client, one: client.kraken.release_tiles("cars", one),
}


async def found(both: Both, client: Any, number: int = 2) -> list[sk.Scene]:
    return await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX).limit(number))


@pytest.mark.parametrize("name", METHODS)
async def test_scenes_and_columns_are_taken(both: Both, emulator: Emulator, name: str) -> None:
    operation, call, ids_of = METHODS[name]
    client = both.of(emulator)
    scenes = await found(both, client)
    for form in FORMS.values():
        await both.settle(call(client, form(scenes)))
    sent = [ids_of(request.body) for request in emulator.calls(operation)]
    assert sent == [[each.scene_id for each in scenes]] * len(FORMS)


@pytest.mark.parametrize("operation", OLDER)
async def test_one_scene_is_taken_where_one_is_meant(
    both: Both, emulator: Emulator, operation: str
) -> None:
    client = both.of(emulator)
    (one,) = await found(both, client, 1)
    for given_ in (one, one.scene_id, np.str_(one.scene_id)):
        await both.settle(OLDER[operation](client, given_))
    assert {request.body["sceneId"] for request in emulator.calls(operation)} == {one.scene_id}
    before = len(emulator.calls())
    no_ids: list[Any] = [[one], [one.scene_id], b"x", None, 5, "", " ", pd.NA, {"sceneId": "x"}]
    for given_ in no_ids:
        with pytest.raises(sk.InvalidArgumentError, match="scene_id must be"):
            await both.settle(OLDER[operation](client, given_))
    assert len(emulator.calls()) == before


TABLE = pd.DataFrame({"a": [1], "sceneId": ["x"]})
GEO = geopandas.GeoDataFrame({"a": [1]}, index=pd.Index(["x"], name="scene_id"))
# Objects that are not lists, by the words of the error.
NO_LISTS: list[tuple[Any, str]] = [
    ("abc" * 20, "not 'abcabc"),
    (b"abc", "not b'abc'"),
    (bytearray(b"abc"), "not bytearray"),
    (memoryview(b"abc"), "not <memory"),
    (array("u", "abc"), "not array"),
    (UserString("abc"), r"scene_ids\[0\]"),
    (np.array("abc"), "not 'abc'"),
    ({"x": 1}, r"scene_ids=list\("),
    (TABLE, r"not a DataFrame. Pass its column: scene_ids=table\['sceneId'\]"),
    (GEO, r"not a GeoDataFrame. Pass its index: scene_ids=table\.index"),
    (TABLE[["a"]], r"Pass one of its columns, \['a'\]"),
    (pa.table({"scene_id": ["x"]}), r"not a Table. Pass its column: scene_ids=table\['scene_id'\]"),
    (xr.Dataset({"scene_id": ("x", ["a"])}), "not a Dataset"),
    (scene("x"), r"not a Scene. Pass scene_ids=\[...\]"),
    (5, "not 5"),
    (2.5, "not 2.5"),
    (np.int64(7), r"not np.int64\(7\)"),
    (None, "not None"),
    (float("nan"), "not nan"),
    (pd.NA, "not <NA>"),
    (object(), "not <object"),
]
UNORDERED: list[tuple[Any, str]] = [
    ({"x"}, r"no order. Pass scene_ids=sorted\("),
    (frozenset({"x"}), r"no order. Pass scene_ids=sorted\("),
    (iter(["x"]), r"endless. Pass scene_ids=list\("),
    ((each for each in ["x"]), r"endless. Pass scene_ids=list\("),
    (Bar(iter(["x"])), r"endless. Pass scene_ids=list\("),
]
EMPTY: list[Any] = [[], (), np.array([]), pd.Series([], dtype=str), {}.keys()]
# Objects that cannot be elements, by the words of the error.
NO_IDS: list[tuple[Any, str]] = [
    (None, "not None. Drop missing values"),
    (float("nan"), "not nan. Drop missing values"),
    (pd.NA, "not <NA>. Drop missing values"),
    (pd.NaT, "not NaT. Drop missing values"),
    (3, "not 3"),
    (True, "not True"),
    ("", "not ''"),
    (" \n", r"not ' \\n'"),
    (b"x", "not b'x'"),
    ({"sceneId": "x"}, "not {'sceneId': 'x'}"),
    (TABLE, "not a DataFrame"),
    (scene(""), r"scene_ids\[2\].*\.scene_id must be a non-empty string, not ''"),
]
COLUMNS: list[Callable[[list[Any]], Any]] = [
    list,
    tuple,
    lambda ids: pd.Series(ids, dtype=object),
    lambda ids: np.array(ids, dtype=object),
    lambda ids: Listing(*ids),
]


@pytest.mark.parametrize("name", METHODS)
async def test_what_is_no_list_of_ids_is_refused(both: Both, emulator: Emulator, name: str) -> None:
    _, call, _ = METHODS[name]
    client = both.of(emulator)
    for value, told in [*NO_LISTS, *UNORDERED]:
        with pytest.raises(sk.InvalidArgumentError, match=told) as caught:
            await both.settle(call(client, value))
        assert str(caught.value).startswith("scene_ids")
        assert "\n" not in str(caught.value)
    for value in EMPTY:
        with pytest.raises(sk.InvalidArgumentError, match="scene_ids must be a non-empty list"):
            await both.settle(call(client, value))
    for value, told in NO_IDS:
        for column in COLUMNS:
            with pytest.raises(sk.InvalidArgumentError, match=told) as caught:
                await both.settle(call(client, column(["x", "y", value])))
            assert str(caught.value).startswith("scene_ids[2]")
    for kind in (str, "string", "string[pyarrow]", "category"):
        with pytest.raises(sk.InvalidArgumentError, match=r"scene_ids\[1\] must be"):
            await both.settle(call(client, pd.Series(["x", None], dtype=kind)))
    assert emulator.calls() == []


async def test_many_releases_are_refused_as_a_whole(both: Both, emulator: Emulator) -> None:
    """Every finite input is checked completely before the first release."""
    client = both.of(emulator)

    def refused(value: Any, told: str) -> None:
        for options in ({}, {"max_credits": 5}, {"decompose": 150}):
            with pytest.raises(sk.InvalidArgumentError, match=told):
                client.kraken.release_many("cars", scene_ids=value, extent=CAR_PARK, **options)

    for value, told in NO_LISTS:
        refused(value, told)
    for value, told in NO_IDS:
        for column in COLUMNS:
            refused(column(["x", "y", value]), told)
        refused(["x", "y", ["z", value]], r"scene_ids\[2\]\[1\]")
    for value in EMPTY:
        refused(["x", value], r"scene_ids\[1\] must be a non-empty list")
    for value, told in UNORDERED[:2]:
        refused(["x", value], told.replace("scene_ids", r"scene_ids\[1\]"))
    refused({"x", 3}, "not 3")  # releases need no order
    assert emulator.calls() == []


async def test_a_search_as_it_is(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scenes = client.imagery.search(extent=CAR_PARK, **GBDX).limit(3)
    if both.is_sync:
        run = client.kraken.release_many("cars", scene_ids=scenes, extent=CAR_PARK)
        outcomes = list(run)
        assert {each.input.scene_id for each in outcomes} == {each.scene_id for each in scenes}
        assert all(each.error is None for each in outcomes)
    else:
        with pytest.raises(sk.InvalidArgumentError, match=r"await listing.collect\(\)"):
            client.kraken.release_many("cars", scene_ids=scenes, extent=CAR_PARK)
    with pytest.raises(sk.InvalidArgumentError, match="scene_ids must be a non-empty list"):
        await both.settle(client.kraken.release("cars", scene_ids=scenes, extent=CAR_PARK))


@pytest.mark.parametrize("form", FORMS)
async def test_one_release_for_each_element(both: Both, emulator: Emulator, form: str) -> None:
    client = both.of(emulator)
    scenes = await found(both, client)
    run = client.kraken.release_many("cars", scene_ids=FORMS[form](scenes), extent=CAR_PARK)
    outcomes = await both.items_of(run)
    assert all(isinstance(each.result, sk.KrakenMap) for each in outcomes)
    sent = [call.body["sceneIds"] for call in emulator.calls("kraken.release.initiate")]
    assert sorted(sent) == sorted([each.scene_id] for each in scenes)
    # The input of an outcome is the object that was passed.
    given_ = [getattr(each.input, "scene_id", each.input) for each in outcomes]
    assert sorted(given_) == sorted(each.scene_id for each in scenes)


async def test_groups_of_scenes(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    one, two = await found(both, client)
    ids = [one.scene_id, two.scene_id]
    groups = [[one, ids[1]], (two,), pd.Series(ids), one, ids[1], {ids[0]: 1}.keys()]
    run = client.kraken.release_many("cars", scene_ids=groups, extent=CAR_PARK, concurrency=1)
    inputs = [outcome.input for outcome in await both.items_of(run)]
    assert all(got is group for got, group in zip(inputs, groups, strict=True))
    sent = [call.body["sceneIds"] for call in emulator.calls("kraken.release.initiate")]
    assert sent == [ids, ids[1:], ids, ids[:1], ids[1:], ids[:1]]


async def test_nothing_to_release_is_nothing(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    for value in [*EMPTY, set(), iter([])]:
        run = client.kraken.release_many("cars", scene_ids=value, extent=CAR_PARK)
        assert await both.items_of(run) == []
    assert emulator.calls() == []


async def outcomes_until_error(both: Both, run: Any) -> tuple[list[Any], sk.InvalidArgumentError]:
    got = []
    try:
        while True:
            got.append(next(run) if both.is_sync else await anext(run))
    except sk.InvalidArgumentError as error:
        return got, error


@pytest.mark.parametrize("bad", [None, 3, "", float("nan"), [], ["x", None], {"x": 1}])
async def test_a_bad_item_of_an_iterator_ends_the_run(both: Both, bad: Any) -> None:
    """Started pipelines are awaited, no further one is started, and the error reports the number."""
    taken: list[Any] = []

    def endless() -> Iterator[Any]:
        for each in [*scenes, "no-such-scene", bad]:
            taken.append(each)
            yield each
        while True:
            taken.append("more")
            yield scenes[0]

    with Emulator(seconds_per_pipeline=0.2) as emulator:
        client = both.of(emulator)
        scenes = await found(both, client)
        run = client.kraken.release_many("cars", scene_ids=Bar(endless()), extent=CAR_PARK)
        outcomes, error = await outcomes_until_error(both, run)
        calls = emulator.calls("kraken.release.initiate")
    assert taken[3:] == [bad]
    assert len(calls) == len(outcomes) == 3
    assert [each.error is None for each in outcomes].count(True) == 2
    assert str(error).startswith("scene_ids[3]")
    assert "3 were started before it (2 done, 1 failed), and none after it." in str(error)


async def test_an_error_before_a_bad_item_may_stop_the_run(both: Both, emulator: Emulator) -> None:
    run = both.of(emulator).kraken.release_many(
        "cars", scene_ids=iter(["no-such-scene", None]), extent=CAR_PARK, stop_on_error=True
    )
    with pytest.raises(sk.errors.NonExistingSceneError):
        await both.items_of(run)
    assert len(emulator.calls("kraken.release.initiate")) == 1


@pytest.mark.parametrize("value", ["abc", b"abc", 5, None, {"a": 1}, ["x"], [None], object()])
async def test_lists_of_pipelines_and_calls(both: Both, emulator: Emulator, value: Any) -> None:
    pipelines = both.of(emulator).pipelines
    for method, name in (
        (pipelines.wait_all, "pipelines"),
        (pipelines.as_completed, "pipelines"),
        (pipelines.run, "calls"),
    ):
        with pytest.raises(sk.InvalidArgumentError, match=rf"{name}(\[0\])? must be"):
            await all_of(both, method, value)
    one = pipelines.attach("p", operation="kraken.release")
    for method in (pipelines.wait_all, pipelines.as_completed):
        for wrong in (one, [one, "p"]):
            with pytest.raises(sk.InvalidArgumentError, match=r"pipelines(\[1\])? must be"):
                await all_of(both, method, wrong)
    assert emulator.calls() == []


async def all_of(both: Both, method: Any, value: Any) -> list[Any]:
    made = method(value)
    return await both.items_of(made if hasattr(made, "__aiter__") else await both.settle(made))


async def test_lists_of_files(both: Both, emulator: Emulator, tmp_path: Any) -> None:
    client = both.of(emulator)
    made = sk.KrakenMap(map_id="m", max_zoom=19, tiles=(sk.Tile(16, 1, 1),), map_type="cars")
    for value in (b"area.json", 5, {"area.json": 1}, ["area.json", None], [["area.json"]], TABLE):
        with pytest.raises(sk.InvalidArgumentError):
            await both.settle(client.kraken.download(made, tmp_path / "map", files=value))
    assert emulator.calls() == []


def test_lists_of_permissions() -> None:
    assert sk.PermissionSet(pd.Series(["imagery"])) == sk.PermissionSet({"imagery"})
    for value in ("imagery", b"imagery", {"imagery": 1}, 5, None):
        with pytest.raises(sk.InvalidArgumentError, match="names must be a list"):
            sk.PermissionSet(value)  # type: ignore[arg-type]


check = argument_checks.array(argument_checks.SCENE_ID, least=1)
good = st.one_of(st.text(min_size=1).filter(str.strip), st.just(scene("s")))
bad = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.just(""),
    st.lists(st.text(), max_size=2),
    st.booleans(),
)


several = st.lists(st.one_of(good, bad), min_size=1, max_size=5)


@given(several, st.sampled_from(COLUMNS[:2] + COLUMNS[4:]))
def test_a_list_is_taken_if_each_element_is(elements: list[Any], column: Any) -> None:
    wrong = [
        n for n, each in enumerate(elements) if not isinstance(each, sk.Scene | str) or not each
    ]
    if wrong:
        with pytest.raises(sk.InvalidArgumentError, match=rf"^ids\[{wrong[0]}\]"):
            check("ids", column(elements))
    else:
        ids = [each if isinstance(each, str) else each.scene_id for each in elements]
        assert check("ids", column(elements)) == ids


@given(st.one_of(st.text(), st.binary(), st.sets(st.text()), st.dictionaries(st.text(), good)))
def test_strings_sets_and_mappings_are_no_lists(value: Any) -> None:
    with pytest.raises(sk.InvalidArgumentError, match="ids must be a list, not "):
        as_list("ids", value, "a list")


def typed(client: sk.SpaceKnow, scenes: list[sk.Scene], table: pd.DataFrame) -> None:
    """Never run: type checkers accept what is accepted, and a string is an error to them."""
    ids = [scene.scene_id for scene in scenes]
    kraken, area = client.kraken, CAR_PARK
    for _ in (
        kraken.release("cars", ids, area),
        kraken.release("cars", scenes, area),
        kraken.release("cars", [scenes[0], "x"], area),
        kraken.release("cars", ("x", scenes[0]), area),
        kraken.release("cars", {"x": 1}.keys(), area),
        kraken.release("cars", table["scene_id"], area),
        kraken.release("cars", table.index, area),
        kraken.release("cars", pd.Series(["x"]), area),
        kraken.release("cars", np.array(["x"]), area),
        client.credits.check_area(area, scenes),
        kraken.dry_run(["cars"], scene_ids=scenes, extent=area),
        kraken.release_geojson("cars", scenes[0], area),
        kraken.release("cars", "x", area),  # type: ignore[arg-type]
        kraken.release("cars", b"x", area),  # type: ignore[arg-type]
        kraken.release("cars", [1], area),  # type: ignore[list-item]
        kraken.release("cars", table, area),  # type: ignore[arg-type]
        kraken.release("cars", (each for each in ids), area),  # type: ignore[arg-type]
        client.credits.check_area(area, "x"),  # type: ignore[arg-type]
    ):
        pass
    for one in kraken.release_many("cars", scene_ids=scenes, extent=area):
        one.input.cloud_cover  # noqa: B018  # the input has the type of what was given
    for two in kraken.release_many("cars", scene_ids=ids, extent=area, decompose=True):
        two.input[0].upper()
    groups: list[sk.Scene | list[str] | str] = [ids, "x", scenes[0]]
    for _ in (
        kraken.release_many("cars", scene_ids=table["scene_id"], extent=area),
        kraken.release_many("cars", scene_ids=iter(ids), extent=area),
        kraken.release_many("cars", scene_ids=groups, extent=area),
        kraken.release_many("cars", scene_ids=[1], extent=area),  # type: ignore[type-var]
        kraken.release_many("cars", scene_ids=client.imagery.search("a", "b", area), extent=area),
    ):
        pass
