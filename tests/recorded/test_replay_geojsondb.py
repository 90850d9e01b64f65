"""The client reads recorded traffic of the GeoJSON DB API, without a network."""

from __future__ import annotations

import pytest

import spaceknow_client as sk
from tests.places import CAR_PARK

pytestmark = [pytest.mark.vcr, pytest.mark.block_network(allowed_hosts=["127.0.0.1"])]


@pytest.mark.default_cassette("geojsondb.yaml")
def test_geojsondb(client: sk.SpaceKnow) -> None:
    found = client.geojsondb.search({"properties.collection": "spaceknow-client"})
    assert isinstance(found.limit(2).collect(), list)


@pytest.mark.writes
@pytest.mark.default_cassette("geojsondb_create.yaml")
def test_stored_features(client: sk.SpaceKnow) -> None:
    feature = {
        "type": "Feature",
        "geometry": CAR_PARK.to_geojson(),
        "properties": {"name": "Staff car park"},
    }
    created = client.geojsondb.create([feature], collection="spaceknow-client")
    assert len(created) == 1
    found = client.geojsondb.search({"properties.collection": "spaceknow-client"}).collect()
    assert found
