"""Releases that allocate first, and allocations with limited spending."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import Both
from tests.money.conftest import SHIBAURA, calls, price, spent
from tests.places import CAR_PARK

CHECK, ALLOCATE, RELEASE = "credits.check_area", "credits.allocate_area", "kraken.release.initiate"
MONEY = (CHECK, ALLOCATE, RELEASE)


async def test_without_an_allocation_the_402_names_the_ways_to_one(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.errors.NotEnoughCreditsError) as caught:
        await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA))
    for way in (
        "client.credits.allocate_area(",
        "allocate=True, max_credits=",
        "spaceknow credits allocate",
    ):
        assert way in str(caught.value)
    assert calls(emulator, *MONEY) == [RELEASE]


@pytest.mark.parametrize("code", [None, "ALLOCATION-MISSING"])
async def test_so_does_a_402_of_another_code(
    both: Both, emulator: Emulator, ids: list[str], code: str | None
) -> None:
    emulator.fault(RELEASE, Fault.status(402, code=code))
    client = both.of(emulator)
    with pytest.raises(sk.errors.APIError, match="allocate=True, max_credits="):
        await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA))


async def test_it_prices_allocates_and_releases(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    cost = price(emulator, ids[:2])
    assert cost > 0
    client = both.of(emulator)
    run = await both.settle(
        client.kraken.release("cars", ids[:2], SHIBAURA, allocate=True, max_credits=cost)
    )
    assert calls(emulator, *MONEY)[-3:] == list(MONEY)
    assert len(calls(emulator, *MONEY)) == 4  # one is the price above
    assert run.spent == cost == spent(emulator)
    assert isinstance(await both.settle(run.result()), sk.KrakenMap)
    again = await both.settle(
        client.kraken.release("imagery", ids[:1], SHIBAURA, allocate=True, max_credits=0)
    )
    assert again.spent == 0
    assert calls(emulator, *MONEY)[4:] == [CHECK, RELEASE]
    assert spent(emulator) == cost


async def test_what_is_over_the_ceiling_is_not_started(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    cost = price(emulator, ids[:1])
    client = both.of(emulator)
    starts = [
        partial(client.kraken.release, "cars", ids[:1], SHIBAURA, allocate=True),
        partial(client.credits.allocate_area, SHIBAURA, ids[:1]),
    ]
    for start in starts:
        with pytest.raises(sk.CreditLimitError) as caught:
            await both.settle(start(max_credits=cost * 0.999))
        assert caught.value.estimate == cost
    assert calls(emulator, *MONEY) == [CHECK] * 3
    assert spent(emulator) == 0


async def test_without_allocate_nothing_is_allocated(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.CreditLimitError):
        await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA, max_credits=0))
    with pytest.raises(sk.errors.NotEnoughCreditsError):
        await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA, max_credits=100))
    run = client.kraken.release_many("cars", scene_ids=ids[:2], extent=SHIBAURA, max_credits=100)
    for outcome in await both.items_of(run):
        assert isinstance(outcome.error, sk.errors.NotEnoughCreditsError)
        assert outcome.spent is None
    assert calls(emulator, ALLOCATE, CHECK) == []


async def test_a_free_area_costs_nothing(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = (
        await both.items_of(
            client.imagery.search(
                extent=CAR_PARK, provider="gbdx", dataset="idaho-pansharpened"
            ).limit(1)
        )
    )[0]
    run = await both.settle(
        client.kraken.release("cars", [scene.scene_id], CAR_PARK, allocate=True, max_credits=0)
    )
    assert run.spent == 0
    assert calls(emulator, *MONEY) == [CHECK, RELEASE]


@pytest.mark.parametrize(
    "odd",
    [
        {"allocate": True},
        {"allocate": 1, "max_credits": 1},
        *[
            {"allocate": True, "max_credits": limit}
            for limit in (-1, float("nan"), float("inf"), "5", True, Decimal("NaN"), -(10**5000))
        ],
    ],
    ids=lambda odd: str(sorted(odd)),
)
async def test_odd_ceilings_are_refused(both: Both, emulator: Emulator, odd: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError, match=r"max_credits|allocate"):
        await both.settle(client.kraken.release("cars", ["a"], SHIBAURA, **odd))
    with pytest.raises(sk.InvalidArgumentError, match=r"max_credits|allocate"):
        client.kraken.release_many("cars", scene_ids=["a"], extent=SHIBAURA, **odd)
    if "max_credits" in odd and odd["allocate"] is True:
        with pytest.raises(sk.InvalidArgumentError, match="max_credits"):
            await both.settle(
                client.credits.allocate_area(SHIBAURA, ["a"], max_credits=odd["max_credits"])
            )
    assert emulator.calls() == []


async def test_a_release_that_cannot_be_right_is_not_paid_for(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    client = both.of(emulator)
    wide = sk.Extent.from_bounds(139.7, 84.9, 139.8, 85.1)
    for arguments in (
        {"map_type": "", "extent": SHIBAURA},
        {"map_type": "cars", "extent": wide},  # no allocation extends so far north
        {"map_type": "cars", "extent": SHIBAURA, "sub_geometry": {"a": "b" * 70_000}},
        {"map_type": "cars", "extent": SHIBAURA, "sub_geometry": "b"},
    ):
        with pytest.raises(sk.InvalidArgumentError):
            await both.settle(
                client.kraken.release(scene_ids=ids[:1], allocate=True, max_credits=9, **arguments)
            )
    with pytest.raises(sk.ConfigError, match="journal"):
        await both.settle(
            client.kraken.release(
                "cars", ids[:1], SHIBAURA, allocate=True, max_credits=9, reuse=True
            )
        )
    assert calls(emulator, *MONEY) == []
    emulator.add_user("poor", "p", ["credits", "imagery"])
    auth = sk.PasswordAuth("poor", "p")
    client = both.of(emulator, auth=auth, check_permissions=True)
    with pytest.raises(sk.PermissionDeniedError):
        await both.settle(
            client.kraken.release("cars", ids[:1], SHIBAURA, allocate=True, max_credits=9)
        )
    assert calls(emulator, *MONEY) == []


async def test_reuse_looks_before_it_asks_for_a_price(
    both: Both, emulator: Emulator, ids: list[str], tmp_path: Path
) -> None:
    client = both.of(emulator, journal=tmp_path / "runs.sqlite")
    options = {"allocate": True, "max_credits": 9, "reuse": True}
    first = await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA, **options))
    seen = len(emulator.calls())
    again = await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA, **options))
    assert again.id == first.id
    assert again.spent is None
    run = client.kraken.release_many("cars", scene_ids=ids[:1], extent=SHIBAURA, **options)
    (outcome,) = await both.items_of(run)
    assert outcome.pipeline.id == first.id
    assert outcome.spent is None
    assert {call.operation for call in emulator.calls()[seen:]} <= {
        "tasking.get_status",
        "kraken.release.retrieve",
    }


async def test_what_fails_after_the_allocation_tells_what_was_spent(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    cost = price(emulator, ids[:1])
    client = both.of(emulator)
    options = {"allocate": True, "max_credits": cost}
    emulator.fail(RELEASE, "EXTENT-TOO-LARGE")
    with pytest.raises(sk.errors.ExtentTooLargeError) as refused:
        await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA, **options))
    assert refused.value.spent == cost == spent(emulator)
    assert f"{cost:g} credits spent" in str(refused.value)
    again = await both.settle(client.kraken.release("cars", ids[:1], SHIBAURA, **options))
    assert again.spent == 0

    emulator.script("kraken.release", ["FAILED"], error="PROVIDER-ERROR")
    run = client.kraken.release_many("cars", scene_ids=ids[1:2], extent=SHIBAURA, **options)
    (outcome,) = await both.items_of(run)
    assert isinstance(outcome.error, sk.PipelineFailedError)
    assert outcome.spent == outcome.error.spent == cost
    assert spent(emulator) == round(2 * cost, 6)


async def test_a_lost_answer_keeps_its_reservation(
    both: Both, emulator: Emulator, ids: list[str]
) -> None:
    cost = price(emulator, ids[:1])
    client = both.of(emulator)
    emulator.fault(ALLOCATE, Fault.drop(after="effect"))
    run = client.kraken.release_many(
        "cars",
        scene_ids=ids[:3],
        extent=SHIBAURA,
        allocate=True,
        max_credits=2 * cost,
        concurrency=1,
    )
    outcomes = await both.items_of(run)
    assert [type(outcome.error) for outcome in outcomes] == [
        sk.AmbiguousRequestError,
        type(None),
        sk.CreditLimitError,
    ]
    assert [(outcome.spent, outcome.reserved) for outcome in outcomes] == [
        (None, cost),
        (cost, None),
        (None, None),
    ]
    assert outcomes[2].error.planned == 2 * cost
    assert spent(emulator) == 2 * cost
    assert calls(emulator, RELEASE) == [RELEASE]


async def test_a_run_counts_as_people_do(both: Both, emulator: Emulator, ids: list[str]) -> None:
    """Three times 0.1 are 0.3, and all tasks of a run count together."""
    emulator.fault(CHECK, Fault.edit({"cost": 0.1}, times=None))
    emulator.fault(ALLOCATE, Fault.edit({"cost": 0.1}, times=None))
    client = both.of(emulator)
    seen: list[sk.RunProgress] = []
    run = client.kraken.release_many(
        "cars",
        scene_ids=ids[:8],
        extent=SHIBAURA,
        allocate=True,
        max_credits=0.3,
        concurrency=8,
        on_progress=seen.append,
    )
    outcomes = await both.items_of(run)
    assert sorted(outcome.spent or 0 for outcome in outcomes) == [0, 0, 0, 0, 0, 0.1, 0.1, 0.1]
    assert seen[-1].credits == 0.3
    assert len(calls(emulator, ALLOCATE)) == 3


@pytest.mark.parametrize("cost", [float("nan"), float("inf"), -5, -1e-9])
@pytest.mark.parametrize("allocate", [True, False])
async def test_an_estimate_that_is_no_price_stops_the_run(
    both: Both, emulator: Emulator, ids: list[str], cost: float, allocate: bool
) -> None:
    edit = {"cost": cost} if allocate else {"allocatedCredits": cost}
    operation = CHECK if allocate else "kraken.dry_run.retrieve"
    emulator.fault(operation, Fault.edit(edit, times=None))
    client = both.of(emulator)
    run = client.kraken.release_many(
        "cars", scene_ids=ids, extent=SHIBAURA, allocate=allocate, max_credits=9, concurrency=4
    )
    outcomes = await both.items_of(run)
    # Others that had started may receive the error first.
    told = [one.error for one in outcomes if isinstance(one.error, sk.InvalidResponseError)]
    assert told
    for error in told:
        assert "0 credits were spent" in str(error)
        assert error.request_id or not allocate
    assert len(outcomes) <= 4 < len(ids)
    assert calls(emulator, ALLOCATE, RELEASE) == []
    if allocate:
        assert len(calls(emulator, CHECK)) == 1
        with pytest.raises(sk.InvalidResponseError):
            await both.settle(client.credits.allocate_area(SHIBAURA, ids[:1], max_credits=9))
        assert calls(emulator, ALLOCATE) == []


@pytest.mark.parametrize("told", [float("nan"), float("inf"), -5, 7.5])
async def test_a_cost_that_was_not_agreed_to_stops_the_run(
    both: Both, emulator: Emulator, ids: list[str], told: float
) -> None:
    cost = price(emulator, ids[:1])
    client = both.of(emulator)
    seen: list[sk.RunProgress] = []
    run = client.kraken.release_many(
        "cars",
        scene_ids=ids,
        extent=SHIBAURA,
        allocate=True,
        max_credits=99,
        concurrency=1,
        on_progress=seen.append,
    )
    emulator.fault(ALLOCATE, Fault.edit({"cost": cost}), Fault.edit({"cost": told}))
    outcomes = await both.items_of(run)
    assert outcomes[0].spent == cost
    assert len(outcomes) == 2
    error = outcomes[1].error
    if told == 7.5:
        assert isinstance(error, sk.CreditLimitError)
        assert outcomes[1].spent == error.spent == 7.5
        assert f"{cost + 7.5:.12g} credits were spent" in str(error)
    else:
        known = sk.InvalidResponseError if told == -5 else sk.AmbiguousRequestError
        assert isinstance(error, known)
        assert outcomes[1].reserved == error.reserved == cost
        assert f"{cost:.12g} credits were spent" in str(error)
    assert error.request_id
    assert len(calls(emulator, ALLOCATE)) == 2
    assert len(calls(emulator, RELEASE)) == 1
