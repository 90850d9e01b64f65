"""The emulator as tests and demos use it."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time

import httpx
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.places import PARK

from .conftest import SEARCH, Api, code


def test_addresses_and_names(emu: Emulator) -> None:
    assert emu.url.startswith("http://127.0.0.1:")
    assert emu.username == "demo@example.com"
    assert emu.environment == sk.Environment(
        base_url=emu.url, auth_domain=emu.url, client_id="emulator"
    )


def test_before_the_start_there_is_no_address() -> None:
    emu = Emulator()
    with pytest.raises(RuntimeError, match="start"):
        _ = emu.url


def test_stop_gives_the_port_back_and_start_takes_it_again() -> None:
    before = threading.active_count()
    emu = Emulator(seconds_per_pipeline=0).start()
    emu.start()  # a second start changes nothing
    url = emu.url
    with httpx.Client(base_url=url) as http:
        assert http.post("/nope").status_code == 404
        began = time.monotonic()
        emu.stop()
        assert time.monotonic() - began < 1.5  # an open connection does not delay the end
        emu.stop()
        with pytest.raises(httpx.TransportError):
            http.post("/nope")
        with emu:
            assert emu.url == url
            assert http.post("/nope").status_code == 404
    assert [call.path for call in emu.calls()] == ["/nope", "/nope"]
    assert threading.active_count() == before


def test_a_taken_port_is_an_error(emu: Emulator) -> None:
    port = httpx.URL(emu.url).port
    assert port is not None
    with pytest.raises(OSError, match="in use"):
        Emulator(port=port).start()


def test_it_listens_on_loopback_alone(emu: Emulator) -> None:
    port = httpx.URL(emu.url).port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.2", port or 0))  # free, so not used by 0.0.0.0


def test_calls_are_remembered(slow: Api) -> None:
    before = slow.emu.clock.time()
    slow.emu.clock.advance(100)
    body = {"mapType": "cars", "sceneIds": ["x"], "extent": PARK}
    answer = slow.post("/kraken/release/initiate", body)
    (call,) = slow.emu.calls("kraken.release")
    assert call == slow.emu.calls("kraken.release.initiate")[0]
    assert (call.operation, call.method) == ("kraken.release.initiate", "POST")
    assert (call.path, call.body) == ("/kraken/release/initiate", body)
    assert call.status == 200
    assert call.request_id == answer.headers["spaceknow-request-id"]
    assert 100 <= call.at - before < 105
    slow.http.get("/user/info")
    slow.http.post("/nope", content=b"{")
    assert [(each.operation, each.status, each.body) for each in slow.emu.calls()[-2:]] == [
        (None, 405, None),
        (None, 404, None),
    ]
    assert slow.emu.calls("tasking.get_status") == []


def test_no_secret_is_remembered(slow: Api) -> None:
    form = {"username": slow.emu.username, "password": slow.emu.password, "scope": "openid"}
    slow.http.post("/oauth/ro", data=form)
    slow.http.post("/oauth/ro", json=[slow.emu.password])
    slow.http.post("/oauth/ro", content=f'{{"password": "{slow.emu.password}')
    slow.post("/user/info")
    kept = repr(slow.emu.calls())
    assert slow.emu.calls("auth0.login")[0].body["password"] == "REDACTED"
    assert slow.emu.username in kept
    assert slow.emu.password not in kept
    assert slow.token not in kept
    assert slow.emu.password not in repr(slow.emu._state.users._by_id)


def test_planned_failures_of_a_call(api: Api) -> None:
    api.emu.fail("user.info", code="ACCESS-DENIED", times=2)
    for _ in range(2):
        assert code(api.post("/user/info")) == (403, "ACCESS-DENIED")
    assert api.post("/user/info").status_code == 200
    api.emu.fail("user.info", code="BRAND-NEW", message="Something new.")
    response = api.post("/user/info")
    assert code(response) == (400, "BRAND-NEW")
    assert response.json()["errorMessage"] == "Something new."
    api.emu.fail("auth0.login", code="too_many_attempts")
    assert api.login("a", "b").json()["error"] == "too_many_attempts"


def test_a_planned_failure_waits_for_a_good_call(api: Api) -> None:
    api.emu.fail("user.info", code="FORBIDDEN")
    assert code(api.http.post("/user/info")) == (401, "NOT-AUTHORIZED")
    assert code(api.post("/user/info", [])) == (400, "EMULATOR-INVALID-BODY")
    assert code(api.post("/user/info")) == (403, "FORBIDDEN")


def test_planned_failures_of_pipelines(slow: Api) -> None:
    slow.emu.fail("kraken.release", code="VERSION-MISMATCH")
    slow.emu.fail("imagery.search", code="PROVIDER-ERROR")
    search = slow.start("/imagery/search", SEARCH)
    slow.emu.clock.advance(10)
    failed = slow.retrieve("/imagery/search", search)
    assert code(failed) == (424, "PROVIDER-ERROR")
    scene = slow.retrieve("/imagery/search", search)  # still failed
    assert code(scene)[0] == 424
    good = slow.start("/imagery/search", SEARCH)
    slow.emu.clock.advance(10)
    scene_id = slow.retrieve("/imagery/search", good).json()["results"][0]["sceneId"]
    body = {"mapType": "cars", "sceneIds": [scene_id], "extent": PARK}
    bad, fine = slow.start("/kraken/release", body), slow.start("/kraken/release", body)
    slow.emu.clock.advance(10)
    assert slow.status(bad) == {"status": "FAILED"}
    failed = slow.retrieve("/kraken/release", bad)
    assert code(failed) == (424, "VERSION-MISMATCH")
    assert "changed" in failed.json()["errorMessage"]  # the document's own words
    assert slow.retrieve("/kraken/release", fine).status_code == 200


def test_failures_of_nothing_are_refused(emu: Emulator) -> None:
    with pytest.raises(ValueError, match=r"kraken\.release\.initiate"):
        emu.fail("kraken.relaese", code="FORBIDDEN")


def test_requests_make_no_noise(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), Emulator() as emu, httpx.Client(base_url=emu.url) as http:
        http.post("/user/info")
        http.post("/nope")
    assert capfd.readouterr() == ("", "")
    assert [each for each in caplog.records if not each.name.startswith("http")] == []


def test_a_disconnecting_client_does_no_harm(api: Api) -> None:
    port = httpx.URL(api.emu.url).port or 0
    for text in (
        b"POST /user/info HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
        b"POST /user/info HT",
        b"nonsense\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(text)
    assert api.post("/user/info").status_code == 200


def test_answers_are_json_that_anyone_can_read(api: Api) -> None:
    response = api.post("/tasking/get-status", {"pipelineId": "\ud83d\udef0 \u00e4"})
    assert json.loads(response.content)["error"] == "NON-EXISTENT-PIPELINE"
