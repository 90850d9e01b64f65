"""A service that allocates, and its own ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.places import GBDX

SHIBAURA = sk.Extent.from_bounds(139.744, 35.634, 139.757, 35.645)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(seconds_per_pipeline=0) as emulator:
        yield emulator


@pytest.fixture
def ids(emulator: Emulator) -> list[str]:
    """Scenes of a place without an allocation."""
    return scene_ids(emulator)


def scene_ids(emulator: Any, extent: sk.Extent = SHIBAURA, number: int | None = None) -> list[str]:
    with emulator.client() as client:
        search = client.imagery.search(extent=extent, **GBDX)
        found = search if number is None else search.limit(number)
        return [scene.scene_id for scene in found]


def spent(emulator: Emulator) -> float:
    """Credits that the service has charged, by its own account."""
    with emulator.client() as client:
        return round(1000 - client.credits.remaining(), 6)


def price(emulator: Emulator, ids: list[str], extent: sk.Extent = SHIBAURA) -> float:
    with emulator.client() as client:
        return client.credits.check_area(extent, ids).cost


def calls(emulator: Emulator, *operations: str) -> list[str | None]:
    """The operations that were called, of those named."""
    return [call.operation for call in emulator.calls() if call.operation in operations]
