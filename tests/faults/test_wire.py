"""Whatever the wire brings is one of our errors, and paid work is never started twice."""

from __future__ import annotations

import pickle
import socket
import time
from typing import Any

import pytest

import spaceknow_client as sk
from tests.conftest import Both, on_every_kind
from tests.faults import wire
from tests.faults.wire import Behaviour, WireServer, answer

pytestmark = on_every_kind

PLACE = sk.Extent.from_bounds(153.0, -27.4, 153.1, -27.3)
CREDIT = answer(200, {"remainingCredit": 12.5})
STARTED = answer(200, {"pipelineId": "3g4PovfhGxmymQolpgvv", "status": "NEW", "nextTry": 5})
HTML = b"<html><body>Bad gateway</body></html>"
TOKEN = "a.token.that-is-secret"


def options(**changes: Any) -> dict[str, Any]:
    fast = sk.RetryPolicy(max_attempts=3, backoff=0.01)
    return {"auth": sk.TokenAuth(TOKEN), "retry": fast, "timeout": 0.5, "deadline": 5, **changes}


LOST: dict[str, Behaviour] = {
    "dropped after it was read": wire.drop,
    "reset after it was read": wire.reset,
    "dropped in the headers": wire.raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "dropped in the body": wire.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"),
    "no HTTP": wire.raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "silence": wire.silence(1),
    "broken gzip": wire.raw(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
    ),
}
OUTAGES: dict[str, Behaviour] = {
    **LOST,
    **{f"status {status}": answer(status, {"error": "X"}) for status in (408, 500, 502, 503, 504)},
    "HTML with 502": answer(502, HTML, media="text/html"),
}
RUBBISH: dict[str, Behaviour] = {
    "HTML": answer(200, HTML, media="text/html"),
    "nothing": answer(200, b""),
    "cut JSON": answer(200, b'{"remainingCr'),
    "no UTF-8": answer(200, b'{"a": "\xff\xfe"}'),
    "null": answer(200, None),
    "an array": answer(200, [1]),
    "a wrong type": answer(200, {"remainingCredit": "much", "pipelineId": 5}),
    "endless nesting": answer(200, b"[" * 200_000),
    "a missing member": answer(200, {}),
}


@pytest.mark.parametrize("fault", OUTAGES)
async def test_a_safe_call_survives_an_outage(both: Both, fault: str) -> None:
    with WireServer([OUTAGES[fault], OUTAGES[fault], CREDIT]) as server:
        client = both.connect(server.environment, **options())
        assert await both.settle(client.credits.remaining()) == 12.5
        assert len(server.requests) == 3


@pytest.mark.parametrize("fault", OUTAGES)
async def test_paid_work_is_sent_once(both: Both, fault: str) -> None:
    with WireServer([OUTAGES[fault], STARTED]) as server:
        client = both.connect(server.environment, **options())
        with pytest.raises(sk.AmbiguousRequestError) as caught:
            await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        assert len(server.requests) == 1
    error = caught.value
    assert error.operation == "kraken.release.initiate"
    assert "remaining()" in str(error)
    if fault.startswith("status"):
        assert error.status == int(fault.split()[1])
        assert error.request_id == "QyhRiSw87c"
        assert error.code == "X"
    assert TOKEN not in repr(error) + str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("fault", RUBBISH)
async def test_an_answer_that_is_none(both: Both, fault: str) -> None:
    with WireServer([RUBBISH[fault]]) as server:
        client = both.connect(server.environment, **options())
        with pytest.raises(sk.InvalidResponseError) as caught:
            await both.settle(client.credits.remaining())
        assert len(server.requests) == 1
        assert caught.value.request_id == "QyhRiSw87c"
        with pytest.raises(sk.AmbiguousRequestError):
            await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        assert len(server.requests) == 2


async def test_429_is_repeated_even_for_paid_work(both: Both) -> None:
    busy = answer(429, {"error": "X"}, headers="Retry-After: 1\r\n")
    with WireServer([busy, STARTED]) as server:
        client = both.connect(server.environment, **options())
        started = time.monotonic()
        run = await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
        assert run.id == "3g4PovfhGxmymQolpgvv"
        assert time.monotonic() - started >= 1
        assert len(server.requests) == 2


@pytest.mark.parametrize("retry_after", ["60", "rubbish", "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_a_wait_beyond_the_deadline_is_not_begun(both: Both, retry_after: str) -> None:
    busy = answer(503, {"error": "X"}, headers=f"Retry-After: {retry_after}\r\n")
    with WireServer([busy]) as server:
        client = both.connect(server.environment, **options(deadline=1))
        started = time.monotonic()
        with pytest.raises(sk.APIError) as caught:
            await both.settle(client.credits.remaining())
        assert time.monotonic() - started < 1.1
    assert (caught.value.status, caught.value.code) == (503, "X")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 520, 599])
async def test_a_refusal_is_told_at_once(both: Both, status: int) -> None:
    body = {"error": "NOT-ENOUGH-CREDITS", "errorMessage": "No credits."}
    with WireServer([answer(status, body)]) as server:
        client = both.connect(server.environment, **options())
        with pytest.raises(sk.APIError) as caught:
            await both.settle(client.credits.remaining())
        assert len(server.requests) == 1
    error = caught.value
    assert isinstance(error, sk.CreditsError)
    assert (error.status, error.code, error.message) == (status, body["error"], "No credits.")
    assert (error.request_id, error.api_version) == ("QyhRiSw87c", "106")
    assert error.hint


async def test_an_unknown_code_is_a_plain_api_error(both: Both) -> None:
    with WireServer([answer(418, {"error": "TEAPOT", "errorMessage": 7})]) as server:
        client = both.connect(server.environment, **options())
        with pytest.raises(sk.APIError) as caught:
            await both.settle(client.credits.remaining())
    assert type(caught.value) is sk.APIError
    assert caught.value.code == "TEAPOT"


async def test_a_redirect_is_not_followed(both: Both) -> None:
    with WireServer([CREDIT]) as other:
        away = answer(307, b"", headers=f"Location: {other.environment.base_url}/user/info\r\n")
        with WireServer([away]) as server:
            client = both.connect(server.environment, **options())
            with pytest.raises(sk.InvalidResponseError, match="redirects"):
                await both.settle(client.credits.remaining())
        assert other.requests == []


async def test_a_server_that_is_not_there(both: Both) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    nowhere = sk.Environment(base_url=url, auth_domain=url, client_id="test")
    retries: list[sk.RetryEvent] = []
    client = both.connect(nowhere, **options(hooks=sk.Hooks(on_retry=retries.append)))
    with pytest.raises(sk.ConnectError, match="base_url"):
        await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
    assert [event.attempt for event in retries] == [1, 2]


async def test_a_slow_body_ends_with_the_deadline(both: Both) -> None:
    def drip(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b" ")
        return False

    with WireServer([drip]) as server:
        client = both.connect(server.environment, **options(deadline=0.4, timeout=10))
        started = time.monotonic()
        with pytest.raises(sk.DeadlineExceededError):
            await both.settle(client.credits.remaining())
        assert time.monotonic() - started < 0.6


async def test_too_large_an_answer_is_refused(both: Both) -> None:
    with WireServer([answer(200, b" " * 5000)]) as server:
        client = both.connect(server.environment, **options(max_response_bytes=4096))
        with pytest.raises(sk.InvalidResponseError, match="larger than 4096 bytes"):
            await both.settle(client.credits.remaining())


async def test_too_large_a_request_is_not_sent(both: Both) -> None:
    with WireServer([STARTED]) as server:
        client = both.connect(server.environment, **options())
        with pytest.raises(sk.RequestTooLargeError, match="65536"):
            await both.settle(client.kraken.release("cars", scene_ids=["s" * 70_000], extent=PLACE))
        assert server.requests == []


async def test_an_absurd_next_try_does_not_lose_the_pipeline(both: Both) -> None:
    absurd: tuple[Any, ...] = (-1, None, "soon", [], 1e300)
    for value in absurd:
        started = answer(200, {"pipelineId": "p1", "status": 7, "nextTry": value})
        with WireServer([started]) as server:
            client = both.connect(server.environment, **options())
            run = await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=PLACE))
            assert run.id == "p1"
