"""Tools that mock httpx's traffic also mock the client's: a mocked release is never paid for.

Each tool is tried with a client that has a connection already, and with one that has none.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
import respx
import vcr  # type: ignore[import-untyped]  # it ships no types
import wrapt
from pytest_httpx import HTTPXMock

import spaceknow_client as sk
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.transport.networks.stock_httpx import async_is_stock, is_stock
from tests.conftest import Both
from tests.faults.wire import WELL, WireServer, answer, slowly
from tests.places import CAR_PARK

MOCKED = {"pipelineId": "mocked", "status": "NEW", "nextTry": 5}
REAL = answer(200, {"pipelineId": "real", "status": "NEW", "nextTry": 5})
CREDIT = answer(200, {"remainingCredit": 12.5})


def connected(both: Both, server: WireServer, **options: Any) -> Any:
    return both.connect(
        server.environment,
        auth=sk.TokenAuth("t"),
        retry=sk.RetryPolicy(max_attempts=3, backoff=0.01),
        **options,
    )


async def release(both: Both, client: Any) -> Any:
    run = client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)
    return (await both.settle(run)).id


# The behavior of a tool, as `answer(request) -> response`, which may raise.
Answer = Callable[[httpx.Request], httpx.Response]


@contextmanager
def by_respx(answer: Answer, using: str = "httpcore") -> Iterator[None]:
    with respx.mock(using=using, assert_all_called=False) as router:
        router.route().mock(side_effect=answer)
        yield


def by_respx_above_the_transport(answer: Answer) -> AbstractContextManager[None]:
    return by_respx(answer, "httpx")


@contextmanager
def by_methods(answer: Answer, *targets: tuple[type[Any], str]) -> Iterator[None]:
    """By replacing methods, as many conftest.py do by hand."""

    def handle(self: Any, request: httpx.Request, **options: Any) -> httpx.Response:
        return answer(request)

    async def handle_async(self: Any, request: httpx.Request, **options: Any) -> httpx.Response:
        return answer(request)

    with pytest.MonkeyPatch.context() as patch:
        for kind, method in targets:
            patch.setattr(kind, method, handle_async if "Async" in kind.__name__ else handle)
        yield


def by_the_transport(answer: Answer) -> AbstractContextManager[None]:
    return by_methods(
        answer,
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
    )


def by_send(answer: Answer) -> AbstractContextManager[None]:
    return by_methods(answer, (httpx.Client, "send"), (httpx.AsyncClient, "send"))


@contextmanager
def by_the_classes(answer: Answer) -> Iterator[None]:
    """By other clients under the names of httpx's."""
    clients = {"Client": httpx.Client, "AsyncClient": httpx.AsyncClient}
    with pytest.MonkeyPatch.context() as patch:
        for name, kind in clients.items():

            def made(kind: Any = kind, **options: Any) -> Any:
                return kind(transport=httpx.MockTransport(answer))

            patch.setattr(httpx, name, made)
        yield


@contextmanager
def by_wrapt(answer: Answer) -> Iterator[None]:
    """As OpenTelemetry's instrumentation does; such a wrapper looks like its target."""

    def handle(wrapped: Any, instance: Any, args: Any, options: Any) -> Any:
        return answer(args[0])

    async def handle_async(wrapped: Any, instance: Any, args: Any, options: Any) -> Any:
        return answer(args[0])

    with pytest.MonkeyPatch.context() as patch:
        for kind, method, wrapper in (
            (httpx.HTTPTransport, "handle_request", handle),
            (httpx.AsyncHTTPTransport, "handle_async_request", handle_async),
        ):
            patch.setattr(kind, method, wrapt.FunctionWrapper(vars(kind)[method], wrapper))
        yield


TOOLS = [
    by_respx,
    by_respx_above_the_transport,
    by_the_transport,
    by_send,
    by_the_classes,
    by_wrapt,
]
every_tool = pytest.mark.parametrize("tool", TOOLS, ids=[tool.__name__ for tool in TOOLS])


@every_tool
@pytest.mark.parametrize("kept", [False, True], ids=["no connection yet", "a kept connection"])
async def test_nothing_leaves(both: Both, tool: Any, kept: bool) -> None:
    seen: list[httpx.Request] = []

    def mock(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=MOCKED, request=request)

    with WireServer([CREDIT]) as server:
        client = connected(both, server)
        if kept:
            await both.settle(client.credits.remaining())
        with tool(mock):
            assert await release(both, client) == "mocked"
            assert await release(both, client) == "mocked"
        assert len(server.requests) == server.connections == kept
        path = OPERATIONS["kraken.release.initiate"].path
        assert [str(request.url) for request in seen] == [f"{server.url}{path}"] * 2
        assert seen[0].headers["authorization"] == "Bearer t"
        assert json.loads(seen[0].content)["sceneIds"] == ["s"]
        # When the tool is removed, the service is called.
        assert await both.settle(client.credits.remaining()) == 12.5
        assert len(server.requests) == kept + 1


@every_tool
@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
async def test_what_was_not_watched_counts_as_sent(both: Both, tool: Any, error: Any) -> None:
    seen: list[httpx.Request] = []

    def mock(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise error("mocked", request=request)

    with WireServer([CREDIT]) as server:
        client = connected(both, server)
        with tool(mock), pytest.raises(sk.AmbiguousRequestError):
            await release(both, client)
        assert (len(seen), server.connections) == (1, 0)


@every_tool
async def test_what_was_surely_not_sent_is_sent_again(both: Both, tool: Any) -> None:
    seen: list[httpx.Request] = []

    def mock(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) < 3:
            raise httpx.ConnectError("mocked", request=request)
        return httpx.Response(200, json=MOCKED, request=request)

    with WireServer([CREDIT]) as server:
        client = connected(both, server)
        with tool(mock):
            assert await release(both, client) == "mocked"
        assert (len(seen), server.connections) == (3, 0)


async def test_pytest_httpx(both: Both, httpx_mock: HTTPXMock) -> None:
    with WireServer([CREDIT]) as server:
        client = connected(both, server)
        httpx_mock.add_response(method="POST", json=MOCKED)
        assert await release(both, client) == "mocked"
        httpx_mock.add_exception(httpx.ReadTimeout("mocked"))
        with pytest.raises(sk.AmbiguousRequestError):
            await release(both, client)
        requests = httpx_mock.get_requests()
        assert [request.url.host for request in requests] == ["127.0.0.1"] * 2
        assert server.connections == 0


@pytest.mark.httpx_mock(should_mock=lambda request: request.url.path.endswith("/initiate"))
async def test_what_pytest_httpx_lets_through_is_sent(both: Both, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="POST", json=MOCKED)
    with WireServer([CREDIT]) as server:
        client = connected(both, server)
        assert await both.settle(client.credits.remaining()) == 12.5
        assert await release(both, client) == "mocked"
        assert [re.sub(".*/", "", path) for path in server.paths()] == ["get-remaining-credit"]
        await both.aclose()


async def test_vcr_records_and_replays(both: Both, tmp_path: Path) -> None:
    recorder = vcr.VCR(
        cassette_library_dir=str(tmp_path), filter_headers=["authorization"], record_mode="once"
    )
    with WireServer([WELL]) as server:
        client = connected(both, server)
        assert await both.settle(client.credits.remaining()) == 12.5  # the connection stays open
        for recording in (True, False):
            with recorder.use_cassette("job.yaml") as cassette:
                assert await both.settle(client.credits.remaining()) == 12.5
                assert await release(both, client) == "3g4PovfhGxmymQolpgvv"
            assert len(cassette) == 2
            assert cassette.play_count == (0 if recording else 2)
            assert len(server.requests) == 3
        await both.aclose()
    assert "Bearer" not in (tmp_path / "job.yaml").read_text(encoding="utf-8")


async def test_a_release_that_vcr_watches_is_sent_once(both: Both, tmp_path: Path) -> None:
    recorder = vcr.VCR(cassette_library_dir=str(tmp_path), record_mode="all")
    with WireServer([slowly((5.0, b""))]) as server:
        client = connected(both, server, timeout=0.2)
        with recorder.use_cassette("late.yaml"), pytest.raises(sk.AmbiguousRequestError):
            await release(both, client)
        assert len(server.requests) == 1
        await both.aclose()


async def test_a_cassette_that_lacks_a_request_sends_nothing(both: Both, tmp_path: Path) -> None:
    recorder = vcr.VCR(cassette_library_dir=str(tmp_path), record_mode="none")
    with WireServer([REAL]) as server:
        client = connected(both, server)
        with recorder.use_cassette("none.yaml"), pytest.raises(sk.SpaceKnowError):
            await release(both, client)
        assert server.connections == 0


async def test_a_client_of_ones_own_keeps_its_hooks_and_mounts(both: Both) -> None:
    seen: list[str] = []

    def mock(request: httpx.Request) -> httpx.Response:
        seen.append("transport")
        return httpx.Response(200, json=MOCKED)

    def hook(message: Any) -> None:
        seen.append(type(message).__name__)

    async def async_hook(message: Any) -> None:
        hook(message)

    used = hook if both.is_sync else async_hook
    make: Any = httpx.Client if both.is_sync else httpx.AsyncClient
    http_client = make(
        mounts={"all://127.0.0.1": httpx.MockTransport(mock)},
        event_hooks={"request": [used], "response": [used]},
    )
    with WireServer([REAL]) as server:
        client = connected(both, server, http_client=http_client)
        assert await release(both, client) == "mocked"
        assert server.connections == 0
    assert seen == ["Request", "transport", "Response"]
    await both.settle(http_client.close() if both.is_sync else http_client.aclose())


REPLACEABLE = [
    (is_stock, httpx.Client, "send"),
    (is_stock, httpx.Client, "_send_single_request"),
    (is_stock, httpx.Client, "build_request"),
    (is_stock, httpx.HTTPTransport, "handle_request"),
    (is_stock, httpcore.ConnectionPool, "handle_request"),
    (is_stock, httpcore.HTTPConnection, "handle_request"),
    (async_is_stock, httpx.AsyncClient, "send"),
    (async_is_stock, httpx.AsyncClient, "_send_single_request"),
    (async_is_stock, httpx.AsyncClient, "stream"),
    (async_is_stock, httpx.AsyncHTTPTransport, "handle_async_request"),
    (async_is_stock, httpcore.AsyncConnectionPool, "handle_async_request"),
    (async_is_stock, httpcore.AsyncHTTPConnection, "handle_async_request"),
]


@pytest.mark.parametrize(
    ("check", "kind", "method"), REPLACEABLE, ids=[f"{k.__name__}.{m}" for _, k, m in REPLACEABLE]
)
def test_each_method_on_the_way_is_looked_at(
    check: Callable[[], bool], kind: Any, method: str
) -> None:
    """If this fails after an update of httpx or httpcore: find the classes that a request uses
    there, and let `transport/stock_httpx.py` name those."""
    assert check()
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(kind, method, lambda *_, **__: None)
        assert not check()
    assert check()


async def test_a_client_that_cannot_be_made_is_no_foreign_error(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of httpx can have any value in a test."""
    monkeypatch.setattr(httpx, "Client" if both.is_sync else "AsyncClient", lambda: None)
    with WireServer([REAL]) as server:
        with pytest.raises(sk.TransportError):
            await release(both, connected(both, server))
        assert server.connections == 0


def test_a_tool_that_was_there_before_us_is_seen() -> None:
    """The client is imported when it is first used, which may be inside a cassette."""
    script = (
        "import httpx, respx, spaceknow_client as sk\n"
        "with respx.mock() as router:\n"
        "    router.route().mock(return_value=httpx.Response(200, json={'remainingCredit': 7}))\n"
        "    print(sk.SpaceKnow(auth=sk.TokenAuth('t')).credits.remaining())\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "7\n"
