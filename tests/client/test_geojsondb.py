"""The resource of stored features, with both clients, compared with the emulator's state."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both

TABLE = pd.DataFrame({"a": [1]})
HARBOUR = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [153.17, -27.38]},
    "properties": {"name": "harbour"},
}


async def test_features_are_stored_once(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    ids = await both.settle(client.geojsondb.create([HARBOUR], collection="ports"))
    assert len(ids) == 1
    assert await both.settle(client.geojsondb.create([HARBOUR], collection="ports")) == ids
    found = await both.items_of(client.geojsondb.search({"properties.collection": "ports"}))
    assert [feature["properties"]["name"] for feature in found] == ["harbour"]
    assert [feature["id"] for feature in found] == ids


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.geojsondb.create([]),
        lambda c: c.geojsondb.create([HARBOUR]),
        lambda c: c.geojsondb.create([{**HARBOUR, "id": "1"}], collection="ports"),
        lambda c: c.geojsondb.create([{"type": "Point"}], collection="ports"),
    ],
)
async def test_bad_input_is_not_sent(both: Both, emulator: Emulator, call: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(call(client))
    assert emulator.calls() == []


@pytest.mark.parametrize("value", ["abc", b"abc", 5, ["x"], [None], TABLE, {"type": "x"}, []])
async def test_lists_of_features(both: Both, emulator: Emulator, value: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError, match="features"):
        await both.settle(client.geojsondb.create(value))
    assert emulator.calls() == []


@pytest.mark.parametrize("half", ["\ud800", "a\udfffb"])
async def test_text_that_is_no_utf8_is_not_sent(both: Both, emulator: Emulator, half: str) -> None:
    client = both.of(emulator)
    feature = {**HARBOUR, "properties": {"name": {half: 1}}}
    collection = {"type": "FeatureCollection", "features": [feature]}
    with pytest.raises(sk.InvalidArgumentError, match=r"features\[0\]\.properties\.name"):
        await both.settle(client.geojsondb.create(collection, collection="c"))
    assert [call for call in emulator.calls() if call.operation != "auth0.login"] == []
