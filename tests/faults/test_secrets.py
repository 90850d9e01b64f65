"""No secret travels with an error: not in its text, its causes, its pickle or its traceback."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both, on_every_kind
from tests.faults.test_wire import OUTAGES, RUBBISH
from tests.faults.wire import WireServer

pytestmark = on_every_kind

PASSWORD, TOKEN = "kookaburra-7", "header.payload.signature-9"


def chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def everything(error: BaseException) -> str:
    told = "".join(traceback.format_exception(error))
    for link in chain(error):
        told += repr(link) + str(link) + repr(vars(link))
        assert not hasattr(link, "request"), type(link)
    return told + repr(pickle.dumps(error))


@pytest.mark.parametrize("fault", [*OUTAGES, *RUBBISH, "nobody listens"])
@pytest.mark.parametrize("kind", ["password", "token"])
async def test_an_error_holds_no_secret(both: Both, fault: str, kind: str) -> None:
    behaviour = {**OUTAGES, **RUBBISH}.get(fault)
    auth: Any = sk.TokenAuth(TOKEN)
    if kind == "password":
        auth = sk.PasswordAuth("me@example.com", PASSWORD)
    with WireServer([behaviour] if behaviour else []) as server:
        environment = server.environment
        if behaviour is None:
            environment = sk.Environment(
                base_url="http://127.0.0.1:1", auth_domain="http://127.0.0.1:1", client_id="id"
            )
        client = both.connect(
            environment, auth=auth, retry=sk.RetryPolicy.none(), timeout=0.4, deadline=2
        )
        with pytest.raises(sk.SpaceKnowError) as caught:
            await both.settle(client.credits.remaining())
    told = everything(caught.value)
    assert PASSWORD not in told
    assert TOKEN not in told


@pytest.mark.parametrize("token", ["tök", "a b", "a\nb", "", " "])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    with pytest.raises(sk.ConfigError) as caught:
        sk.TokenAuth(token)
    assert not token.strip() or token not in str(caught.value)


async def test_a_token_from_a_file_may_end_in_a_new_line(both: Both, emulator: Emulator) -> None:
    auth = sk.PasswordAuth(emulator.username, emulator.password)
    client = both.of(emulator, auth=auth)
    await both.settle(client.user.info())
    token = next(iter(auth.store._tokens.values()))  # type: ignore[attr-defined]
    again = both.of(emulator, auth=sk.TokenAuth(f"{token.value}\n"))
    assert (await both.settle(again.user.info())).email == emulator.username


async def test_a_proxy_never_sees_what_is_meant_for_this_machine(
    both: Both, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer([OUTAGES["silence"]]) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.environment.base_url)
        client = both.of(emulator)
        assert (await both.settle(client.user.info())).email == emulator.username
        assert proxy.requests == []


def test_an_address_with_a_password_is_not_told_back() -> None:
    for url in ("user:hunter2@api.local", "https://user:hunter2@api.local"):
        with pytest.raises(sk.ConfigError) as caught:
            sk.Environment(base_url=url, auth_domain="login.local", client_id="id")
        assert "hunter2" not in str(caught.value)
