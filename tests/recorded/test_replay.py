"""The client reads recorded traffic, without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.generated.models import AuthorizeRequest
from tests.places import CAR_PARK

pytestmark = [pytest.mark.vcr, pytest.mark.block_network(allowed_hosts=["127.0.0.1"])]

PROVIDER, DATASET = "gbdx", "idaho-pansharpened"

# A corner of the car park, so that a cassette has few detections.
CORNER = sk.Extent.from_bounds(153.10527, -27.39208, 153.10567, -27.39169)

Afford = Callable[[float], None]


def first_scene(client: sk.SpaceKnow) -> sk.Scene:
    scene = client.imagery.search(
        extent=CAR_PARK, start="2018", end="2018-06", provider=PROVIDER, dataset=DATASET
    ).first()
    assert scene is not None
    return scene


@pytest.mark.default_cassette("user.yaml")
def test_user(client: sk.SpaceKnow) -> None:
    info = client.user.info()
    assert info.email == "REDACTED" or "@" in info.email
    assert isinstance(info.permissions, list)


@pytest.mark.writes
@pytest.mark.default_cassette("user_guardian.yaml")
def test_guardian_user(client: sk.SpaceKnow) -> None:
    client.user.create_guardian_user(
        email="robin@example.com", password="an initial password", name="Robin Example"
    )
    client.user.delete_guardian_user(email="robin@example.com")
    with pytest.raises(sk.APIError):
        client.user.delete_guardian_user(email="robin@example.com")


@pytest.mark.writes
@pytest.mark.default_cassette("user_legacy.yaml")
def test_older_operations_of_users(client: sk.SpaceKnow) -> None:
    answer = client.raw.user.authorize(body=AuthorizeRequest(token="no token"))
    assert answer.parsed.authorized is False
    assert client.raw.user.manage(body={}).parsed.token


@pytest.mark.default_cassette("credits.yaml")
def test_credits(client: sk.SpaceKnow) -> None:
    scene = first_scene(client)
    assert client.credits.remaining() >= 0
    cost = client.credits.check_area(CAR_PARK, scene_ids=[scene.scene_id])
    assert cost.km2 >= 0


@pytest.mark.costs
@pytest.mark.default_cassette("credits_allocate.yaml")
def test_allocation(client: sk.SpaceKnow, afford: Afford) -> None:
    scene = first_scene(client)
    place = sk.Extent.from_bounds(153.10, -27.43, 153.101, -27.429)
    expected = client.credits.check_area(place, scene_ids=[scene.scene_id])
    afford(expected.cost)
    spent = client.credits.allocate_area(place, scene_ids=[scene.scene_id])
    assert (spent.cost, spent.km2) == (expected.cost, expected.km2)


@pytest.mark.default_cassette("imagery.yaml")
def test_imagery(client: sk.SpaceKnow) -> None:
    narrow: dict[str, Any] = {"min_intersection": 0.2}
    pager = client.imagery.search(
        extent=CAR_PARK, start="2018", end="2018-03", provider=PROVIDER, dataset=DATASET, **narrow
    )
    scenes = pager.limit(3).collect()
    assert {scene.dataset for scene in scenes} == {DATASET}
    assert all(band.names for scene in scenes for band in scene.bands or ())


@pytest.mark.default_cassette("kraken.yaml")
def test_kraken(client: sk.SpaceKnow) -> None:
    scene = first_scene(client)
    estimate = client.kraken.dry_run(["cars"], scene_ids=[scene.scene_id], extent=CAR_PARK)
    assert estimate.result().analyzed_km2 >= 0


@pytest.mark.costs
@pytest.mark.default_cassette("kraken_release.yaml")
def test_release(client: sk.SpaceKnow, afford: Afford) -> None:
    scene = first_scene(client)
    estimate = client.kraken.dry_run(["cars"], scene_ids=[scene.scene_id], extent=CORNER).result()
    afford(estimate.allocated_credits)
    run = client.kraken.release("cars", scene_ids=[scene.scene_id], extent=CORNER)
    told: list[sk.Progress] = []
    kraken_map = run.result(on_progress=told.append)
    tile = kraken_map.tiles[0]

    def file(name: str) -> sk.GridFile:
        found = client.kraken.grid_file(kraken_map, tile, name)
        assert found is not None
        return found

    assert file("area.json").json()["cars"] >= 0
    assert file("detections.geojson").json()["type"] == "FeatureCollection"
    assert file("cars.png").content.startswith(b"\x89PNG")
    with pytest.raises(sk.APIError):
        client.kraken.grid_file(kraken_map, tile, "nothing.png")


@pytest.mark.default_cassette("tasking.yaml")
def test_tasking(client: sk.SpaceKnow) -> None:
    with pytest.raises(sk.errors.NonExistentPipelineError) as caught:
        client.pipelines.attach("0" * 20, operation="kraken.release").status()
    assert caught.value.operation == "tasking.get_status"


@pytest.mark.default_cassette("errors.yaml")
def test_refusals(client: sk.SpaceKnow) -> None:
    with pytest.raises(sk.APIError) as caught:
        next(
            client.imagery.search(extent=CAR_PARK, provider=PROVIDER, dataset=DATASET).by_page(
                cursor="no-such-cursor"
            )
        )
    assert caught.value.code
    with pytest.raises(sk.APIError):
        client.kraken.grid_file("no-map", (16, 60637, 37956), "cars.png")


def test_the_folder_has_a_cassette_of_every_resource() -> None:
    names = {path.stem for path in (Path(__file__).parent / "cassettes").glob("*.yaml")}
    described = {name.partition(".")[0] for name in OPERATIONS}
    assert {
        "imagery",
        "kraken",
        "credits",
        "user",
        "geojsondb",
        "datacube",
        "tasking",
    } & described <= names
