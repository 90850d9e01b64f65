"""`SpaceKnow(contract="warn")`: each deviation is one WARNING, and calls are not affected."""

from __future__ import annotations

import json
import logging
import random
import subprocess
import sys

import pytest

import spaceknow_client as sk
from spaceknow_client.contract.document import bundled_document
from spaceknow_client.contract.drift import Drift
from spaceknow_client.contract.judge import Judge, Message
from spaceknow_client.contract.watch import ContractWatch
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.transport import transport, transport_async
from spaceknow_client.transport.requests import content_of
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

LOGGER = "spaceknow_client"
SAID = "the service differs from its document: "
HEADERS = {"content-type": "application/json"}


@pytest.fixture
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "random", lambda: 1.0)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage().removeprefix(SAID)
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name == LOGGER
    ]


async def test_each_drift_is_told_once(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.fault("user.info", Fault.edit({"newMember": "new"}, times=None))
        emu.fault("tasking.get_status", Fault.edit({"status": "DRIFTED"}, times=None))
        emu.fault("credits.remaining", Fault.edit(status=203, times=None))
        emu.fault("kraken.dry_run.initiate", Fault.edit(media_type="text/plain", times=None))
        client = both.of(emu, contract="warn")
        for each in (client, client.with_options(timeout=20), client):
            await both.settle(each.user.info())
            await both.settle(each.credits.remaining())
            dry_run = each.kraken.dry_run(["cars"], scene_ids=["s"], extent=CAR_PARK)
            run = await both.settle(dry_run)
            emu.clock.advance(1)
            assert await both.settle(run.status()) == "DRIFTED"
        request_id = emu.calls("user.info")[0].request_id
    expected = {
        f"user.info: unknown member newMember: it is undocumented (HTTP 200, request id {request_id})",
        "tasking.get_status: enum status: DRIFTED is not one of the known values",
        "credits.remaining: status: HTTP 203 is undocumented",
        "kraken.dry_run.initiate: content type: expected application/json, received text/plain",
    }
    found = told(caplog)
    assert len(found) == len(expected)
    assert all(any(text.startswith(start) for text in found) for start in expected)


async def test_a_request_that_does_not_fit_is_told_once(
    both: Both, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = bundled_document()
    query = document["components"]["schemas"]["AreaCheckRequest"]
    query["required"] = [*query["required"], "creditsTier"]
    judge = Judge(document)
    with Emulator(seconds_per_pipeline=0) as emu:
        client = both.of(emu, contract="warn")
        await both.settle(client.user.info())
        with monkeypatch.context() as patch:
            patch.setattr(Judge, "bundled", classmethod(lambda _: judge))
            patch.setattr(transport, "content_of", content_of)
            patch.setattr(transport_async, "content_of", content_of)
            scene = await both.settle(client.imagery.search(**GBDX, extent=CAR_PARK).first())
            for _ in range(3):
                await both.settle(client.credits.check_area(CAR_PARK, [scene]))
    (text,) = told(caplog)
    assert text.startswith(
        "a request differs from the document: credits.check_area: request: missing member creditsTier:"
    )


async def test_it_is_told_when_the_answer_cannot_be_read(
    both: Both, caplog: pytest.LogCaptureFixture, never_sampled: None
) -> None:
    with Emulator() as emu:
        client = both.of(emu, contract="warn")
        for _ in range(10):  # from now on responses are sampled
            await both.settle(client.user.info())
        emu.fault("user.info", Fault.edit({"name": 5}, times=2))
        for _ in range(2):
            with pytest.raises(sk.InvalidResponseError):
                await both.settle(client.user.info())
    (text,) = told(caplog)
    assert text.startswith("user.info: type name: expected string, received integer")


async def test_every_scene_of_a_page_is_looked_at(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        wrong = Fault.edit({"results[].bands[].gsd": "text"}, times=None)
        emu.fault("imagery.search.retrieve", wrong)
        client = both.of(emu, contract="warn")
        with pytest.raises(sk.InvalidResponseError):
            await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX))
    (text,) = told(caplog)
    assert text.startswith("imagery.search.retrieve: type results[].bands[].gsd: expected number")


async def test_nothing_is_told_of_what_is_as_described(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        client = both.of(emu, contract="warn")
        scene = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
        names = [scene.scene_id]
        run = await both.settle(client.kraken.release("cars", scene_ids=names, extent=CAR_PARK))
        await both.settle(client.kraken.detections(await both.settle(run.result())))
        await both.settle(client.user.info())
        with pytest.raises(sk.errors.NonExistentPipelineError):
            await both.settle(
                client.pipelines.attach("0" * 20, operation="kraken.release").status()
            )
        emu.fault("user.info", Fault.html(502))
        await both.settle(client.user.info())
    assert told(caplog) == []


def test_the_first_ten_and_a_sample_of_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def validate_response(judge: Judge, operation: str, message: Message) -> list[Drift]:
        judged.append(operation)
        return []

    monkeypatch.setattr(Judge, "validate_response", validate_response)
    watch = ContractWatch()
    message = Message(200, HEADERS, b"{}")
    monkeypatch.setattr(random, "random", lambda: 1.0)
    for _ in range(15):
        watch.see("user.info", message)
        watch.see("credits.remaining", message)
    assert (judged.count("user.info"), judged.count("credits.remaining")) == (10, 10)
    watch.see("user.info", message, surely=True)
    monkeypatch.setattr(random, "random", lambda: 0.0)
    watch.see("user.info", message)
    assert len(judged) == 22


def test_a_judge_that_fails_disturbs_no_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, closed: bool = True) -> list[Drift]:
        if closed:
            raise ZeroDivisionError
        return []  # the emulator's own check of its responses

    monkeypatch.setattr(Judge, "validate_response", broken)
    with Emulator() as emu, emu.client(contract="warn") as client:
        assert client.user.info().email == emu.username
    assert "could not be validated" in caplog.text


def test_no_secret_is_told(caplog: pytest.LogCaptureFixture) -> None:
    watch = ContractWatch()
    body = {"id_token": ["very.secret.token"], "token_type": 7, "password": "hidden"}
    watch.see("auth0.login", Message(200, HEADERS, json.dumps(body).encode()))
    assert len(told(caplog)) == 3
    assert "secret" not in caplog.text
    assert "hidden" not in caplog.text


def test_options_are_checked() -> None:
    with pytest.raises(sk.ConfigError, match='contract must be "off" or "warn"'):
        sk.SpaceKnow(auth=sk.TokenAuth("t"), contract="raise")  # type: ignore[arg-type]
    with sk.SpaceKnow(auth=sk.TokenAuth("t"), contract="warn") as client:
        assert client.options.contract == "warn"
        assert client.with_options(contract="off").options.contract == "off"


def test_without_the_extra_it_says_what_to_install() -> None:
    script = """
import sys
sys.modules["jsonschema_rs"] = None
import spaceknow_client as sk
try:
    sk.SpaceKnow(auth=sk.TokenAuth("t"), contract="warn")
except sk.ConfigError as error:
    print(error)
sk.SpaceKnow(auth=sk.TokenAuth("t"))
print("spaceknow_client.contract" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "spaceknow-client[contract]" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "False"
