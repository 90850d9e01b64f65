"""Shared fixtures: each promise is tested with both clients, and some with aiohttp too."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.auth import token_stores
from spaceknow_client.contract.judge import Judge
from spaceknow_client.emulator import Emulator
from spaceknow_client.generated.types import Request
from spaceknow_client.transport import transport, transport_async
from spaceknow_client.transport.requests import content_of
from tests.faults.tls import authority
from tests.secret_scan import (
    pytest_configure,
    pytest_runtest_makereport,
    scan,
    whole_scan,
)

__all__ = ["authority", "pytest_configure", "pytest_runtest_makereport", "scan", "whole_scan"]

KINDS = ("sync", "async", "aiohttp")

# For tests that depend on the HTTP library.
on_every_kind = pytest.mark.kinds(*KINDS)


async def settle(value: Any) -> Any:
    """The result of a call: returned by the synchronous client, awaited with the asynchronous one."""
    return await value if inspect.isawaitable(value) else value


async def items_of(listing: Any) -> list[Any]:
    """All items of a listing, synchronous or asynchronous."""
    if hasattr(listing, "__aiter__"):
        return [item async for item in listing]
    return list(listing)


class Both:
    """Creates clients of one kind, and closes them."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._options = {"http_client": "aiohttp"} if kind == "aiohttp" else {}
        self.settle = settle
        self.items_of = items_of
        self._open: list[Any] = []

    def connect(self, environment: sk.Environment, **options: Any) -> Any:
        """A new client of this kind."""
        make = sk.SpaceKnow if self.is_sync else sk.AsyncSpaceKnow
        return self.opened(make(environment, **(self._options | options)))

    def of(self, emulator: Any, **options: Any) -> Any:
        """A new client of this kind, logged in to an emulator."""
        make: Callable[..., Any] = emulator.client if self.is_sync else emulator.async_client
        return self.opened(make(**(self._options | options)))

    def opened(self, client: Any) -> Any:
        self._open.append(client)
        return client

    @property
    def is_sync(self) -> bool:
        return self.kind == "sync"

    async def aclose(self) -> None:
        while self._open:
            client = self._open.pop()
            await settle(client.close() if self.is_sync else client.aclose())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`both` is the synchronous and the asynchronous client, or those that a test selects."""
    if "both" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("kinds")
        metafunc.parametrize("both", mark.args if mark else KINDS[:2], indirect=True)


@pytest.fixture
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Both]:
    made = Both(request.param)
    yield made
    await made.aclose()


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(token_stores, "HOME", str(tmp_path / "home"))
    for name in (
        "ENVIRONMENT",
        "BASE_URL",
        "AUTH_URL",
        "CLIENT_ID",
        "USERNAME",
        "PASSWORD",
        "TOKEN",
        "API_KEY",
        "JOURNAL",
    ):
        monkeypatch.delenv(f"SPACEKNOW_{name}", raising=False)


def json_of(value: Any) -> Any:
    """A body as its JSON data; a form is converted to such data."""
    return json.loads(json.dumps(value))


@pytest.fixture(autouse=True)
def requests_fit_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request that a client sends in a test, to any server, must match the document."""

    def watched(request: Request, max_bytes: int) -> bytes | None:
        made = content_of(request, max_bytes)
        if made is not None:
            judge = Judge.bundled()
            body = request.json if isinstance(request.json, bytes) else json_of(request.json)
            assert judge.validate_request(request.operation, body, closed=False) == []
        return made

    for module in (transport, transport_async):
        monkeypatch.setattr(module, "content_of", watched)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator whose pipelines end immediately."""
    with Emulator(seconds_per_pipeline=0) as emu:
        yield emu
    # It responds with 500 if its own response does not match the document.
    assert [call for call in emu.calls() if call.status >= 500 and call.fault is None] == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests report when they pass."""
    for report in terminalreporter.stats.get("passed", []):
        for name, told in getattr(report, "user_properties", []):
            if name == "links":
                terminalreporter.write_line(str(told))
