"""`check_contract`: it calls what is read-only, and finds all that has drifted, each once."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import spaceknow_client as sk
from spaceknow_client.contract_check.check import (
    ContractReport,
    SearchArea,
    check_contract,
)
from spaceknow_client.contract_check.report import as_json, as_junit, as_text
from spaceknow_client.emulator import Emulator, Fault
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
}
SEEDED = {
    "add:user.info:newMember": ("user.info", "unknown member", "newMember"),
    "remove:user.info:permissions": ("user.info", "missing member", "permissions"),
    "status:user.info:203": ("user.info", "status", ""),
    "type:credits.remaining:remainingCredit": ("credits.remaining", "type", "remainingCredit"),
    "null:credits.check_area:km2": ("credits.check_area", "type", "km2"),
    "enum:tasking.get_status:status": ("tasking.get_status", "enum", "status"),
    "type:tasking.get_status:progress": ("tasking.get_status", "type", "progress"),
    "status:imagery.search.initiate:418": ("imagery.search.initiate", "status", ""),
    "add:imagery.search.retrieve:results[].bands[].unit": (
        "imagery.search.retrieve",
        "unknown member",
        "results[].bands[].unit",
    ),
    "enum:imagery.search.retrieve:results[].footprint.type": (
        "imagery.search.retrieve",
        "enum",
        "results[].footprint.type",
    ),
    "content-type:datacube.catalogue:text/html": ("datacube.catalogue", "content type", ""),
    "status:kraken.dry_run.retrieve:503": ("kraken.dry_run.retrieve", "status", ""),
    "remove:kraken.dry_run.retrieve:analyzedKm2": (
        "kraken.dry_run.retrieve",
        "missing member",
        "analyzedKm2",
    ),
}


def checked(emu: Emulator, **options: Any) -> ContractReport:
    with emu.client() as client:
        return check_contract(client, **options)


def found(report: ContractReport) -> list[tuple[str, str, str]]:
    return [(drift.operation, drift.kind, drift.member) for drift in report.drifts]


def test_what_is_as_described_is_fine() -> None:
    with Emulator(seconds_per_pipeline=0, page_size=3) as emu:
        report = checked(emu)
        assert {call.operation for call in emu.calls()} == READ_ONLY
    assert report.is_fine
    assert {each.operation for each in report.operations if each.outcome == "fine"} == READ_ONLY
    assert len(emu.calls("imagery.search.initiate")) == 2  # the second page, too
    (info,) = emu.calls("user.info")
    assert [each.request_ids for each in report.operations if each.operation == "user.info"] == [
        [info.request_id]
    ]


def test_everything_is_called_on_an_emulator_alone() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        report = checked(emu, everything=True)
        assert report.is_fine
        assert {each.outcome for each in report.operations} == {"fine"}
    with (
        sk.SpaceKnow(auth=sk.TokenAuth("t")) as client,
        pytest.raises(sk.ConfigError, match="emulator only"),
    ):
        check_contract(client, everything=True)


def test_all_that_has_drifted_is_found_once() -> None:
    with Emulator(seconds_per_pipeline=0, drift=SEEDED) as emu:
        emu.script("imagery.search", ["NEW", "PROCESSING", "RESOLVED"])
        report = checked(emu)
        ids = {call.request_id for call in emu.calls()}
    # Pipelines went on with what had come with a wrong status.
    assert sorted(found(report)) == sorted(SEEDED.values())
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
    drift = ("type:imagery.search.initiate:pipelineId",)
    with Emulator(seconds_per_pipeline=0, drift=drift) as emu:
        report = checked(emu)
    outcomes = {each.operation: each for each in report.operations}
    assert found(report) == [("imagery.search.initiate", "type", "pipelineId")]
    assert outcomes["imagery.search.retrieve"].outcome == "not reached"
    assert "pipelineId" in outcomes["imagery.search.retrieve"].note
    assert outcomes["kraken.dry_run.retrieve"].outcome == "not reached"
    assert outcomes["datacube.catalogue"].outcome == "fine"


def test_an_operation_that_has_gone_is_drift_and_a_missing_right_is_not() -> None:
    gone = Fault.status(404, code="NON-EXISTENT-ENDPOINT", times=None)
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.add_user("x@example.com", "correct horse", ["imagery.availability"])
        emu.fault("datacube.catalogue", gone)
        client = emu.client(auth=sk.PasswordAuth("x@example.com", "correct horse"))
        with client:
            report = check_contract(client)
    assert found(report) == [("datacube.catalogue", "status", "")]
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
    assert "nothing was seen" in "\n".join(as_text(report))


def test_the_place_can_be_chosen() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        place = SearchArea(provider="pl", dataset="PSScene4Band", extent=CAR_PARK.to_geojson())
        assert checked(emu, place=place).is_fine
        assert emu.calls("imagery.search.initiate")[0].body["dataset"] == "PSScene4Band"
