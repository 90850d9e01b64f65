"""Settings of the environment (proxies, certificates, home directory) are used, or named in an error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.transport.connections.proxies import proxy_for
from tests.conftest import Both, on_every_kind
from tests.faults.proxy import API, FAR, Proxy
from tests.faults.tls import TLSServer
from tests.faults.wire import GOOD, WELL, WireServer
from tests.places import CAR_PARK

AUTH = sk.TokenAuth("t")
ENVIRONMENT = sk.Environment(base_url=FAR, auth_domain=FAR, client_id="test")
NAMES = [f"{kind}_PROXY" for kind in ("HTTP", "HTTPS", "ALL", "NO")]


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        for variable in (name, name.lower()):
            monkeypatch.delenv(variable, raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


def port_of(server: WireServer) -> int:
    return int(server.url.rpartition(":")[2])


@pytest.fixture(params=["http", "https", "socks5"])
def way(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[tuple[TLSServer, Proxy]]:
    """A server, and a proxy of each kind in front of it."""
    with (
        TLSServer(authority, [WELL], API) as server,
        Proxy(
            port_of(server),
            scheme=request.param,
            authority=authority if request.param == "https" else None,
        ) as proxy,
    ):
        yield server, proxy


@on_every_kind
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_the_way_leads_through_the_proxy(
    both: Both, way: tuple[TLSServer, Proxy], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = way
    if both.kind == "aiohttp" and proxy.scheme == "socks5":
        pytest.skip("aiohttp does not speak SOCKS")
    monkeypatch.setenv(variable, f"{proxy.scheme}://me:s%40crumble@{proxy.address}")
    client = both.connect(ENVIRONMENT, auth=AUTH)
    for _ in range(3):
        assert (
            await both.settle(client.credits.remaining())
            == GOOD["/get-remaining-credit"]["remainingCredit"]
        )
    assert proxy.asked == [f"{API}:443"]  # the connection stays open
    assert proxy.logins == ["me:s@crumble"]
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer t"] * 3
    await both.aclose()


@on_every_kind
async def test_a_certificate_that_is_not_trusted_behind_a_proxy(
    both: Both, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """CONNECT is not part of the request: nothing was sent, so the next run may start."""
    journal = tmp_path / "journal.db"
    with TLSServer(trustme.CA(), [WELL], API) as server, Proxy(port_of(server)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for _ in range(2):
            client = both.connect(
                ENVIRONMENT, auth=AUTH, retry=sk.RetryPolicy.none(), journal=journal
            )
            with pytest.raises(sk.ConnectError, match="certificate is not trusted") as caught:
                await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))
            assert API in str(caught.value)
        assert proxy.asked == [f"{API}:443"] * 2
        assert server.requests == []
        await both.aclose()


@on_every_kind
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
async def test_a_proxy_that_makes_no_tunnel(
    both: Both, answer: bytes, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TLSServer(authority, [WELL], API) as server:
        with Proxy(port_of(server), answer=answer) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:s%40crumble@{proxy.address}")
            client = both.connect(
                ENVIRONMENT, auth=AUTH, retry=sk.RetryPolicy(max_attempts=2, backoff=0.01)
            )
            with pytest.raises(sk.ConnectError) as caught:
                await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))
            assert "crumble" not in str(caught.value)
            assert proxy.connections == 2
        with pytest.raises(sk.ConnectError, match="proxy"):  # it has left
            await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))
        assert server.connections == 0
        await both.aclose()


@on_every_kind
@pytest.mark.parametrize("variable", NAMES[:3])
async def test_nothing_for_this_machine_goes_through_a_proxy(
    both: Both, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the API or the login service is local: a bearer or a password would be unencrypted."""
    with WireServer([WELL]) as server, Proxy(1) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        login_is_far = sk.Environment(
            base_url=server.url, auth_domain="login.invalid", client_id="test"
        )
        client = both.connect(login_is_far, auth=AUTH)
        assert await both.settle(client.credits.remaining()) == 12.5
        assert proxy.connections == 0
        api_is_far = sk.Environment(base_url=FAR, auth_domain=server.url, client_id="test")
        client = both.connect(
            api_is_far, auth=sk.PasswordAuth("me@example.com", "w"), retry=sk.RetryPolicy.none()
        )
        with pytest.raises(sk.TransportError):  # the host does not exist
            await both.settle(client.credits.remaining())
        assert [request.path for request in server.requests][1:] == ["/oauth/ro"]
        assert all(asked == f"{API}:443" for asked in proxy.asked)
        await both.aclose()


UNUSABLE = {
    "HTTPS_PROXY": ["host:notaport", "http://", "http://host:99999", "ftp://host", "socks4://host"],
    "ALL_PROXY": ["http://[::1", "quic://host:1"],
    "SSL_CERT_FILE": ["/nowhere/ca.pem", __file__, os.path.dirname(__file__)],
    "SSL_CERT_DIR": ["/nowhere"],
    "SSLKEYLOGFILE": ["/nowhere/keys"],
}


@on_every_kind
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in UNUSABLE.items() for value in values]
)
async def test_what_cannot_be_used_is_named_when_the_client_is_made(
    both: Both, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    make: Any = sk.SpaceKnow if both.is_sync else sk.AsyncSpaceKnow
    options: Any = {"http_client": "aiohttp"} if both.kind == "aiohttp" else {}
    with pytest.raises(sk.ConfigError, match=name):
        make(sk.Environment.PRODUCTION, auth=AUTH, **options)
    with Emulator() as emulator:  # which needs neither
        assert await both.settle(both.of(emulator).user.info())
        await both.aclose()


def test_a_socks_proxy_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5h://me:secret@127.0.0.1")
    with pytest.raises(sk.ConfigError, match=r"ALL_PROXY.*httpx\[socks\]") as caught:
        sk.SpaceKnow(sk.Environment.PRODUCTION, auth=AUTH)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("exempt", "host", "is_exempt"),
    [
        ("fd07:b51a:cc66:f0::/64", "api.spaceknow.com", False),
        ("fd07:b51a:cc66:f0::/64", "fd07:b51a:cc66:f0::7", True),
        ("fd07:b51a:cc66:f0::/64", "fd07:b51a:cc66:f1::7", False),
        ("10.0.0.0/8, .corp.example", "10.1.2.3", True),
        ("10.0.0.0/8, .corp.example", "11.1.2.3", False),
        ("10.0.0.0/8, .corp.example", "api.corp.example", True),
        ("corp.example", "api.corp.example", True),
        ("corp.example", "notcorp.example", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("[fd07::1]", "fd07::1", True),
        ("*", "api.spaceknow.com", True),
        ("", "api.spaceknow.com", False),
        ("127.0.0.1,localhost", "api.spaceknow.com", False),
        ("api.spaceknow.com", "API.SpaceKnow.com", True),
    ],
)
def test_no_proxy(exempt: str, host: str, is_exempt: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", exempt)
    assert (proxy_for(host) is None) is is_exempt


ADDRESSES = st.text(
    st.one_of(st.sampled_from("http://socks5[]:@%.0123456789abc"), st.characters()), max_size=30
)


@given(proxy=ADDRESSES, exempt=ADDRESSES)
def test_whatever_the_variables_hold(proxy: str, exempt: str) -> None:
    """A proxy, none, or an error that names the variable and shows no part of its value."""
    if "\0" in proxy + exempt or any("\ud800" <= mark <= "\udfff" for mark in proxy + exempt):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", proxy)
        patch.setenv("NO_PROXY", exempt)
        try:
            found = proxy_for("api.spaceknow.com")
            told = found.host if found else "none"
        except sk.ConfigError as error:
            told = str(error) if "HTTPS_PROXY" in str(error) else ""
        assert told
        assert proxy_for("127.0.0.1") is None


HOMELESS = """
import os, pwd, sys
def nobody(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")
pwd.getpwuid = nobody
"""


def homeless(*lines: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script for a user without an entry in /etc/passwd, as in many containers."""
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    return subprocess.run(
        [sys.executable, "-c", "\n".join((HOMELESS, *lines))],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_home_directory() -> None:
    with WireServer([WELL]) as server:
        ran = homeless(
            "import spaceknow_client as sk",
            "for make in (sk.SpaceKnow, sk.FileTokenStore, sk.StoredAuth):",
            "    try:",
            "        make()",
            "    except sk.ConfigError as error:",
            "        print(error)",
            f"e = sk.Environment(base_url={server.url!r}, auth_domain={server.url!r}, client_id='i')",
            "print(sk.SpaceKnow(e, auth=sk.TokenAuth('t')).credits.remaining())",
        )
        assert ran.returncode == 0, ran.stderr
        *problems, credit = ran.stdout.splitlines()
        assert credit == "12.5"
        assert len(problems) == 3
        assert all("HOME" in problem for problem in problems)
        command = homeless(
            "from spaceknow_client.cli.start import main; main(['credits', 'remaining'])",
            SPACEKNOW_BASE_URL=server.url,
            SPACEKNOW_TOKEN="t",
        )
        assert command.returncode == 0, command.stderr
        assert "12.5" in command.stdout
