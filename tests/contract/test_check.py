"""`check_contract`: calls only read-only operations, and reports each deviation once."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import spaceknow_client as sk
from spaceknow_client.contract_check.check import check_contract
from spaceknow_client.contract_check.inputs import SearchArea
from spaceknow_client.contract_check.report import ContractReport, as_json, as_junit, as_text
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.catalogue import OPERATIONS
from tests.places import CAR_PARK

READ_ONLY = {
    "auth0.login",
    "tasking.get_status",
    "imagery.search.initiate",
    "imagery.search.retrieve",
    "kraken.dry_run.initiate",
    "kraken.dry_run.retrieve",
    "credits.remaining",
    "credits.check_area",
    "user.info",
    "geojsondb.search",
    "datacube.catalogue",
} & OPERATIONS.keys()
FAULTS = {
    "user.info": Fault.edit({"newMember": "new"}, without=["permissions"], status=203, times=None),
    "credits.remaining": Fault.edit({"remainingCredit": "text"}, times=None),
    "credits.check_area": Fault.edit({"km2": None}, media_type="text/html", times=None),
    "tasking.get_status": Fault.edit({"status": "DRIFTED", "progress": 5}, times=None),
    "imagery.search.initiate": Fault.edit(status=418, times=None),
    "imagery.search.retrieve": Fault.edit(
        {"results[].bands[].unit": "new", "results[].footprint.type": "DRIFTED"}, times=None
    ),
    "kraken.dry_run.retrieve": Fault.edit(without=["analyzedKm2"], status=503, times=None),
}
SEEDED = [
    ("user.info", "unknown member", "newMember"),
    ("user.info", "missing member", "permissions"),
    ("user.info", "status", ""),
    ("credits.remaining", "type", "remainingCredit"),
    ("credits.check_area", "type", "km2"),
    ("tasking.get_status", "enum", "status"),
    ("tasking.get_status", "type", "progress"),
    ("imagery.search.initiate", "status", ""),
    ("imagery.search.retrieve", "unknown member", "results[].bands[].unit"),
    ("imagery.search.retrieve", "enum", "results[].footprint.type"),
    ("credits.check_area", "content type", ""),
    ("kraken.dry_run.retrieve", "status", ""),
    ("kraken.dry_run.retrieve", "missing member", "analyzedKm2"),
]


def checked(emu: Emulator, **options: Any) -> ContractReport:
    with emu.client() as client:
        return check_contract(client, **options)


def found(report: ContractReport) -> list[tuple[str, str, str]]:
    return [(drift.operation, drift.kind, drift.member) for drift in report.drifts]


def test_what_is_as_described_is_fine() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        report = checked(emu)
        called = {call.operation for call in emu.calls()}
    assert called >= READ_ONLY
    # A new operation of the document is called only if it is safe.
    assert all(OPERATIONS[str(name)].safe_to_repeat for name in called - READ_ONLY)
    assert report.is_fine
    assert {each.operation for each in report.operations if each.outcome == "fine"} == called
    (info,) = emu.calls("user.info")
    assert [each.request_ids for each in report.operations if each.operation == "user.info"] == [
        [info.request_id]
    ]


def test_everything_is_called_on_an_emulator_alone() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        report = checked(emu, include_writes=True)
        assert report.is_fine
        assert {each.outcome for each in report.operations} == {"fine"}
    with (
        sk.SpaceKnow(auth=sk.TokenAuth("t")) as client,
        pytest.raises(sk.ConfigError, match="only for an emulator"),
    ):
        check_contract(client, include_writes=True)


def test_all_that_has_drifted_is_found_once() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        for operation, fault in FAULTS.items():
            emu.fault(operation, fault)
        emu.script("imagery.search", ["NEW", "PROCESSING", "RESOLVED"])
        report = checked(emu)
        ids = {call.request_id for call in emu.calls()}
    # Pipelines continued with the body of the response that had a wrong status.
    assert sorted(found(report)) == sorted(SEEDED)
    assert {drift.request_id for drift in report.drifts} <= ids
    assert not report.is_fine
    text = "\n".join(as_text(report))
    assert f"{len(SEEDED)} differences" in text
    assert max(map(len, text.splitlines())) <= 80
    data = json.loads(json.dumps(as_json(report)))
    assert len(data["drifts"]) == len(SEEDED)
    assert data["drifts"][0].keys() >= {"operation", "kind", "member", "detail", "requestId"}
    suite = ET.fromstring(as_junit(report)).find("testsuite")
    assert suite is not None
    assert suite.get("failures") == str(len(SEEDED)) == str(len(suite.findall("*/failure")))
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase"))


def test_it_goes_on_where_something_has_gone() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.fault("imagery.search.initiate", Fault.edit({"pipelineId": 5}, times=None))
        report = checked(emu)
    outcomes = {each.operation: each for each in report.operations}
    assert found(report) == [("imagery.search.initiate", "type", "pipelineId")]
    assert outcomes["imagery.search.retrieve"].outcome == "not reached"
    assert "pipelineId" in outcomes["imagery.search.retrieve"].note
    assert outcomes["kraken.dry_run.retrieve"].outcome == "not reached"
    assert outcomes["credits.remaining"].outcome == "fine"


def test_an_operation_that_has_gone_is_drift_and_a_missing_right_is_not() -> None:
    gone = Fault.status(404, code="NON-EXISTENT-ENDPOINT", times=None)
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.add_user("x@example.com", "correct horse", ["imagery.availability"])
        emu.fault("user.info", gone)
        client = emu.client(auth=sk.PasswordAuth("x@example.com", "correct horse"))
        with client:
            report = check_contract(client)
    assert found(report) == [("user.info", "status", "")]
    outcomes = {each.operation: each.outcome for each in report.operations}
    assert outcomes["credits.remaining"] == "refused"
    assert outcomes["imagery.search.retrieve"] == "fine"


def test_a_service_that_is_away_is_not_fine() -> None:
    emu = Emulator().bind()
    try:
        with emu.client() as client:
            report = check_contract(client)
    finally:
        emu.stop()
    assert report.drifts == []
    assert not report.is_fine
    assert "nothing was validated" in "\n".join(as_text(report))


def test_the_place_can_be_chosen() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        place = SearchArea(provider="pl", dataset="PSScene4Band", extent=CAR_PARK.to_geojson())
        assert checked(emu, place=place).is_fine
        assert emu.calls("imagery.search.initiate")[0].body["dataset"] == "PSScene4Band"
