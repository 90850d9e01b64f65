"""The report, against an emulator of each test's own."""

from __future__ import annotations

import pytest
from parking_report import Day, as_text, cars_in, report

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault

PARK = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
SKYSAT = {"provider": "pl", "dataset": "SkySatCollect"}


@pytest.fixture
def client(spaceknow_emulator: Emulator) -> sk.SpaceKnow:
    return spaceknow_emulator.client(retry=sk.RetryPolicy(backoff=0.01))


@pytest.fixture
def scene(client: sk.SpaceKnow) -> sk.Scene:
    return next(iter(client.imagery.search(extent=PARK, **SKYSAT)))


def test_working_days_are_fuller_than_weekends(client: sk.SpaceKnow) -> None:
    days = report(client, PARK, "2018-01", "2018-03")
    assert days == sorted(days, key=lambda each: each.day)
    working = [each.cars or 0 for each in days if each.day.weekday() < 5]
    weekend = [each.cars or 0 for each in days if each.day.weekday() >= 5]
    assert min(working) > 0
    assert not weekend or sum(working) / len(working) > sum(weekend) / len(weekend)
    assert as_text(days).count("\n") == len(days) - 1


def test_what_nobody_pays_for_is_said(
    spaceknow_emulator: Emulator, client: sk.SpaceKnow, scene: sk.Scene
) -> None:
    statuses = ["NEW", "PROCESSING", "FAILED"]
    spaceknow_emulator.script("kraken.release", statuses, error="NOT-ENOUGH-CREDITS")
    assert cars_in(client, scene, PARK) is None
    day = Day(scene.datetime.date(), None)
    assert as_text([day]).endswith("not paid for")


def test_an_outage_changes_nothing(
    spaceknow_emulator: Emulator, client: sk.SpaceKnow, scene: sk.Scene
) -> None:
    expected = cars_in(client, scene, PARK)
    fault = Fault.status(503, retry_after=0.1)
    spaceknow_emulator.fault("kraken.release.retrieve", Fault.drop(times=2), fault)
    assert cars_in(client, scene, PARK) == expected
    assert len(spaceknow_emulator.calls("kraken.release.initiate")) == 2


@pytest.mark.spaceknow(seed=7)
def test_another_world_has_other_cars(client: sk.SpaceKnow) -> None:
    assert report(client, PARK, "2018-01", "2018-02")
