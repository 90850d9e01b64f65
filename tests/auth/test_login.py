"""One login, renewed in time and once, and no secret in any output."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.auth.token import TOKEN_LIFE, Token, expiry_of
from spaceknow_client.auth.token_stores import MemoryTokenStore
from spaceknow_client.emulator import Emulator
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer, answer

HOURS = 3600


def logins(emulator: Emulator) -> int:
    return len(emulator.calls("auth0.login"))


async def test_one_login_for_many_calls(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    for _ in range(3):
        await both.settle(client.user.info())
    assert logins(emulator) == 1


def test_one_login_for_many_threads(emulator: Emulator) -> None:
    with emulator.client() as client, ThreadPoolExecutor(16) as pool:
        assert len(list(pool.map(lambda _: client.user.info(), range(40)))) == 40
    assert logins(emulator) == 1


async def test_one_login_for_many_tasks(emulator: Emulator) -> None:
    async with emulator.async_client() as client:
        await asyncio.gather(*(client.user.info() for _ in range(40)))
    assert logins(emulator) == 1


@on_every_kind
async def test_a_token_is_renewed_before_it_ends(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    await both.settle(client.user.info())
    emulator.clock.advance(9 * HOURS)
    await both.settle(client.user.info())
    assert logins(emulator) == 1
    emulator.clock.advance(0.95 * HOURS)
    await both.settle(client.user.info())
    assert logins(emulator) == 2
    assert [call.status for call in emulator.calls("user.info")] == [200, 200, 200]


@on_every_kind
async def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    both: Both, emulator: Emulator
) -> None:
    client = both.of(emulator, retry=sk.RetryPolicy.none())
    await both.settle(client.user.info())
    emulator.fail("user.info", code="INVALID-JWT")
    await both.settle(client.user.info())
    assert logins(emulator) == 2
    emulator.fail("user.info", code="INVALID-JWT", times=2)
    with pytest.raises(sk.errors.InvalidJwtError):
        await both.settle(client.user.info())
    assert logins(emulator) == 3


async def test_missing_rights_do_not_renew(both: Both, emulator: Emulator) -> None:
    emulator.add_user("guest@example.com", "word", permissions=["user.authorize"])
    client = both.of(emulator, auth=sk.PasswordAuth("guest@example.com", "word"))
    with pytest.raises(sk.errors.NotAuthorizedError):
        await both.settle(client.credits.remaining())
    assert logins(emulator) == 1


@on_every_kind
async def test_a_wrong_password(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, auth=sk.PasswordAuth(emulator.username, "not-the-word"))
    with pytest.raises(sk.LoginError) as caught:
        await both.settle(client.user.info())
    assert caught.value.code
    assert "not-the-word" not in str(caught.value) + repr(caught.value.__dict__)
    assert emulator.calls("user.info") == []


async def test_a_token_that_cannot_be_renewed(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, auth=sk.TokenAuth("not.a.token"))
    with pytest.raises(sk.TokenExpiredError):
        await both.settle(client.user.info())
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 1}).encode()).decode()
    ended = both.of(emulator, auth=sk.TokenAuth(f"a.{claims}.c"))
    with pytest.raises(sk.TokenExpiredError):
        await both.settle(ended.user.info())
    assert len(emulator.calls("user.info")) == 1


@on_every_kind
async def test_the_bearer_goes_to_the_api_alone(both: Both) -> None:
    token = {"id_token": "x.y.z", "access_token": "a", "token_type": "bearer"}
    with (
        WireServer([answer(200, token)]) as auth0,
        WireServer([answer(200, {"remainingCredit": 1})]) as api,
    ):
        environment = sk.Environment(
            base_url=api.environment.base_url,
            auth_domain=auth0.environment.auth_url,
            client_id="the-id",
        )
        client = both.connect(environment, auth=sk.PasswordAuth("me@example.com", "word"))
        assert await both.settle(client.credits.remaining()) == 1
        (path, headers, body), *more = auth0.requests
        assert (path, more) == ("/oauth/ro", [])
        assert "authorization" not in headers
        assert json.loads(body) == {
            "client_id": "the-id",
            "username": "me@example.com",
            "password": "word",
            "connection": "Username-Password-Authentication",
            "grant_type": "password",
            "scope": "openid",
        }
        assert [headers["authorization"] for _, headers, _ in api.requests] == ["Bearer x.y.z"]
        assert b"word" not in api.requests[0][2]


@on_every_kind
async def test_no_secret_is_shown(
    both: Both, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    auth = sk.PasswordAuth(emulator.username, emulator.password)
    events: list[Any] = []
    hooks = sk.Hooks(on_request=events.append, on_retry=events.append, on_poll=events.append)
    client = both.of(emulator, auth=auth, hooks=hooks)
    await both.settle(client.user.info())
    key = next(iter(auth.store._tokens))  # type: ignore[attr-defined]
    token = auth.store.load(key)
    assert token is not None
    shown = caplog.text + repr(auth) + repr(sk.TokenAuth(token.value)) + repr(events)
    shown += repr(token) + repr(client) + repr(client.options) + repr(auth.store)
    shown += repr(vars(client._transport.login))
    assert emulator.password not in shown
    assert token.value not in shown
    assert "user.info: HTTP 200" in caplog.text


@given(st.text() | st.binary().map(lambda b: f"a.{base64.urlsafe_b64encode(b).decode()}.c"))
def test_the_end_of_any_text_can_be_asked_for(text: str) -> None:
    assert expiry_of(text) is None or isinstance(expiry_of(text), float)


def test_a_token_without_exp_lives_ten_hours() -> None:
    token = Token.issued("opaque", 1000.0)
    assert token.expires_at == 1000.0 + TOKEN_LIFE
    assert token.is_fresh(1000.0)
    assert not token.is_fresh(1000.0 + TOKEN_LIFE - 1)
    assert not token.has_ended(1000.0 + TOKEN_LIFE - 1)


def test_a_memory_store_belongs_to_its_auth() -> None:
    one, other = sk.PasswordAuth("a", "b"), sk.PasswordAuth("a", "b")
    assert one.store is not other.store
    assert sk.PasswordAuth("a", "b", None).store is not None
    store = MemoryTokenStore()
    assert sk.PasswordAuth("a", "b", store).store is store


def test_login_errors_travel() -> None:
    error = sk.LoginError("no", code="invalid_user_password", status=403)
    same = pickle.loads(pickle.dumps(error))
    assert (same.code, same.status) == ("invalid_user_password", 403)
