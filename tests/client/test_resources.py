"""Each API's resource, with both clients, compared with the emulator's state."""

from __future__ import annotations

from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX, TOKYO


async def first_scene(both: Both, client: Any, extent: sk.Extent) -> str:
    scene = await both.settle(client.imagery.search(extent=extent, **GBDX).first())
    return str(scene.scene_id)


async def test_credits_buy_a_release(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await first_scene(both, client, TOKYO)
    before = await both.settle(client.credits.remaining())
    with pytest.raises(sk.errors.NotEnoughCreditsError):
        await both.settle(client.kraken.release("cars", scene_ids=[scene], extent=TOKYO))
    asked: sk.AreaCost = await both.settle(client.credits.check_area(TOKYO, scene_ids=[scene]))
    assert asked.cost > 0
    assert asked.km2 > 0
    assert await both.settle(client.credits.remaining()) == before
    paid: sk.AreaCost = await both.settle(client.credits.allocate_area(TOKYO, scene_ids=[scene]))
    assert paid.cost == pytest.approx(asked.cost)
    assert await both.settle(client.credits.remaining()) == pytest.approx(before - paid.cost)
    run = await both.settle(client.kraken.release("cars", scene_ids=[scene], extent=TOKYO))
    assert isinstance(await both.settle(run.result()), sk.KrakenMap)
    again = await both.settle(client.credits.check_area(TOKYO, scene_ids=[scene]))
    assert again.cost == 0


async def test_an_allocation_that_is_too_dear(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await first_scene(both, client, TOKYO)
    huge = sk.Extent.from_bounds(100, -60, 170, 60)
    before = await both.settle(client.credits.remaining())
    with pytest.raises(sk.CreditsError) as caught:
        await both.settle(client.credits.allocate_area(huge, scene_ids=[scene]))
    assert caught.value.code == "NOT-ENOUGH-CREDITS"
    assert await both.settle(client.credits.remaining()) == before


async def test_a_dry_run_spends_nothing(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await first_scene(both, client, TOKYO)
    before = await both.settle(client.credits.remaining())
    run = await both.settle(
        client.kraken.dry_run(["cars", "imagery"], scene_ids=[scene], extent=TOKYO)
    )
    estimate: sk.DryRunResult = await both.settle(run.result())
    assert estimate.allocated_credits > 0
    assert estimate.allocated_km2 > 0
    assert await both.settle(client.credits.remaining()) == before
    free = await both.settle(
        client.kraken.dry_run(
            "cars", scene_ids=[await first_scene(both, client, CAR_PARK)], extent=CAR_PARK
        )
    )
    assert (await both.settle(free.result())).allocated_credits == 0


async def test_guardian_users_come_and_go(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    account = {"email": "guard@example.com", "password": "billabong", "name": "Guard"}
    await both.settle(client.user.create_guardian_user(**account))
    guard = both.of(emulator, auth=sk.PasswordAuth(account["email"], account["password"]))
    assert (await both.settle(guard.user.info())).email == account["email"]
    await both.settle(client.user.delete_guardian_user(email=account["email"]))
    with pytest.raises(sk.errors.NonExistentUserError):
        await both.settle(client.user.delete_guardian_user(email=account["email"]))
    shown = repr(emulator.calls("user.create_guardian_user"))
    assert "billabong" not in shown


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.credits.check_area(TOKYO, scene_ids=[]),
        lambda c: c.credits.allocate_area(TOKYO, scene_ids="s"),
        lambda c: c.credits.allocate_area(sk.Extent.from_bounds(0, 80, 1, 86), scene_ids=["s"]),
        lambda c: c.kraken.dry_run([], scene_ids=["s"], extent=TOKYO),
        lambda c: c.kraken.dry_run([""], scene_ids=["s"], extent=TOKYO),
        lambda c: c.user.create_guardian_user(email="", password="p", name="n"),
        lambda c: c.user.delete_guardian_user(email=None),
    ],
)
async def test_bad_input_is_not_sent(both: Both, emulator: Emulator, call: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(call(client))
    assert emulator.calls() == []


async def test_legacy_operations_are_reached_through_raw(both: Both, emulator: Emulator) -> None:
    from spaceknow_client.generated.models import (
        AuthorizeRequest,
        GeojsonReleaseRequest,
    )

    client = both.of(emulator)
    scene = await first_scene(both, client, CAR_PARK)
    body = GeojsonReleaseRequest(scene_id=scene, extent=CAR_PARK.to_geojson())
    started = await both.settle(client.raw.kraken.release_geojson_initiate("cars", body=body))
    run = client.pipelines.attach(started.parsed.pipeline_id, operation="kraken.release")
    emulator.add_user("guest@example.com", "word", permissions=["imagery"])
    guest = both.of(emulator, auth=sk.PasswordAuth("guest@example.com", "word"))
    with pytest.raises(sk.errors.NotAuthorizedError):
        await both.settle(guest.raw.user.authorize(body=AuthorizeRequest(token="t")))
    assert run.id == started.parsed.pipeline_id
