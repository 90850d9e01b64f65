"""Clients in other processes: same settings, own login, and no secret in the pickle."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.secret_scan import Scan

LIMITS = sk.Limits(concurrency=3)


def password() -> str:
    """The emulator's credentials, with which another process logs in."""
    from spaceknow_client.emulator.accounts.users import PASSWORD

    return PASSWORD


def test_every_setting_arrives(both: Both, emulator: Emulator, tmp_path: Path, scan: Scan) -> None:
    settings: dict[str, Any] = {
        "timeout": 3,
        "deadline": 4,
        "pipeline_deadline": 5,
        "retry": sk.RetryPolicy.none(),
        "max_request_bytes": 6,
        "max_response_bytes": 7,
        "check_permissions": True,
    }
    auth = sk.PasswordAuth(emulator.username, emulator.password, sk.FileTokenStore(tmp_path / "t"))
    hooks = sk.Hooks(on_request=lambda event: None)
    client = both.of(
        emulator, auth=auth, journal=tmp_path / "runs", limits=LIMITS, hooks=hooks, **settings
    )
    written = pickle.dumps(client)
    scan.tell(repr(written))
    again = both.opened(pickle.loads(written))
    assert type(again) is type(client)
    assert again.environment == client.environment
    for name, value in settings.items():
        assert getattr(again.options, name) == value
    assert again.options.limits == LIMITS
    assert again.options.hooks == sk.Hooks()
    assert again._journal.path == tmp_path / "runs"
    derived = both.opened(pickle.loads(pickle.dumps(client.with_options(timeout=8))))
    assert (derived.options.timeout, derived.options.deadline) == (8, 4)
    assert derived._journal.path == tmp_path / "runs"
    assert both.opened(pickle.loads(pickle.dumps(again))).options == again.options


async def test_a_login_in_a_file_is_shared(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    client = both.of(emulator, auth=auth)
    again = both.opened(pickle.loads(pickle.dumps(client)))
    with pytest.raises(sk.AuthError, match="not logged in"):
        await both.settle(again.user.info())
    await both.settle(client.user.info())
    info = await both.settle(again.user.info())
    assert info.email == emulator.username
    assert len(emulator.calls("auth0.login")) == 1


async def test_a_password_from_a_function_logs_in_there(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, auth=sk.PasswordAuth(emulator.username, password))
    again = both.opened(pickle.loads(pickle.dumps(client)))
    assert (await both.settle(again.user.info())).email == emulator.username


async def test_variables_of_the_other_process_are_read_there(
    both: Both, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, scan: Scan
) -> None:
    monkeypatch.setenv("SPACEKNOW_TOKEN", "token-of-the-first-process")
    scan.keep("token-of-the-first-process")
    written = pickle.dumps(both.connect(emulator.environment))
    scan.tell(repr(written))
    monkeypatch.delenv("SPACEKNOW_TOKEN")
    monkeypatch.setenv("SPACEKNOW_USERNAME", emulator.username)
    monkeypatch.setenv("SPACEKNOW_PASSWORD", emulator.password)
    again = both.opened(pickle.loads(written))
    assert (await both.settle(again.user.info())).email == emulator.username


def test_what_would_take_a_secret_along_is_refused(both: Both, emulator: Emulator) -> None:
    for auth in (
        sk.TokenAuth("a-token-of-mine"),
        sk.PasswordAuth("me@example.com", "a-password-of-mine"),
        sk.StoredAuth(sk.MemoryTokenStore()),
    ):
        client = both.of(emulator, auth=auth)
        for each in (client, client.with_options(timeout=1)):
            with pytest.raises(sk.ConfigError, match="FileTokenStore"):
                pickle.dumps(each)


@pytest.mark.parametrize(
    "auth",
    [
        sk.TokenAuth("a-token-of-mine"),
        sk.PasswordAuth("me@example.com", "a-password-of-mine"),
        sk.PasswordAuth("me@example.com", "a-password-of-mine", sk.FileTokenStore("x")),
    ],
)
def test_credentials_alone_are_refused_and_can_be_copied(auth: Any) -> None:
    with pytest.raises(sk.ConfigError, match="cannot pickle a"):
        pickle.dumps(auth)
    assert copy.copy(auth) is copy.deepcopy(auth) is auth


def test_credentials_without_a_secret_arrive() -> None:
    for auth in (
        sk.PasswordAuth("me@example.com", password, sk.FileTokenStore("x")),
        sk.StoredAuth(sk.FileTokenStore("x"), "me@example.com"),
    ):
        assert pickle.loads(pickle.dumps(auth)) == auth


def test_an_http_client_of_ones_own_stays(both: Both, emulator: Emulator) -> None:
    import httpx

    kind = httpx.Client if both.is_sync else httpx.AsyncClient
    client = both.of(emulator, http_client=kind(), auth=sk.StoredAuth())
    with pytest.raises(sk.ConfigError, match="http_client"):
        pickle.dumps(client)


async def test_aiohttp_is_had_there_too(emulator: Emulator) -> None:
    auth = sk.PasswordAuth(emulator.username, password)
    client = emulator.async_client(auth=auth, http_client="aiohttp")
    async with pickle.loads(pickle.dumps(client)) as again:
        assert (await again.user.info()).email == emulator.username
        assert type(again._network).__name__ == "AiohttpNetwork"


def email_of(client: sk.SpaceKnow) -> str:
    with client:
        return client.user.info().email


def test_a_pool_of_processes(emulator: Emulator, tmp_path: Path) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    with emulator.client(auth=auth) as client:
        client.user.info()
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.map(email_of, [client, client]) == [emulator.username] * 2
    assert len(emulator.calls("auth0.login")) == 1
