"""Network faults of requests to the emulator, as a plain HTTP client sees them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import httpx
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.places import CAR_PARK, GBDX, PARK

from .conftest import SEARCH, Api
from .test_credits import ALLOCATE, PRAGUE

RELEASE = "/kraken/release/initiate"
INITIATE = "kraken.release.initiate"


def body() -> dict[str, Any]:
    return {"mapType": "cars", "sceneIds": ["s"], "extent": PARK}


def begun(api: Api) -> int:
    """The number of pipelines."""
    return len(api.emu._state.pipelines._pipelines)


LOST = {
    f"{kind} {moment}": make(moment)
    for kind, make in (("drop", Fault.drop), ("reset", Fault.reset))
    for moment in ("nothing", "request", "effect", "headers", "body")
}


@pytest.mark.parametrize("name", LOST)
def test_the_connection_breaks_when_it_was_ordered(slow: Api, name: str) -> None:
    kind, moment = name.split()
    slow.post("/user/info")  # a persistent connection
    slow.emu.fault(INITIATE, LOST[name])
    with pytest.raises(httpx.TransportError) as caught:
        slow.post(RELEASE, body())
    if kind == "reset" and moment != "nothing":  # which may happen while sending
        assert isinstance(caught.value, httpx.ReadError)
    seen = [call.status for call in slow.emu.calls(INITIATE)]
    assert seen == {"nothing": [], "request": [0]}.get(moment, [200])
    assert begun(slow) == (moment not in ("nothing", "request"))
    assert slow.post(RELEASE, body()).status_code == 200


def test_the_work_is_done_and_its_answer_lost(slow: Api) -> None:
    search = slow.start("/imagery/search", {**SEARCH, "extent": PRAGUE})
    slow.emu.clock.advance(10)
    scene = slow.retrieve("/imagery/search", search).json()["results"][0]["sceneId"]
    slow.emu.fault("credits.allocate_area", Fault.drop("effect"))
    with pytest.raises(httpx.RemoteProtocolError):
        slow.post(ALLOCATE, {"sceneIds": [scene], "geojson": PRAGUE})
    assert slow.post("/credits/get-remaining-credit").json()["remainingCredit"] < 1000
    (call,) = slow.emu.calls("credits.allocate_area")
    assert call.fault is not None
    assert "effect" in repr(call.fault)


def test_faults_come_in_order_and_then_all_is_well(api: Api) -> None:
    api.emu.fault("user.info", Fault.drop(times=2), Fault.status(503, retry_after=2))
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            api.post("/user/info")
    busy = api.post("/user/info")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")
    assert busy.json() == {"error": "STATUS-503", "errorMessage": "This failure was requested."}
    assert busy.headers["spaceknow-request-id"]
    assert api.post("/user/info").status_code == 200
    assert [call.status for call in api.emu.calls("user.info")[-4:]] == [0, 0, 503, 200]


def test_a_fault_for_ever(slow: Api) -> None:
    slow.emu.fault("user.info", Fault.html(), Fault.json([1]))
    slow.emu.fault("user.info", Fault.status(500, times=None))
    found = [slow.post("/user/info") for _ in range(5)]
    assert [answer.status_code for answer in found] == [502, 200, 500, 500, 500]
    assert (found[0].headers["content-type"], found[1].json()) == ("text/html", [1])
    # a fault of one operation does not affect others, nor unknown paths
    assert slow.post("/credits/get-remaining-credit").status_code == 200
    assert slow.post("/user/infos").status_code == 404


def test_a_fault_needs_no_request_in_order(api: Api) -> None:
    api.emu.fault("user.info", Fault.status(503))
    assert api.http.post("/user/info", content=b"{").status_code == 503
    assert api.http.post("/user/info", content=b"{").status_code == 401


def test_a_status_can_be_told_when_the_work_was_done(slow: Api) -> None:
    slow.emu.fault(INITIATE, Fault.status(503, after="effect"), Fault.status(503))
    assert [slow.post(RELEASE, body()).status_code for _ in range(2)] == [503, 503]
    assert begun(slow) == 1
    assert [call.status for call in slow.emu.calls(INITIATE)] == [200, 503]


def test_retry_after_in_its_three_forms(api: Api) -> None:
    moment = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    for given in (moment, 1.5, "soon"):
        api.emu.fault("user.info", Fault.status(429, retry_after=given))
    told = [api.post("/user/info").headers["retry-after"] for _ in range(3)]
    assert told == ["Mon, 04 May 2026 03:02:01 GMT", "1.5", "soon"]


def test_answers_that_are_none(api: Api) -> None:
    whole = api.post("/user/info")
    api.emu.fault("user.info", Fault.edit({"new": None}, without=["email"]), Fault.truncated())
    edited = dict(whole.json(), new=None)
    del edited["email"]
    assert api.post("/user/info").json() == edited
    cut = api.post("/user/info")
    assert cut.content == whole.content[: len(whole.content) // 2]
    assert cut.headers["content-length"] == str(len(cut.content))
    api.emu.fault("user.info", Fault.gzip_bomb(100_000), Fault.raw(b"SSH-2.0-x\r\n"))
    bomb = api.post("/user/info")
    assert len(bomb.content) == 100_000
    assert int(bomb.headers["content-length"]) < 1000
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/user/info")
    api.emu.fault("user.info", Fault.wrong_length(9), Fault.wrong_length(-9))
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/user/info")
    assert api.post("/user/info").text == whole.text[:-9]
    api.emu.fault("user.info", Fault.redirect("http://localhost:1/elsewhere"))
    away = api.post("/user/info")
    assert (away.status_code, away.headers["location"]) == (307, "http://localhost:1/elsewhere")


def test_a_drip_comes_whole_and_slowly(api: Api) -> None:
    whole = api.post("/user/info").content
    api.emu.fault("user.info", Fault.drip(0.0002), Fault.drip(0.0002, of="body"))
    for _ in range(2):
        began = time.monotonic()
        assert api.post("/user/info").content == whole
        assert time.monotonic() - began > 0.0002 * len(whole)


def test_a_client_that_leaves_ends_the_silence() -> None:
    with Emulator() as emu:
        emu.fault("user.info", Fault.silence(60))
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{emu.url}/user/info", timeout=0.2)
        assert emu.calls("user.info")[0].status == 0
        began = time.monotonic()
    assert time.monotonic() - began < 1


def test_a_stop_does_not_wait_for_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[Exception] = []

    def ask(url: str) -> None:
        try:
            httpx.post(f"{url}/user/info", timeout=30)
        except httpx.HTTPError as error:
            ended.append(error)

    with Emulator() as emu:
        emu.fault("user.info", Fault.silence(60))
        thread = Thread(target=ask, args=(emu.url,))
        thread.start()
        while not emu.calls("user.info"):
            time.sleep(0.01)
        began = time.monotonic()
    thread.join()
    assert time.monotonic() - began < 1
    assert len(ended) == 1
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


def test_a_client_gets_along_with_faults(emulator: Emulator) -> None:
    with emulator.client(retry=sk.RetryPolicy(backoff=0.001)) as client:
        scene = client.imagery.search(
            provider="gbdx", dataset="idaho-pansharpened", extent=CAR_PARK
        ).first()
        assert scene is not None
        emulator.fault(
            "tasking.get_status", Fault.drop(times=2), Fault.reset("body"), Fault.status(503)
        )
        run = client.kraken.release("cars", scene_ids=[scene.scene_id], extent=CAR_PARK)
        emulator.fault("kraken.release.retrieve", Fault.drop("headers"), Fault.html())
        assert run.result().map_id


def test_what_cannot_be_is_refused(emu: Emulator) -> None:
    with pytest.raises(ValueError, match="unknown operation"):
        emu.fault("kraken.releases", Fault.drop())
    with pytest.raises(ValueError, match="at least 1, not 0"):
        Fault.drop(times=0)
    with pytest.raises(ValueError, match="supper"):
        Fault.drop("supper")  # type: ignore[arg-type]


def test_a_pair_stands_for_the_call_that_starts_it() -> None:
    with Emulator(seconds_per_pipeline=0) as emulator, emulator.client() as client:
        emulator.fault("imagery.search", Fault.status(503), Fault.drop(after="effect"))
        listing = client.imagery.search(GBDX["provider"], GBDX["dataset"], CAR_PARK)
        assert listing.first() is not None
        assert len(emulator.calls("imagery.search.initiate")) == 3
        assert len(emulator.calls("imagery.search.retrieve")) == 1
        with pytest.raises(ValueError, match="unknown operation"):
            emulator.fault("imagery.serach", Fault.drop())
