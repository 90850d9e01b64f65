"""The user's own HTTP client: httpx, or its successor httpx2. Restrictions on every HTTP library."""

from __future__ import annotations

import gzip
import pickle
import time
import tracemalloc
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import httpx
import httpx2
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.generated.types import Request
from tests.conftest import Both, on_every_kind
from tests.faults.wire import REQUEST_ID, WireServer, answer, slowly
from tests.places import CAR_PARK

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2])
RELEASE = {"scene_ids": ["s"], "extent": CAR_PARK}
FAR = sk.Environment(base_url="https://api.invalid", auth_domain="login.invalid", client_id="id")
CREDITS: dict[str, Any] = {
    "method": OPERATIONS["credits.remaining"].method,
    "path": OPERATIONS["credits.remaining"].path,
}


async def own(both: Both, library: ModuleType, **options: Any) -> Any:
    return library.Client(**options) if both.is_sync else library.AsyncClient(**options)


async def close(both: Both, client: Any) -> None:
    await both.settle(client.close() if both.is_sync else client.aclose())


@LIBRARIES
async def test_a_client_of_ones_own_is_used_and_left_open(
    both: Both, emulator: Emulator, library: ModuleType
) -> None:
    seen: list[str] = []

    def note(request: Any) -> None:
        seen.append(request.headers["x-mine"])

    async def note_async(request: Any) -> None:
        note(request)

    hooks = {"request": [note if both.is_sync else note_async]}
    http_client = await own(both, library, headers={"x-mine": "yes"}, event_hooks=hooks)
    client = both.of(emulator, http_client=http_client)
    assert (await both.settle(client.user.info())).email == emulator.username
    assert seen == ["yes", "yes"]
    await close(both, client)
    assert not http_client.is_closed
    await close(both, http_client)


@LIBRARIES
async def test_what_never_left_is_sent_again_and_what_may_have_is_not(
    both: Both, library: ModuleType
) -> None:
    """The library's own names of errors determine the outcome of the request."""
    http_client = await own(both, library)
    with WireServer([Fault.drop()]) as server:
        client = both.connect(
            server.environment,
            auth=sk.TokenAuth("t"),
            http_client=http_client,
            retry=sk.RetryPolicy(backoff=0.01),
        )
        with pytest.raises(sk.AmbiguousRequestError):
            await both.settle(client.kraken.release("cars", **RELEASE))
        assert len(server.requests) == 1
        environment = server.environment
    client = both.connect(environment, auth=sk.TokenAuth("t"), http_client=http_client)
    with pytest.raises(sk.ConnectError):
        await both.settle(
            client.with_options(retry=sk.RetryPolicy.none()).kraken.release("cars", **RELEASE)
        )
    await close(both, http_client)


@LIBRARIES
async def test_its_time_limit_is_the_attempts(both: Both, library: ModuleType) -> None:
    """Each read is bounded by `timeout` there, though the client itself would wait forever."""

    def wait(connection: Any) -> bool:
        time.sleep(2)
        return False

    http_client = await own(both, library, timeout=None)
    with WireServer([wait]) as server:
        client = both.connect(
            server.environment, auth=sk.TokenAuth("t"), http_client=http_client, timeout=0.2
        )
        client = client.with_options(retry=sk.RetryPolicy.none())
        with pytest.raises(sk.RequestTimeoutError):
            await both.settle(client.credits.remaining())
    await close(both, http_client)


@on_every_kind
async def test_no_cookie_is_kept(both: Both) -> None:
    cookie = answer(200, {"remainingCredit": 1}, headers={"set-cookie": "a=b; Path=/"})
    with WireServer([cookie]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        for _ in range(2):
            await both.settle(client.credits.remaining())
        assert [headers.get("cookie") for _, headers, _ in server.requests] == [None, None]


@on_every_kind
async def test_a_password_of_netrc_is_not_sent(
    both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with WireServer([answer(200, {"remainingCredit": 1})]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        await both.settle(client.credits.remaining())
        assert server.requests[0][1]["authorization"] == "Bearer t"


@on_every_kind
async def test_a_proxy_of_the_environment_sees_the_host_alone(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer([answer(407, {})]) as proxy:
        address = urlsplit(proxy.environment.base_url).netloc
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:hunter2@{address}")
        monkeypatch.setenv("NO_PROXY", "direct.invalid")
        client = both.connect(FAR, auth=sk.TokenAuth("t"), retry=sk.RetryPolicy.none())
        with pytest.raises(sk.ConnectError) as caught:
            await both.settle(client.kraken.release("cars", **RELEASE))
        assert "hunter2" not in repr(caught.value) + str(caught.value)
        [(target, headers, _)] = proxy.requests
        assert target == "api.invalid:443"
        assert headers["proxy-authorization"].startswith("Basic ")
        assert "authorization" not in headers
        direct = sk.Environment(
            base_url="https://direct.invalid", auth_domain="direct.invalid", client_id="id"
        )
        client = both.connect(direct, auth=sk.TokenAuth("t"), retry=sk.RetryPolicy.none())
        with pytest.raises(sk.ConnectError):
            await both.settle(client.credits.remaining())
        assert len(proxy.requests) == 1


@on_every_kind
async def test_a_bomb_is_not_inflated(both: Both) -> None:
    """100 MB of zeros in 100 kB. A valid response comes first: imports are not measured."""
    bomb = gzip.compress(bytes(100_000_000), 9)
    zipped = {"content-encoding": "gzip"}
    sound = Fault.body(gzip.compress(b'{"remainingCredit": 1}'), headers=zipped)
    with WireServer([sound, Fault.body(bomb, headers=zipped)]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"), max_response_bytes=10**6)
        assert await both.settle(client.credits.remaining()) == 1
        tracemalloc.start()
        try:
            with pytest.raises(sk.InvalidResponseError, match="larger than 1000000 bytes"):
                await both.settle(client.credits.remaining())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 5_000_000


@on_every_kind
async def test_headers_are_found_in_any_case(both: Both) -> None:
    with WireServer([answer(200, {"remainingCredit": 1}, headers={"X-Mine": "yes"})]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        request = Request(operation="credits.remaining", **CREDITS)
        if both.is_sync:
            got = client._transport.send(request, dict)
        else:
            got = await client._transport.send(request, dict)
    assert [got.headers.get(name) for name in ("x-mine", "X-Mine")] == ["yes", "yes"]
    assert pickle.loads(pickle.dumps(got)).headers["x-mine"] == "yes"


@on_every_kind
@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip\r\nContent-Encoding: gzip"])
async def test_an_encoding_not_asked_for_is_refused(both: Both, encoding: str) -> None:
    body = gzip.compress(b"{}")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}"
    with WireServer([slowly((0.0, head.encode() + b"\r\n\r\n" + body))]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        with pytest.raises(sk.InvalidResponseError, match="not requested"):
            await both.settle(client.credits.remaining())


async def test_a_protocol_error_may_come_after_the_request_was_sent(both: Both) -> None:
    """httpcore raises LocalProtocolError for frames of an HTTP/2 server in the wrong order."""
    sent: list[str] = []

    class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent.append(request.url.path)
            raise httpx.LocalProtocolError("Invalid input ConnectionInputs.RECV_PING in state")

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return self.handle_request(request)

    http_client = await own(both, httpx, transport=Transport())
    client = both.connect(FAR, auth=sk.TokenAuth("t"), http_client=http_client)
    with pytest.raises(sk.AmbiguousRequestError):
        await both.settle(client.kraken.release("cars", **RELEASE))
    assert len(sent) == 1
    await close(both, http_client)


@LIBRARIES
@pytest.mark.parametrize(("status", "error"), [(402, sk.APIError), (503, sk.AmbiguousRequestError)])
async def test_a_hook_that_raises_for_a_status_keeps_it(
    both: Both, library: ModuleType, status: int, error: type[sk.SpaceKnowError]
) -> None:
    """`raise_for_status` in a hook; an error after reading the body has its code, too."""

    def check(response: Any) -> None:
        response.read()
        response.raise_for_status()

    async def async_check(response: Any) -> None:
        await response.aread()
        response.raise_for_status()

    def raise_alone(response: Any) -> None:
        response.raise_for_status()

    async def async_raise_alone(response: Any) -> None:
        response.raise_for_status()

    for reads in (True, False):
        hook = (check, async_check) if reads else (raise_alone, async_raise_alone)
        hooks = {"response": [hook[not both.is_sync]]}
        http_client = await own(both, library, event_hooks=hooks)
        with WireServer([answer(status, {"error": "SOME-CODE"})]) as server:
            client = both.connect(
                server.environment, auth=sk.TokenAuth("t"), http_client=http_client
            )
            with pytest.raises(error) as caught:
                await both.settle(client.kraken.release("cars", **RELEASE))
            assert (caught.value.status, len(server.requests)) == (status, 1)  # type: ignore[attr-defined]
            assert caught.value.code == ("SOME-CODE" if reads else None)  # type: ignore[attr-defined]
            assert caught.value.request_id == REQUEST_ID
        await close(both, http_client)


@LIBRARIES
async def test_a_closed_client_of_ones_own_sends_nothing(both: Both, library: ModuleType) -> None:
    http_client = await own(both, library)
    await close(both, http_client)
    client = both.connect(FAR, auth=sk.TokenAuth("t"), http_client=http_client)
    with pytest.raises(sk.ConfigError, match="closed"):
        await both.settle(client.kraken.release("cars", **RELEASE))


@on_every_kind
async def test_the_host_that_could_not_be_reached_is_named(both: Both) -> None:
    never = sk.RetryPolicy.none()
    for host, reason in {"api.invalid": "name", "127.0.0.1": "refused"}.items():
        url = f"http://{host}:9" if host[0] == "1" else f"https://{host}"
        environment = sk.Environment(base_url=url, auth_domain="login.invalid", client_id="id")
        client = both.connect(environment, auth=sk.TokenAuth("t"), retry=never)
        with pytest.raises(sk.ConnectError, match=f"could not connect to {host}: .*{reason}"):
            await both.settle(client.credits.remaining())
