"""`spaceknow contract check`."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from spaceknow_client.emulator import Emulator, Fault
from tests.cli.shell import run

CHECK = ("contract", "check")


def test_a_service_that_is_named_is_asked(served: Emulator) -> None:
    before = len(served.calls())
    ran = run(*CHECK)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{served.url}: ")
    assert "as described" in ran.out
    assert len(served.calls()) > before + 15


def test_an_emulator_takes_its_demo_user(served: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"SPACEKNOW_{name}")
    ran = run(*CHECK, "--environment", "emulator", "--base-url", served.url)
    assert (ran.code, ran.err) == (0, "")


def test_without_one_it_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENVIRONMENT", "BASE_URL", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"SPACEKNOW_{name}", raising=False)
    ran = run(*CHECK, "--include-writes", "--json")
    assert (ran.code, ran.err) == (0, "")
    outcomes = {each["outcome"] for each in json.loads(ran.out)["operations"]}
    assert outcomes == {"fine"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--environment", "production"), "--live"),
        (("--environment", "production", "--include-writes", "--live"), "only for an emulator"),
        (("--extent", "nowhere.geojson"), "cannot be read"),
    ],
)
def test_money_is_not_at_stake(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("SPACEKNOW_BASE_URL")
    monkeypatch.setenv("SPACEKNOW_TOKEN", "token")
    ran = run(*CHECK, *arguments)
    assert ran.code in (1, 2)
    assert said in " ".join(ran.err.split())


def test_what_the_emulator_seeds_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.xml"
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.fault("user.info", Fault.edit({"newMember": "new"}, status=299, times=None))
        emu.fault("credits.check_area", Fault.edit(without=["km2"], times=None))
        monkeypatch.setenv("SPACEKNOW_BASE_URL", emu.url)
        monkeypatch.setenv("SPACEKNOW_AUTH_URL", emu.url)
        monkeypatch.setenv("SPACEKNOW_CLIENT_ID", "any")
        ran = run(*CHECK, "--json", "--junit", str(report))
        text = run(*CHECK)
    assert ran.code == text.code == 1
    found = [
        (each["operation"], each["kind"], each["member"]) for each in json.loads(ran.out)["drifts"]
    ]
    assert sorted(found) == [
        ("credits.check_area", "missing member", "km2"),
        ("user.info", "status", ""),
        ("user.info", "unknown member", "newMember"),
    ]
    assert len(ET.parse(report).findall(".//failure")) == 3
    assert max(map(len, text.out.splitlines())) <= 80
