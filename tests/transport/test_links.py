"""Links of responses: through the proxy like all requests, without the bearer, never to this machine."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import trustme

import spaceknow_client as sk
from spaceknow_client.emulator import Fault
from spaceknow_client.transport.file_link import fetch_link
from spaceknow_client.transport.file_link_async import async_fetch_link
from tests.conftest import Both, on_every_kind
from tests.faults.proxy import Proxy
from tests.faults.tls import TLSServer
from tests.faults.wire import WireServer

FILE = b"startDatetime,value\n"
TOKEN = "a-token-that-stays-here"


async def fetched(both: Both, client: Any, link: str) -> bytes:
    fetch: Any = fetch_link if both.is_sync else async_fetch_link
    found: bytes = await both.settle(fetch(client._transport, link, "a link"))
    return found


def client_of(both: Both, environment: sk.Environment = sk.Environment.PRODUCTION) -> Any:
    return both.connect(
        environment, auth=sk.TokenAuth(TOKEN), retry=sk.RetryPolicy.none(), timeout=1
    )


@on_every_kind
async def test_a_link_goes_through_the_proxy(
    both: Both, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        TLSServer(authority, [Fault.body(FILE)], "storage.invalid") as server,
        Proxy(int(server.url.rpartition(":")[2])) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert await fetched(both, client_of(both), "https://storage.invalid/a.csv") == FILE
        assert proxy.asked == ["storage.invalid:443"]
        (request,) = server.requests
        assert "authorization" not in request.headers
        assert not any(TOKEN in value for value in request.headers.values())


LOOPBACK = (
    "127.0.0.1",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "0.0.0.0",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "127.0.0.1.",
    "[::127.0.0.1]",
    "[::ffff:0.0.0.0]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
)
LINK_LOCAL = (
    "169.254.169.254",
    "2852039166",
    "[fe80::1]",
    "[::ffff:169.254.169.254]",
    "[2002:a9fe:a9fe::1]",
)


@pytest.mark.parametrize("host", [*LOOPBACK, *LINK_LOCAL])
@pytest.mark.parametrize("proxied", [False, True])
async def test_no_link_of_a_service_elsewhere_leads_here(
    both: Both, host: str, proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if proxied:
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    kind = "loopback" if host in LOOPBACK else "link-local"
    with pytest.raises(sk.InvalidResponseError, match=f"leads to a {kind} address"):
        await fetched(both, client_of(both), f"https://{host}/x")
    with pytest.raises(sk.InvalidResponseError, match="not an https URL"):
        await fetched(both, client_of(both), f"http://{host}/x")


@pytest.mark.parametrize(
    "address",
    [
        "https://%31%32%37.0.0.1/x",
        "https://127.0.0.1%2e/x",
        "https://[fe80::1%25lo]/x",
        "https://me@storage.invalid/x",
        "https://storage.invalid:0/x",
        "https://storage.invalid\\@127.0.0.1/x",
        "https:///x",
        "https://storage\u3002invalid/x",
        "//127.0.0.1/x",
        "file:///etc/passwd",
        "https://storage.invalid/\r\nx",
    ],
)
async def test_what_is_no_address(both: Both, address: str) -> None:
    with pytest.raises(sk.InvalidResponseError, match="not an https URL"):
        await fetched(both, client_of(both), address)


@on_every_kind
@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "fe80::1", "::1"])
async def test_no_name_leads_here(
    both: Both, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def named(host: Any, *arguments: Any, **options: Any) -> Any:
        name = address if host == "innocent.example" else host
        return real(name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", named)
    with pytest.raises(sk.InvalidResponseError, match="leads to a"):
        await fetched(both, client_of(both), "https://innocent.example/x")


@on_every_kind
async def test_links_lead_where_the_api_is(both: Both) -> None:
    with WireServer([Fault.body(FILE)]) as server:
        client = client_of(both, server.environment)
        assert await fetched(both, client, f"{server.url}/a.csv") == FILE
        with pytest.raises(sk.InvalidResponseError, match="link-local"):
            await fetched(both, client, "https://169.254.169.254/x")
    near = "https://169.254.0.1:1"
    environment = sk.Environment(base_url=near, auth_domain=near, client_id="x")
    with pytest.raises(sk.InvalidResponseError, match="loopback"):
        await fetched(both, client_of(both, environment), "https://127.0.0.1:1/x")
    with pytest.raises((sk.DownloadError, sk.DeadlineExceededError)):  # it was tried
        await fetched(both, client_of(both, environment), "https://169.254.169.254:1/x")
