"""Known map types, providers and datasets: the lists, refused values, and warnings about unknown ones."""

from __future__ import annotations

import inspect
import json
import re
import warnings
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.world.catalog import DATASETS
from spaceknow_client.emulator.world.render import MAP_TYPES
from spaceknow_client.resources.listed_values import check_listed
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

EMULATOR = sk.Environment.EMULATOR
ON_PREM = sk.Environment(
    base_url="https://api.local", auth_domain="login.local", client_id="theirs"
)
SERVICES = (sk.Environment.PRODUCTION, sk.Environment.DEVEL)


def said(environment: sk.Environment = EMULATOR, **given: Any) -> list[Warning]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        check_listed(environment, **given)
    return [one.message for one in told if isinstance(one.message, Warning)]


def test_the_lists_are_those_of_the_document() -> None:
    text = files("spaceknow_client").joinpath("generated", "openapi.json").read_text("utf-8")
    document = json.loads(text)
    assert {one.name: list(one.files) for one in sk.map_types()} == {
        name: info["files"] for name, info in document["x-map-types"].items()
    }
    assert {(one.provider, one.name): one.retired for one in sk.datasets()} == {
        (provider, name): info.get("retired")
        for provider, named in document["x-datasets"].items()
        for name, info in named.items()
    }


def test_the_emulator_has_what_is_listed() -> None:
    assert set(DATASETS) == {(one.provider, one.name) for one in sk.datasets()}
    for one in sk.datasets():
        drawn = [satellite.name for satellite in DATASETS[one.provider, one.name].satellites]
        assert not one.satellites or sorted(drawn) == sorted(one.satellites)
    assert {one.name for one in sk.map_types() if one.files} <= set(MAP_TYPES)


def test_what_is_known_is_told() -> None:
    cars = next(one for one in sk.map_types() if one.name == "cars")
    assert cars.classes == ("cars", "trucks")
    assert "detections.geojson" in cars.files
    newest = next(one for one in sk.datasets() if one.name == "ortho_4ps")
    assert (newest.provider, newest.resolution, newest.retired) == ("maxar", (0.3, 0.6), None)
    assert newest.satellites == ("GE01", "WV02", "WV03", "WV04")
    assert all(one.retired for one in sk.datasets() if one.provider == "gbdx")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"map_type": "Cars"}, "cars"),
        ({"map_type": ["imagery", "solar_panels"]}, "solar-panels"),
        ({"map_type": "Solar Panels"}, "solar-panels"),
        ({"map_type": " cars\n"}, "cars"),
        ({"map_type": "wrunc\u2010change"}, "wrunc-change"),
        ({"provider": "PL", "dataset": "PSScene4Band"}, "pl"),
        ({"provider": "maxar", "dataset": "ortho-4ps"}, "ortho_4ps"),
        ({"provider": "pl", "dataset": "ps_scene4band"}, "PSScene4Band"),
        ({"provider": "other", "dataset": "copernicus/s2"}, "COPERNICUS/S2"),
    ],
)
def test_another_spelling_is_refused(given: Any, meant: str) -> None:
    with pytest.raises(sk.InvalidArgumentError, match=re.escape(f"Did you mean {meant}?")):
        check_listed(EMULATOR, **given)


@given(st.sampled_from(sk.map_types()), st.randoms())
def test_any_change_of_spelling_is_refused(known: sk.MapType, random: Any) -> None:
    changed = "".join(
        random.choice(("", mark, mark.upper()))
        if mark in "-_"
        else random.choice((mark, mark.upper()))
        for mark in known.name
    )
    if changed in {one.name for one in sk.map_types()}:
        assert said(map_type=changed) == []
    else:
        with pytest.raises(sk.InvalidArgumentError, match="Did you mean"):
            check_listed(EMULATOR, map_type=changed)


@pytest.mark.parametrize(
    "given",
    [
        {"map_type": "barns"},
        {"map_type": ["imagery", "barns"]},
        {"provider": "nobody", "dataset": "nothing"},
        {"provider": "pl", "dataset": "PSScene8Band"},
        {"provider": "pl", "dataset": "ortho_4ps"},
    ],
)
def test_what_is_not_listed_is_told_once(given: Any) -> None:
    for environment in (EMULATOR, ON_PREM, *SERVICES):
        assert [type(one) for one in said(environment, **given)] == [sk.UnlistedValueWarning]


def test_a_similar_name_is_told() -> None:
    assert "Did you mean aircraft?" in str(said(map_type="aircrafts")[0])


def test_what_is_retired_is_told_of_the_service_alone() -> None:
    given = {"provider": "gbdx", "dataset": "idaho-pansharpened"}
    for environment in SERVICES:
        (told,) = said(environment, **given)
        assert isinstance(told, sk.RetiredValueWarning)
        assert "Offline" in str(told)
    assert said(EMULATOR, **given) == []
    assert said(ON_PREM, **given) == []
    with Emulator() as emulator:
        assert said(emulator.environment, **given) == []
    current = {"provider": "maxar", "dataset": "ortho_4ps"}
    assert all(said(environment, **current) == [] for environment in SERVICES)


@pytest.mark.parametrize("environment", SERVICES)
def test_a_client_of_the_service_warns_when_it_is_asked(environment: sk.Environment) -> None:
    with sk.SpaceKnow(environment, auth=sk.TokenAuth("token")) as client:
        with pytest.warns(sk.RetiredValueWarning, match="is retired") as told:
            client.imagery.search("gbdx", "idaho-pansharpened", CAR_PARK)
        assert (len(told), told[0].filename) == (1, __file__)


async def test_methods_refuse_before_anything_is_sent(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0) as emulator:
        client = both.of(emulator)
        with pytest.raises(sk.InvalidArgumentError, match="Did you mean"):
            client.imagery.search("pl", "psscene4band", CAR_PARK)
        with pytest.raises(sk.InvalidArgumentError, match="Did you mean"):
            await both.settle(client.kraken.release("Cars", ["scene"], CAR_PARK))
        with pytest.raises(sk.InvalidArgumentError, match="Did you mean"):
            client.kraken.release_many("CARS", scene_ids=["scene"], extent=CAR_PARK)
        with pytest.raises(sk.InvalidArgumentError, match="Did you mean"):
            await both.settle(
                client.kraken.dry_run(["imagery", "Cars"], scene_ids=["scene"], extent=CAR_PARK)
            )
        assert emulator.calls() == []


async def test_what_is_not_listed_is_sent_and_named_at_the_line_of_the_caller(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0) as emulator:
        client = both.of(emulator)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
            started = client.kraken.release("barns", ["scene"], CAR_PARK)
            run = started if both.is_sync else await started
        line += 0 if both.is_sync else 1  # a coroutine starts when it is awaited
        assert [(one.filename, one.lineno, one.category) for one in told] == [
            (__file__, line, sk.UnlistedValueWarning)
        ]
        assert run.id
        (sent,) = emulator.calls("kraken.release.initiate")
        assert sent.body["mapType"] == "barns"
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            outcomes = client.kraken.release_many(
                "barns", scene_ids=["one", "two"], extent=CAR_PARK, max_credits=5
            )
            await both.items_of(outcomes)
            assert len(told) == 1
            listing = client.imagery.search("pl", "PSScene8Band", CAR_PARK)
            assert await both.items_of(listing) == []
            assert len(told) == 2


async def test_cloudy_scenes_are_left_out(both: Both) -> None:
    given: Any = {"extent": CAR_PARK, "start": "2017-10", "end": "2018", **GBDX}
    with Emulator(seconds_per_pipeline=0, page_size=7) as emulator:
        client = both.of(emulator)
        every = await both.items_of(client.imagery.search(**given))
        clear = [one.scene_id for one in every if (one.cloud_cover or 0) <= 0.1]
        assert 0 < len(clear) < len(every)
        listing = client.imagery.search(**given, max_cloud_cover=0.1)
        found = await both.items_of(listing)
        assert [one.scene_id for one in found] == clear
        pages = await both.items_of(listing.by_page())
        assert [one.scene_id for page in pages for one in page.items] == clear
        few = await both.items_of(listing.limit(3).prefetch())
        assert [one.scene_id for one in few] == clear[:3]
        assert (await both.settle(listing.first())).scene_id == clear[0]
        tiled = await both.items_of(
            client.imagery.search(**given, max_cloud_cover=0.1, decompose=200)
        )
        assert {one.scene_id for one in tiled} == set(clear)
        assert "cloud" not in json.dumps(emulator.calls("imagery.search.initiate")[-1].body)
        for wrong in (20, -1, float("nan"), "0.2", True):
            with pytest.raises(sk.InvalidArgumentError, match="max_cloud_cover"):
                client.imagery.search(**given, max_cloud_cover=wrong)


async def test_a_scene_without_the_member_stays(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0) as emulator:
        client = both.of(emulator)
        radar = client.imagery.search(
            "ee", "COPERNICUS/S1_GRD", CAR_PARK, start="2018", end="2018", max_cloud_cover=0
        )
        found = await both.items_of(radar)
        assert found
        assert all(one.cloud_cover is None for one in found)


@pytest.mark.parametrize("kind", [sk.SpaceKnow, sk.AsyncSpaceKnow])
def test_help_lists_them(kind: type) -> None:
    client = kind(EMULATOR, auth=sk.TokenAuth("token"))
    for method in (client.kraken.release, client.kraken.release_many, client.kraken.dry_run):
        told = inspect.getdoc(method) or ""
        assert all(re.search(rf"\b{one.name}\b", told) for one in sk.map_types())
    told = inspect.getdoc(client.imagery.search) or ""
    assert all(one.name in told and one.provider in told for one in sk.datasets())
