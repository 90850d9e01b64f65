"""The client reads recorded traffic of the Datacube API, without a network."""

from __future__ import annotations

from typing import Any

import pytest

import spaceknow_client as sk

pytestmark = [pytest.mark.vcr, pytest.mark.block_network(allowed_hosts=["127.0.0.1"])]


@pytest.mark.default_cassette("datacube.yaml")
def test_datacube(client: sk.SpaceKnow) -> None:
    assert isinstance(client.datacube.catalogue(), dict)


@pytest.mark.costs
@pytest.mark.default_cassette("datacube_datapoints.yaml")
def test_data_points(client: sk.SpaceKnow) -> None:
    condition = {"field": "project", "type": "value-list", "params": {"values": ["coal"]}}
    options: dict[str, Any] = {"keep_duplicates": False}
    assert client.datacube.datapoints([condition], **options).result().csv_link
