"""The resource of data points, with both clients, compared with the emulator's state."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.request import urlopen

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.client.test_light import MAKE, loaded_by
from tests.conftest import Both


def lines_of(url: str) -> list[str]:
    with urlopen(url) as answer:  # a loopback address of the emulator
        return str(answer.read().decode()).splitlines()


async def test_datapoints_are_a_csv_file(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    catalogue = await both.settle(client.datacube.catalogue())
    algorithm = next(iter(catalogue))
    condition = {"field": "algorithm", "type": "value-list", "params": {"values": [algorithm]}}
    run = await both.settle(client.datacube.datapoints([condition]))
    result: sk.DatapointsResult = await both.settle(run.result())
    header, *rows = await asyncio.to_thread(lines_of, result.csv_link)
    assert "algorithm" in header.split(",")
    assert rows
    assert all(algorithm in row for row in rows)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.datacube.datapoints("all"),
        lambda c: c.datacube.datapoints([{"field": "project"}]),
    ],
)
async def test_bad_input_is_not_sent(both: Both, emulator: Emulator, call: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(call(client))
    assert emulator.calls() == []


def test_pandas_loads_when_it_is_needed() -> None:
    client = MAKE.format("SpaceKnow")
    assert "pandas" not in loaded_by("import spaceknow_client as sk", client, "client.datacube")
