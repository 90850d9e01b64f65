"""Prism finds no violation of the document in the traffic between clients and the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

import spaceknow_client as sk
from spaceknow_client.contract_check.check import check_contract
from spaceknow_client.emulator import Fault
from tests.emulator.conftest import Api
from tests.emulator.test_old_clients import test_a_login_by_form as test_a_login_by_form
from tests.emulator.test_old_clients import (
    test_a_release_by_map_type_and_geojson as test_a_release_by_map_type_and_geojson,
)
from tests.emulator.test_old_clients import (
    test_a_state_asked_without_token as test_a_state_asked_without_token,
)
from tests.emulator.test_old_clients import (
    test_an_extent_as_feature as test_an_extent_as_feature,
)
from tests.emulator.test_old_clients import (
    test_files_read_without_token as test_files_read_without_token,
)
from tests.emulator.test_old_clients import test_no_body_at_all as test_no_body_at_all
from tests.prism.conftest import VIOLATION, Proxied


@pytest.fixture(scope="module")
def api(emu: Proxied) -> Iterator[Api]:
    """An independent client: plain httpx."""
    with Api(emu) as made:  # type: ignore[arg-type]  # it has what is used here
        yield made


def test_our_client_calls_every_operation(emu: Proxied) -> None:
    emu.emulator.script("imagery.search", ["NEW", "PROCESSING", "RESOLVED"], times=2)
    before = len(emu.calls())
    with emu.client() as client:
        report = check_contract(client, include_writes=True)
    assert report.is_fine
    assert {each.outcome for each in report.operations} == {"fine"}
    called = emu.calls()[before:]
    assert {each.operation for each in report.operations} == {call.operation for call in called}


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 5, "email": "e", "name": "n", "permissions": []},
        {"id": "5", "email": "e", "permissions": []},
        {"id": "5", "email": "e", "name": "n", "permissions": "all"},
    ],
)
def test_a_violation_would_be_noticed(emu: Proxied, api: Api, answer: object) -> None:
    emu.emulator.fault("user.info", Fault.json(answer))
    response = api.post("/user/info")
    assert response.status_code == 500
    assert VIOLATION in response.text


def test_a_request_that_is_none_would_be_noticed(emu: Proxied, api: Api) -> None:
    response = httpx.post(
        f"{emu.url}/tasking/get-status",
        json={"pipelineId": 5},
        headers={"authorization": f"Bearer {api.token}"},
    )
    assert VIOLATION in response.text


def test_an_error_of_the_service_comes_through(emu: Proxied) -> None:
    with emu.client() as client, pytest.raises(sk.errors.NonExistentPipelineError):
        client.pipelines.attach("0" * 20, operation="kraken.release").status()
