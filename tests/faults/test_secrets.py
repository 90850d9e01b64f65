"""No secret gets out. The fault matrix checks errors, and a scan checks all tests."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.models import AuthorizeRequest
from tests.conftest import Both
from tests.faults.wire import WELL, WireServer
from tests.secret_scan import Scan


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
    with WireServer([WELL]) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.environment.base_url)
        client = both.of(emulator)
        assert (await both.settle(client.user.info())).email == emulator.username
        assert proxy.requests == []


PASSWORD = 'kookaburra "in" the gümtree'
BEARER = "aaaaaaaa.cccccccccccccccccccccccccc.eeeeeeeeeeeeeeeeeeeeeeee"


def told(error: BaseException) -> str:
    return str(error) + repr(error) + repr(vars(error)) + repr(error.__cause__)


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_a_login_service_that_repeats_the_password(both: Both, status: int) -> None:
    text = f"no user with {PASSWORD}"
    body = {"error": PASSWORD, "error_description": text, "errorMessage": text}
    with WireServer([Fault.json(body, status=status, times=None)]) as server:
        client = both.connect(
            server.environment,
            auth=sk.PasswordAuth("me@example.com", PASSWORD),
            retry=sk.RetryPolicy.none(),
        )
        with pytest.raises((sk.LoginError, sk.APIError)) as caught:
            await both.settle(client.user.info())
    assert "gum" not in told(caught.value)
    assert "gümtree" not in told(caught.value)
    assert "no user with REDACTED" in str(caught.value)


@pytest.mark.parametrize("length", [0, 4050, 4090])
async def test_a_server_that_repeats_the_token(both: Both, length: int) -> None:
    text = "x" * length + f" bad: Bearer {BEARER}"
    answer = Fault.json({"error": "NEW-CODE", "errorMessage": text}, status=400, times=None)
    with WireServer([answer]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth(BEARER))
        with pytest.raises(sk.APIError) as caught:
            await both.settle(client.user.info())
    assert BEARER[:30] not in told(caught.value)
    assert "NEW-CODE" in told(caught.value)


async def test_a_server_that_repeats_the_password_of_a_new_user(both: Both) -> None:
    body = {"error": "NO", "errorMessage": f"weak: {PASSWORD}"}
    with WireServer([Fault.json(body, status=422, times=None)]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth(BEARER))
        with pytest.raises(sk.APIError) as caught:
            await both.settle(
                client.user.create_guardian_user(email="n@example.com", password=PASSWORD, name="N")
            )
    assert "gum" not in told(caught.value)
    assert "gümtree" not in told(caught.value)
    assert "REDACTED" in caught.value.body


async def test_a_server_that_repeats_the_token_of_another_user(both: Both) -> None:
    body = {"error": "NO", "errorMessage": f"bad token {BEARER}"}
    with WireServer([Fault.json(body, status=400, times=None)]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("mine"))
        with pytest.raises(sk.APIError) as caught:
            await both.settle(client.raw.user.authorize(body=AuthorizeRequest(token=BEARER)))
    assert BEARER[:30] not in told(caught.value)
    assert "bad token REDACTED" in str(caught.value)


def test_an_address_with_a_password_is_not_told_back() -> None:
    for url in ("user:hunter2@api.local", "https://user:hunter2@api.local"):
        with pytest.raises(sk.ConfigError) as caught:
            sk.Environment(base_url=url, auth_domain="login.local", client_id="id")
        assert "hunter2" not in str(caught.value)


SECRETS = ("kookaburra-in-the-gum-tree", "aaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbb.cccccccccccccccccccccc")


@pytest.mark.parametrize("way", ["log", "argument", "exception", "error", "later", "repr", "part"])
def test_the_scan_finds_what_is_told(scan: Scan, way: str) -> None:
    password = sk.PasswordAuth("me@example.com", SECRETS[0]).password
    token = sk.TokenAuth(SECRETS[1]).token
    assert scan.found() == []
    log = logging.getLogger("another.package")
    error = sk.ConfigError("no")
    if way == "log":
        log.debug("sent %s", password)
    elif way == "argument":
        log.info("%.3s", token)
    elif way == "exception":
        try:
            raise ValueError(password)
        except ValueError:
            log.exception("failed")
    elif way == "error":
        sk.TransportError(f"no answer to {password}")
    elif way == "later":
        error.hint = token
    elif way == "repr":
        scan.tell(repr({"password": str(password)}))
    else:
        log.warning("payload %s", token.split(".")[1])
    found = scan.found()
    scan.forget()
    assert len(found) == 1
    assert scan.found() == []


def test_the_scan_knows_the_tokens_of_the_emulator(scan: Scan, emulator: Emulator) -> None:
    auth = sk.PasswordAuth(emulator.username, emulator.password)
    with emulator.client(auth=auth) as client:
        client.user.info()
    token = next(iter(auth.store._tokens.values()))  # type: ignore[attr-defined]
    assert {emulator.password, token.value, *token.value.split(".")} <= scan.secrets


JWT = re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}")
MADE_UP = ("eyJzdWIiOiJ0aGUtbWF0cml4In0", "eyJzdWIiOiJzb21lb25lIn0")
ROOT = Path(__file__).parents[2]


def tokens_in(text: str) -> list[str]:
    return [found for found in JWT.findall(text) if found.split(".")[1] not in MADE_UP]


def test_no_file_holds_a_token() -> None:
    real = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0" + "." + 24 * "x"
    assert tokens_in(f"authorization: Bearer {real}") == [real]
    looked_at = 0
    for folder in ("tests", "examples", "docs", "openapi"):  # recorded traffic is in tests/
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in (".pyc", ".png"):
                looked_at += 1
                assert tokens_in(path.read_text("utf-8", "replace")) == [], path
    assert looked_at > 50
