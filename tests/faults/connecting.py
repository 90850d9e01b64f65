"""Rows of the fault matrix about connections: TLS, proxies, persistent ones, canceled calls, mocks.

As those of `changing`: functions of the kind of client and of the call, which tell how it ended.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import httpx
import pytest
import respx
import trustme

import spaceknow_client as sk
from spaceknow_client.emulator import Fault
from tests.conftest import Both
from tests.faults.printer import short
from tests.faults.proxy import API, FAR, Proxy
from tests.faults.tls import TLSServer
from tests.faults.wire import WELL, WireServer, answer, send
from tests.places import CAR_PARK

ENVIRONMENT = sk.Environment(base_url=FAR, auth_domain=FAR, client_id="test")
TRIES = sk.RetryPolicy(max_attempts=3, backoff=0.01)
NO_TLS = Fault(name="no TLS", after="nothing", steps=lambda _: [b"SSH-2.0-OpenSSH_9.2\r\n"])
REFUSES = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


def connected(both: Both, environment: sk.Environment, **options: Any) -> Any:
    return both.connect(environment, **{"auth": sk.TokenAuth("t"), "retry": TRIES, **options})


async def _call(both: Both, client: Any, kind: str) -> Any:
    if kind == "safe":
        return await both.settle(client.credits.remaining())
    return await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))


async def _fails(
    both: Both, client: Any, kind: str, match: str | None = None
) -> type[sk.SpaceKnowError]:
    with pytest.raises(sk.SpaceKnowError, match=match) as caught:
        await _call(both, client, kind)
    return type(caught.value)


@contextmanager
def trusting(authority: trustme.CA) -> Iterator[pytest.MonkeyPatch]:
    """An environment in which an authority is trusted, until something else is set there."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        file = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(file))
        patch.setenv("SSL_CERT_FILE", str(file))
        yield patch


async def _not_trusted(both: Both, kind: str) -> str:
    with trusting(trustme.CA()), TLSServer(trustme.CA(), [WELL]) as server:
        client = connected(both, server.environment)
        error = await _fails(both, client, kind, "certificate is not trusted")
        assert (error, len(server.requests)) == (sk.ConnectError, 0)
        await both.aclose()
    return f"{short(error)} 0"


async def _not_trusted_behind_a_proxy(both: Both, kind: str) -> str:
    with (
        trusting(trustme.CA()) as patch,
        TLSServer(trustme.CA(), [WELL], API) as server,
        Proxy(int(server.url.rpartition(":")[2])) as proxy,
    ):
        patch.setenv("HTTPS_PROXY", proxy.url)
        client = connected(both, ENVIRONMENT)
        error = await _fails(both, client, kind, "certificate is not trusted")
        assert (error, len(server.requests)) == (sk.ConnectError, 0)
        assert len(proxy.asked) == TRIES.max_attempts
        await both.aclose()
    return f"{short(error)} 0"


async def _proxy_refuses(both: Both, kind: str) -> str:
    with Proxy(1, answer=REFUSES) as proxy, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", proxy.url)
        client = connected(both, ENVIRONMENT)
        error = await _fails(both, client, kind, "proxy")
        assert (error, len(proxy.asked)) == (sk.ConnectError, TRIES.max_attempts)
        await both.aclose()
    return f"{short(error)} 0"


async def _handshake_breaks(both: Both, kind: str) -> str:
    with (
        trusting(trustme.CA()),
        WireServer([NO_TLS]) as server,
    ):
        url = server.url.replace("http:", "https:")
        environment = sk.Environment(base_url=url, auth_domain=url, client_id="test")
        error = await _fails(both, connected(both, environment), kind, "could not connect")
        assert (error, len(server.requests)) == (sk.ConnectError, 0)
        await both.aclose()
    return f"{short(error)} 0"


GOOD = answer(200, {"remainingCredit": 12.5, "pipelineId": "p", "status": "NEW", "nextTry": 5})


async def _closed_while_kept(both: Both, kind: str) -> str:
    """The server closes after its response, and a busy event loop has not noticed."""

    def and_close(connection: socket.socket) -> bool:
        send(connection, GOOD)
        return False

    with WireServer([and_close]) as server:
        client = connected(both, server.environment)
        for _ in range(5):
            assert await _call(both, client, kind) is not None
            server.wait_until_closed()
        assert len(server.requests) == server.connections == 5
        await both.aclose()
    return "ok 1"


async def _more_while_kept(both: Both, kind: str) -> str:
    """A second, unrequested response follows the response."""
    came = threading.Event()

    def and_more(connection: socket.socket) -> bool:
        send(connection, GOOD)
        time.sleep(0.01)
        send(connection, answer(200, {"remainingCredit": 99, "pipelineId": "another"}))
        came.set()
        return True

    with WireServer([and_more]) as server:
        client = connected(both, server.environment)
        for _ in range(5):
            got = await _call(both, client, kind)
            assert (got if kind == "safe" else got.id) == (12.5 if kind == "safe" else "p")
            assert came.wait(5)
            came.clear()
        assert len(server.requests) == server.connections == 5
        await both.aclose()
    return "ok 1"


async def _given_up(both: Both, kind: str) -> str:
    """Canceled, or timed out if it cannot be canceled; then every slot works."""
    with WireServer([Fault.silence(0.3), Fault.silence(0.3), WELL]) as server:
        client = connected(both, server.environment, limits=sk.Limits(concurrency=2))
        hasty = client.with_options(timeout=0.1, retry=sk.RetryPolicy.none())
        for _ in range(2):
            if both.is_sync:
                await _fails(both, hasty, kind)
            else:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(_call(both, client, kind), 0.1)
        for _ in range(3):
            assert await _call(both, client, kind) is not None
        assert len(server.requests) == 5
        await both.aclose()
    return "ok 1"


async def _mocked(both: Both, kind: str) -> str:
    """respx, which replaces httpx's traffic; an aiohttp session is replaced by hand."""
    asked = 0

    def late(*_: Any, **__: Any) -> Any:
        nonlocal asked
        asked += 1
        raise aiohttp.ServerTimeoutError if both.kind == "aiohttp" else httpx.ReadTimeout("mocked")

    with WireServer([WELL]) as server:
        client = connected(both, server.environment)
        with respx.mock(assert_all_called=False) as router, pytest.MonkeyPatch.context() as patch:
            router.route().mock(side_effect=late)
            patch.setattr(aiohttp.ClientSession, "_request", late)
            error = await _fails(both, client, kind)
        await both.aclose()
        assert server.connections == 0
    wanted = (sk.RequestTimeoutError, 3) if kind == "safe" else (sk.AmbiguousRequestError, 1)
    assert (error, asked) == wanted
    return f"{short(error)} {asked}"


async def _hook_raises(both: Both, kind: str) -> str:
    """A client of the user, whose hook raises for a 402; a session of aiohttp does the same."""

    def check(response: Any) -> None:
        response.raise_for_status()

    async def async_check(response: Any) -> None:
        response.raise_for_status()

    async def traced(session: Any, context: Any, params: Any) -> None:
        params.response.raise_for_status()

    made: Any
    if both.kind == "aiohttp":
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(traced)
        made = aiohttp.ClientSession(trace_configs=[trace])
    elif both.is_sync:
        made = httpx.Client(event_hooks={"response": [check]})
    else:
        made = httpx.AsyncClient(event_hooks={"response": [async_check]})
    with WireServer([Fault.status(402, code="X")]) as server:
        client = connected(both, server.environment, http_client=made)
        error = await _fails(both, client, kind, "402")
        assert (error, len(server.requests)) == (sk.APIError, 1)
        await both.aclose()
    await both.settle(made.aclose() if isinstance(made, httpx.AsyncClient) else made.close())
    return f"{short(error)} 1"


async def _loopback_and_a_proxy(both: Both, kind: str) -> str:
    """A proxy is set, and the service is on this machine: the bearer is not sent to the proxy."""
    with WireServer([WELL]) as server, Proxy(1) as proxy, pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, proxy.url)
        environment = sk.Environment(
            base_url=server.url, auth_domain="login.invalid", client_id="test"
        )
        assert await _call(both, connected(both, environment), kind) is not None
        assert (proxy.connections, len(server.requests)) == (0, 1)
        await both.aclose()
    return "ok 1"


async def _unusable_proxy(both: Both, kind: str) -> str:
    """An invalid address. The client is not created, so nothing can be sent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", "host:notaport")
        with pytest.raises(sk.ConfigError, match="HTTPS_PROXY") as caught:
            connected(both, ENVIRONMENT)
    return f"{short(type(caught.value))} 0"


ROWS: dict[str, Callable[[Both, str], Awaitable[str]]] = {
    "certificate not trusted": _not_trusted,
    "the same behind a proxy": _not_trusted_behind_a_proxy,
    "a proxy refuses": _proxy_refuses,
    "TLS breaks off": _handshake_breaks,
    "closed while it is kept": _closed_while_kept,
    "more while it is kept": _more_while_kept,
    "given up, and called again": _given_up,
    "mocked, a ReadTimeout": _mocked,
    "a hook raises for a 402": _hook_raises,
    "loopback, and a proxy": _loopback_and_a_proxy,
    "a proxy of no address": _unusable_proxy,
}
