"""The user's own HTTP client: httpx, or its successor httpx2."""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.conftest import Both
from tests.faults.wire import WireServer, answer
from tests.places import CAR_PARK

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2])
RELEASE = {"scene_ids": ["s"], "extent": CAR_PARK}


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
    """The library's own names of errors tell the request's fate."""
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
    """Each read is bounded by `timeout` there, though the client itself would wait for ever."""

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


async def test_no_cookie_is_kept(both: Both) -> None:
    cookie = answer(200, {"remainingCredit": 1}, headers={"set-cookie": "a=b; Path=/"})
    with WireServer([cookie]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        for _ in range(2):
            await both.settle(client.credits.remaining())
        assert [headers.get("cookie") for _, headers, _ in server.requests] == [None, None]
