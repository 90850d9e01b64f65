"""Text that cannot be written as UTF-8 is refused before it is sent, and no pipeline is lost by it."""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.models import ReleaseRequest
from tests.conftest import Both, on_every_kind
from tests.faults.wire import Behavior, WireServer
from tests.places import CAR_PARK

HALVES = ["\ud800", "a\udfffb", "\udc80", "\ud83d \ude00"]
STARTED = b'{"pipelineId": "p1", "status": "NEW", "nextTry": 5}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def on_wire(both: Both, server: WireServer, path: Path) -> Any:
    return both.connect(server.environment, auth=sk.TokenAuth("a.b.c"), deadline=5, journal=path)


def response(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Behavior:
    """A response with headers of any bytes."""

    def send(connection: socket.socket) -> bool:
        length = b"content-length: %d" % len(body)
        lines = [b"HTTP/1.1 " + status, length, b"content-type: application/json", *headers]
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        return False

    return send


def release(client: Any, **changes: Any) -> Any:
    arguments = {"map_type": "cars", "scene_ids": ["s"], "extent": CAR_PARK, **changes}
    return client.kraken.release(**arguments)


def sent_by(value: Any) -> bytes:
    """A user prints, pickles or stores an error or an entry."""
    pickle.dumps(value)
    return str(value).encode() + repr(value).encode()


# Input of the user.


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("with_journal", [True, False])
async def test_what_cannot_be_sent_is_refused(
    both: Both, emulator: Emulator, path: Path, half: str, with_journal: bool
) -> None:
    client = both.of(emulator, journal=path if with_journal else None)
    calls: dict[str, Callable[[], Any]] = {
        r"sceneIds\[1\]": lambda: release(client, scene_ids=["s", half]),
        "mapType": lambda: release(client, map_type=half),
        "provider": lambda: client.imagery.search(half, "idaho-pansharpened", CAR_PARK).first(),
        "sceneIds": lambda: client.raw.kraken.release_initiate(
            body=ReleaseRequest(map_type="a", scene_ids=[half], extent=CAR_PARK.to_geojson())
        ),
        "the name of a map": lambda: client.kraken.grid_file(half, (1, 0, 0), "truecolor.png"),
    }
    for names, call in calls.items():
        with pytest.raises(sk.InvalidArgumentError, match=names) as caught:
            await both.settle(call())
        assert sent_by(caught.value)
    for token in (half, json.dumps({**json.loads(_token(emulator)), "pipelineId": half})):
        with pytest.raises(sk.InvalidArgumentError):
            client.pipelines.attach(token, operation="kraken.release")
    assert [call for call in emulator.calls() if call.operation != "auth.login"] == []
    assert path not in path.parent.iterdir()


def _token(emulator: Emulator) -> str:
    with emulator.client() as client:
        return client.pipelines.attach("p1", operation="kraken.release").token()


@pytest.mark.parametrize("half", HALVES)
async def test_a_refused_password_is_not_shown(both: Both, emulator: Emulator, half: str) -> None:
    client = both.of(emulator, auth=sk.PasswordAuth(emulator.username, f"secret-word{half}"))
    with pytest.raises(sk.InvalidArgumentError, match="password") as caught:
        await both.settle(client.credits.remaining())
    error = caught.value
    assert "secret-word" not in f"{error} {error!r} {vars(error)}"
    assert error.__cause__ is error.__context__ is None  # which would contain the text


async def test_other_letters_are_sent(both: Both, emulator: Emulator, path: Path) -> None:
    client = both.of(emulator, journal=path)
    for text in ("中文", "😀", "\\ud800", "a\0b", "\x7f\u2028", "é"):
        run = await both.settle(release(client, scene_ids=[text]))
        again = await both.settle(release(client, scene_ids=[text], reuse=True))
        assert again.id == run.id
        call = emulator.calls("kraken.release.initiate")[-1]
        assert call.body["sceneIds"] == [text]


# Responses of the server.


@on_every_kind
@pytest.mark.parametrize("name", [b"\xff\xfeid", b"caf\xc3\xa9", b"caf\xe9", b"\xed\xa0\x80"])
async def test_a_request_id_of_other_bytes(both: Both, path: Path, name: bytes) -> None:
    header = b"spaceknow-request-id: " + name
    lost = response(b"<html>", header, b"spaceknow-api-version: \xff", status=b"502 Bad Gateway")
    with WireServer([response(STARTED, header), lost]) as server:
        client = on_wire(both, server, path)
        run = await both.settle(release(client))
        with pytest.raises(sk.AmbiguousRequestError) as caught:
            await both.settle(release(client))
        assert caught.value.request_id
        assert sent_by(caught.value)
        recovery = await both.settle(client.pipelines.recover())
        assert [one.id for one in recovery] == [run.id] == ["p1"]
        assert [one.request_id for one in recovery.unknown] == [caught.value.request_id]
        assert sent_by(recovery.unknown[0])


@pytest.mark.parametrize("half", HALVES)
async def test_halves_in_answers(both: Both, path: Path, half: str) -> None:
    started = {"pipelineId": f"p{half}", "status": "NEW", "subGeometryId": half, "nextTry": half}
    refused = {"error": f"CODE{half}", "errorMessage": f"Failed{half}"}
    with WireServer(
        [
            response(json.dumps(started).encode()),
            response(json.dumps(refused).encode(), status=b"503 Later"),
        ]
    ) as server:
        client = on_wire(both, server, path)
        run = await both.settle(release(client))
        assert sent_by(run.id)
        assert sent_by(run.token())
        assert sent_by(run.sub_geometry_id)
        assert run.token() == client.pipelines.attach(run.token()).token()
        with pytest.raises(sk.AmbiguousRequestError) as caught:
            await both.settle(release(client, scene_ids=["t"]))
        assert sent_by(caught.value)
        recovery = await both.settle(client.pipelines.recover())
        assert [one.token() for one in recovery] == [run.token()]
        assert [one.reason for one in recovery.unknown] == [recovery.unknown[0].reason]
        assert "Failed" in recovery.unknown[0].reason
        again = await both.settle(release(client, reuse=True))
        assert again.token() == run.token()


@pytest.mark.parametrize(
    "body",
    [
        b'{"pipelineId": "p1", "status": "\xff", "nextTry": 5}',
        b'{"pipelineId": "p1", "status": "NEW", "nextTry": 5, "more": "\xc3"}',
        b'\xef\xbb\xbf{"pipelineId": "p1", "status": "NEW", "more": "\xff"}',
    ],
)
async def test_an_id_among_other_bytes_is_a_pipeline(both: Both, path: Path, body: bytes) -> None:
    with WireServer([response(body)]) as server:
        client = on_wire(both, server, path)
        with pytest.raises(sk.InvalidResponseError) as caught:
            await both.settle(release(client))
        assert caught.value.pipeline_id == "p1"
        recovery = await both.settle(client.pipelines.recover())
        assert [one.token() for one in recovery] == [caught.value.resume_token]


async def test_an_id_of_other_bytes_is_the_same_everywhere(both: Both, path: Path) -> None:
    body = b'{"pipelineId": "p\xed\xa0\x80", "status": "NEW", "nextTry": 5}'
    with WireServer([response(body)]) as server:
        client = on_wire(both, server, path)
        run = await both.settle(release(client))
        recovery = await both.settle(client.pipelines.recover())
        assert [one.id for one in recovery] == [run.id] == ["p\\ud800"]


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u2003"])
async def test_a_blank_id_is_no_pipeline(both: Both, path: Path, blank: str) -> None:
    members = {"pipelineId": blank, "status": "NEW", "nextTry": 5}
    started = Fault.body(json.dumps(members).encode())
    with WireServer([started]) as server:
        client = on_wire(both, server, path)
        body = ReleaseRequest(map_type="cars", scene_ids=["t"], extent=CAR_PARK.to_geojson())
        calls: list[Callable[[], Any]] = [
            lambda: release(client),
            lambda: client.raw.kraken.release_initiate(body=body),
        ]
        for call in calls:
            with pytest.raises(sk.AmbiguousRequestError, match="pipelineId"):
                await both.settle(call())
        with pytest.raises(sk.InvalidResponseError, match="pipelineId"):  # which costs nothing
            await both.settle(client.imagery.search("gbdx", "idaho-pansharpened", CAR_PARK).first())
        recovery = await both.settle(client.pipelines.recover())
        assert recovery.pipelines == []
        assert len(recovery.unknown) == 2
        with pytest.raises(sk.AmbiguousRequestError, match="sent before"):
            await both.settle(release(client, reuse=True))
        token = json.dumps({"version": 1, "pipelineId": blank, "operation": "a", "host": "b"})
        with pytest.raises(sk.InvalidArgumentError):
            client.pipelines.attach(token)
