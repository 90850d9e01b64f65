"""Bad input raises one clear error, before any request if possible."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

LINE = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (sk.InvalidExtentError, {"extent": "no json"}),
        (sk.InvalidExtentError, {"extent": LINE}),
        (sk.InvalidArgumentError, {"provider": ""}),
        (sk.InvalidArgumentError, {"dataset": None}),
        (sk.InvalidArgumentError, {"start": "soon"}),
        (sk.InvalidArgumentError, {"start": "2018", "end": "2017"}),
        (sk.InvalidArgumentError, {"min_intersection": 2}),
        (sk.InvalidArgumentError, {"min_intersection": "0.5"}),
    ],
)
async def test_search(
    both: Both, emulator: Emulator, kind: type[Exception], arguments: dict[str, Any]
) -> None:
    client = both.of(emulator)
    with pytest.raises(kind):
        client.imagery.search(**{"extent": CAR_PARK, **GBDX, **arguments})
    assert emulator.calls() == []


@pytest.mark.parametrize(
    ("kind", "map_type", "scene_ids", "extent"),
    [
        (sk.InvalidArgumentError, "", ["s"], CAR_PARK),
        (sk.InvalidArgumentError, "cars", [], CAR_PARK),
        (sk.InvalidArgumentError, "cars", "s", CAR_PARK),
        (sk.InvalidArgumentError, "cars", ["s", 3], CAR_PARK),
        (sk.InvalidArgumentError, "cars", (s for s in ["s"]), CAR_PARK),
        (sk.InvalidArgumentError, "cars", 5, CAR_PARK),
        (sk.InvalidExtentError, "cars", ["s"], LINE),
    ],
)
async def test_release(
    both: Both,
    emulator: Emulator,
    kind: type[Exception],
    map_type: str,
    scene_ids: Any,
    extent: Any,
) -> None:
    client = both.of(emulator)
    with pytest.raises(kind):
        await both.settle(client.kraken.release(map_type, scene_ids=scene_ids, extent=extent))
    assert emulator.calls() == []


@pytest.mark.parametrize(
    ("tile", "name"),
    [
        ((17, 1), "cars.png"),
        ((17, 1, "2"), "cars.png"),
        ((2, 4, 0), "cars.png"),
        ((-1, 0, 0), "cars.png"),
        (b"\x01\x00\x01", "cars.png"),
        ({2, 0, 1}, "cars.png"),
        ({2: 0, 0: 0, 1: 0}, "cars.png"),
        ((17, 1, 2), ""),
        ((17, 1, 2), "../cars.png"),
        ((17, 1, 2), "a/b.png"),
        ((17, 1, 2), ".."),
        ((17, 1, 2), "\ud800"),
        (None, "cars.png"),
    ],
)
async def test_grid_file(both: Both, emulator: Emulator, tile: Any, name: str) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(client.kraken.grid_file("map", tile, name))
    assert emulator.calls() == []


async def test_a_file_that_the_map_type_has_not(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    run = await both.settle(
        client.kraken.release("imagery", scene_ids=[scene.scene_id], extent=CAR_PARK)
    )
    kraken_map = await both.settle(run.result())
    with pytest.raises(sk.errors.UnsupportedFileNameError) as caught:
        await both.settle(client.kraken.grid_file(kraken_map, kraken_map.tiles[0], "cars.png"))
    assert caught.value.hint


def test_missing_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACEKNOW_USERNAME", "me@example.com")
    with pytest.raises(sk.ConfigError, match="SPACEKNOW_PASSWORD is not set"):
        sk.SpaceKnow()
    with pytest.raises(sk.ConfigError, match="password must not be empty"):
        sk.PasswordAuth("me@example.com", " ")


def test_the_environment_comes_from_arguments_then_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    auth = sk.TokenAuth("t")
    assert sk.SpaceKnow(auth=auth).environment is not None
    assert sk.SpaceKnow(auth=auth).environment == sk.Environment.PRODUCTION
    monkeypatch.setenv("SPACEKNOW_ENVIRONMENT", "devel")
    assert sk.SpaceKnow(auth=auth).environment == sk.Environment.DEVEL
    assert sk.SpaceKnow(sk.Environment.EMULATOR, auth=auth).environment == sk.Environment.EMULATOR
    monkeypatch.setenv("SPACEKNOW_ENVIRONMENT", "moon")
    with pytest.raises(sk.ConfigError, match="production, devel, emulator"):
        sk.SpaceKnow(auth=auth)


def test_a_password_never_goes_to_a_guessed_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACEKNOW_BASE_URL", "https://api.local")
    with pytest.raises(sk.ConfigError, match="SPACEKNOW_AUTH_URL"):
        sk.SpaceKnow(auth=sk.PasswordAuth("me@example.com", "word"))
    assert sk.SpaceKnow(auth=sk.TokenAuth("t")).environment.base_url == "https://api.local"
    monkeypatch.setenv("SPACEKNOW_AUTH_URL", "login.local")
    monkeypatch.setenv("SPACEKNOW_CLIENT_ID", "id")
    client = sk.SpaceKnow(auth=sk.PasswordAuth("me@example.com", "word"))
    assert client.environment.auth_url == "https://login.local"


def test_an_emulator_at_any_port_is_its_own_login_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACEKNOW_ENVIRONMENT", "emulator")
    auth = sk.PasswordAuth("me@example.com", "word")
    for address in ("http://127.0.0.1:9000", "http://localhost:1", "http://[::1]:9"):
        monkeypatch.setenv("SPACEKNOW_BASE_URL", address)
        environment = sk.SpaceKnow(auth=auth).environment
        assert (environment.base_url, environment.auth_url) == (address, address)
    for address in ("https://api.local", "http://[::1", "http://127.0.0.1.evil.com"):
        monkeypatch.setenv("SPACEKNOW_BASE_URL", address)
        with pytest.raises(sk.ConfigError):
            sk.SpaceKnow(auth=auth)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.spaceknow.com",
        "api.spaceknow.com",
        "ftp://a",
        "https://u:p@a",
        "https://",
        "https://[::1",
        "https://a b",
        "https://a:99999",
        f"https://{'a' * 64}",
        None,
    ],
)
def test_addresses_that_are_refused(url: Any) -> None:
    with pytest.raises(sk.ConfigError):
        sk.Environment(base_url=url, auth_domain="login.local", client_id="id")


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"deadline": -1},
        {"timeout": "long"},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": True},
        {"deadline": 10**400},
        {"deadline": float("inf")},
        {"pipeline_deadline": float("nan")},
        {"pipeline_deadline": float("-inf")},
        {"max_response_bytes": 2.5},
        {"max_request_bytes": 0},
        {"retry": 3},
        {"limits": 4},
        {"hooks": print},
        {"environment": "production"},
        {"environment": 0},
        {"auth": "token"},
        {"http_client": "x"},
    ],
)
def test_options_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(sk.ConfigError):
        sk.SpaceKnow(**{"auth": sk.TokenAuth("t"), **options})


@pytest.mark.parametrize(
    ("make", "name", "values"),
    [
        (sk.Limits, "concurrency", [0, -1, 2.5, 2.0, True, "3", None, float("inf")]),
        (sk.RetryPolicy, "max_attempts", [0, 1.5, "3", False]),
        (sk.RetryPolicy, "backoff", [-1, float("nan"), float("inf"), "1"]),
        (sk.RetryPolicy, "max_backoff", [-0.1, float("inf")]),
        (sk.RetryPolicy, "max_retry_after", [float("-inf"), float("inf")]),
    ],
)
def test_parts_of_options_that_cannot_be(make: Any, name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(sk.ConfigError, match=name):
            make(**{name: value})


async def test_the_longest_times_can_be_used(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, timeout=1e300, deadline=1e300, pipeline_deadline=1e300)
    assert await both.settle(client.user.info())


class Closes:
    """Neither httpx's nor aiohttp's."""

    def close(self) -> None:
        """Closes nothing."""


async def test_http_clients_of_the_wrong_kind(both: Both) -> None:
    """An httpx.Client in AsyncSpaceKnow, and the reverse: the error names the right class."""
    make: Any = sk.SpaceKnow if both.is_sync else sk.AsyncSpaceKnow
    right, other = (
        ("httpx.Client", sk.AsyncSpaceKnow)
        if both.is_sync
        else (
            "httpx.AsyncClient",
            sk.SpaceKnow,
        )
    )
    for library in (httpx, httpx2):
        wrong: Any = library.AsyncClient() if both.is_sync else library.Client()
        with pytest.raises(sk.ConfigError, match=f"{right}.*to {other.__name__}"):
            make(auth=sk.TokenAuth("t"), http_client=wrong)
        await both.settle(wrong.aclose() if both.is_sync else wrong.close())
        kind = library.Client if both.is_sync else library.AsyncClient
        with pytest.raises(sk.ConfigError, match=right):  # the class instead of an instance
            make(auth=sk.TokenAuth("t"), http_client=kind)
    for wrong in (Closes(), "httpx", 5, object()):
        with pytest.raises(sk.ConfigError, match=right):
            make(auth=sk.TokenAuth("t"), http_client=wrong)


async def test_a_client_is_made_while_another_thread_imports_aiohttp(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module is loaded by then, but its content is not."""
    monkeypatch.setitem(sys.modules, "aiohttp", ModuleType("aiohttp"))
    make: Any = httpx.Client if both.is_sync else httpx.AsyncClient
    http_client = make()
    client = both.connect(
        sk.Environment.PRODUCTION, auth=sk.TokenAuth("t"), http_client=http_client
    )
    assert client.environment == sk.Environment.PRODUCTION
    await both.settle(http_client.close() if both.is_sync else http_client.aclose())


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.kraken.grid_file("..", (1, 0, 0), "a.png"),
        lambda c: c.kraken.grid_file("m", (1, 0, 0), "a.png", ".."),
        lambda c: c.kraken.grid_file(5, (1, 0, 0), "a.png"),
        lambda c: c.kraken.detections("an id"),
        lambda c: c.kraken.mosaic("an id"),
        lambda c: c.pipelines.attach("p", operation="kraken.release").wait("10"),
        lambda c: c.kraken.release(
            "cars", scene_ids=["s"], extent=CAR_PARK, sub_geometry={"x": {1, 2}}
        ),
        lambda c: c.kraken.release(
            "cars", scene_ids=["s"], extent=CAR_PARK, sub_geometry={"x": float("nan")}
        ),
    ],
)
async def test_calls_that_cannot_be(both: Both, emulator: Emulator, call: Any) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(call(client))
    assert [call.operation for call in emulator.calls() if call.operation != "auth0.login"] == []


@pytest.mark.parametrize("token", [None, 5, "", " "])
async def test_attach_takes_text(both: Both, emulator: Emulator, token: Any) -> None:
    client = both.of(emulator)
    for operation in (None, "kraken.release"):
        with pytest.raises(sk.InvalidArgumentError):
            client.pipelines.attach(token, operation=operation)
    with pytest.raises(sk.InvalidArgumentError):
        client.imagery.search(extent=CAR_PARK, **GBDX).limit("3")
