"""The program of test_new_api.py for a document with several security schemes, in a separate process."""

from __future__ import annotations

import asyncio
import inspect
import io
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault

SECRET = "k/e+y of=the&house"  # which a URL has to write in another way


async def settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def calls(emu: Emulator, make: Callable[..., Any]) -> None:
    login, key = sk.PasswordAuth(emu.username, emu.password), sk.ApiKeyAuth(emu.api_key)
    every = make()  # an emulator's client has a credential for each
    for name in ("keyed", "either_way", "both", "query_key", "partner", "one_of", "open"):
        assert (await settled(getattr(every.lab, name)())).title == "example"
    assert emu.calls("lab.query_key")[-1].query == {"key": "REDACTED"}

    only_key = make(auth={"apiKey": key})
    for name in ("keyed", "either_way", "open"):
        await settled(getattr(only_key.lab, name)())
    before = len(emu.calls())
    for name, says in (("both", "jwt with apiKey"), ("partner", "partner"), ("one_of", "jwt")):
        with pytest.raises(sk.AuthError, match=rf"lab\.{name} needs {says}.* has apiKey"):
            await settled(getattr(only_key.lab, name)())
    with pytest.raises(sk.AuthError, match=r"user\.info needs jwt"):
        await settled(only_key.user.info())
    assert len(emu.calls()) == before

    wrong = make(auth={"apiKey": sk.ApiKeyAuth("wrong"), "jwt": login})
    with pytest.raises(sk.errors.NotAuthorizedError):
        await settled(wrong.lab.keyed())
    with pytest.raises(sk.errors.NotAuthorizedError):
        await settled(wrong.lab.both())
    assert (await settled(wrong.lab.either_way())).title == "example"

    # The permissions of one alternative are enough, and those of the others are not checked.
    emu.add_user("b@example.com", "word", permissions=["lab.b"])
    some = make(auth=sk.PasswordAuth("b@example.com", "word"), check_permissions=True)
    await settled(some.lab.one_of())
    with pytest.raises(sk.PermissionDeniedError) as caught:
        await settled(some.lab.either_way())
    assert caught.value.missing == ("lab.a",)

    # A server may return its input, decoded or as received.
    hiding = make(auth={"queryKey": sk.ApiKeyAuth("k/e+y=the&house"), "jwt": login})
    for text in ("k/e+y=the&house", "k%2Fe%2By%3Dthe%26house"):
        emu.fault("lab.query_key", Fault.status(400, message=f"no such {text}"))
        with pytest.raises(sk.APIError) as refused:
            await settled(hiding.lab.query_key())
        assert "house" not in str(refused.value) + repr(refused.value) + refused.value.body
    for client in (every, only_key, wrong, some, hiding):
        with pytest.raises(sk.ConfigError, match=r"pickle|process"):
            pickle.dumps(client)
        await settled(client.aclose() if hasattr(client, "aclose") else client.close())


def mistakes() -> None:
    for auth, says in (
        (sk.ApiKeyAuth("k"), "several: apiKey, queryKey"),
        ({"apiKye": sk.ApiKeyAuth("k")}, "apiKye"),
        ({"apiKey": sk.TokenAuth("t")}, "the scheme apiKey in auth must be an ApiKeyAuth"),
        ({"jwt": sk.ApiKeyAuth("k")}, "the scheme jwt in auth must be a PasswordAuth"),
        ({"partner": sk.PasswordAuth("u", "p")}, "the scheme partner in auth must be a TokenAuth"),
        ("k", "not str"),
    ):
        with pytest.raises(sk.ConfigError, match=says):
            sk.SpaceKnow(auth=auth)  # type: ignore[arg-type]
    for key in ("", " ", "two words", "k\n\u00e9", 5):
        with pytest.raises(sk.ConfigError, match="key"):
            sk.ApiKeyAuth(key)  # type: ignore[arg-type]
    assert SECRET not in repr(sk.ApiKeyAuth("k-e-y"))


def nothing_is_logged(emu: Emulator) -> None:
    """Nor by httpx, which writes each URL to its log."""
    written = io.StringIO()
    logging.basicConfig(stream=written, level=logging.DEBUG, force=True)
    auth = {"queryKey": sk.ApiKeyAuth(emu.api_key)}
    events: list[Any] = []
    hooks = sk.Hooks(on_request=events.append)
    with httpx.Client() as own:
        for given in (own, None):
            client: Any = emu.client(auth=auth, http_client=given, hooks=hooks)
            with client:
                client.lab.query_key()
    assert "lab/query_key?<hidden>" in written.getvalue()
    assert emu.api_key not in written.getvalue() + repr(events)


def servers() -> None:
    """Fixed servers by name, variables by keyword; if they have no login, a token is enough."""
    environment: Any = sk.Environment
    europe = environment.EUROPE
    assert (europe.base_url, europe.has_login) == ("https://eu.api.spaceknow.com/v1", False)
    assert environment.named("europe") == europe
    assert environment.REGIONAL().base_url == "https://eu.acme.example.com"
    other = environment.REGIONAL(region="us", tenant_name="b-1")
    assert other.base_url == "https://us.b-1.example.com"
    for wrong in ({"region": "moon"}, {"tenant_name": "evil.com/"}, {"tenant_name": ""}):
        with pytest.raises(sk.ConfigError, match=next(iter(wrong))):
            environment.REGIONAL(**wrong)
    for kind in (sk.SpaceKnow, sk.AsyncSpaceKnow):
        kind(europe, auth=sk.TokenAuth("t"))
        for auth in (
            sk.PasswordAuth("u", "p"),
            sk.StoredAuth(),
            {"jwt": sk.PasswordAuth("u", "p")},
        ):
            with pytest.raises(sk.ConfigError, match="has no known login service"):
                kind(europe, auth=auth)
    assert pickle.loads(pickle.dumps(europe)) == europe


def commands(emu: Emulator) -> None:
    environment = {"SPACEKNOW_ENVIRONMENT": "emulator", "SPACEKNOW_BASE_URL": emu.url}
    environment |= {"SPACEKNOW_TOKEN": "t"}
    for name, words in (
        ("lab.keyed", '-H "x-api-key: $SPACEKNOW_API_KEY"'),
        ("lab.query_key", '/lab/query_key"?key=$SPACEKNOW_API_KEY"'),
        ("lab.both", '-H "Authorization: Bearer $SPACEKNOW_TOKEN"'),
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "spaceknow_client.cli", "api", name, "--curl"],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert words in ran.stdout, ran.stdout


def main(run: Callable[[Awaitable[None]], None]) -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        run(calls(emu, emu.client))
        run(calls(emu, emu.async_client))
        commands(emu)
        nothing_is_logged(emu)
    mistakes()
    servers()


if __name__ == "__main__":
    main(asyncio.run)  # type: ignore[arg-type]  # it takes coroutines, and these are some
