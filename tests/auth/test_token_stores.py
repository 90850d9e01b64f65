"""Where tokens are stored: who can read them, and what happens if writing or reading fails."""

from __future__ import annotations

import json
import logging
import os
import pickle
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

import spaceknow_client as sk
from spaceknow_client.auth import token_stores
from spaceknow_client.auth.token import Token
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.faults.wire import WELL, WireServer

SECRET = "header.payload.signature-5"
TOKEN = Token(SECRET, 4e9, 300.0)


class DictKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class LockedKeyring(DictKeyring):
    """A keyring that refuses, and quotes its input."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"locked {SECRET}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"locked {password}")


@pytest.fixture
def dict_keyring() -> Iterator[DictKeyring]:
    before = keyring.get_keyring()
    made = DictKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture(params=["memory", "file", "keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path, dict_keyring: DictKeyring) -> Any:
    return {
        "memory": sk.MemoryTokenStore(),
        "file": sk.FileTokenStore(tmp_path / "deep" / "tokens.json"),
        "keyring": sk.KeyringTokenStore(),
    }[request.param]


def test_a_store_keeps_tokens_by_key(store: Any) -> None:
    assert store.load("a") is None
    store.save("a", TOKEN)
    store.save("b", Token("x.y.z", 3.9e9))
    assert store.load("a") == TOKEN
    assert store.load("b").value == "x.y.z"
    store.save("a", Token("new", 3.9e9))
    assert store.load("a").value == "new"
    assert SECRET not in repr(store)


def test_a_login_is_forgotten_with_its_users(tmp_path: Path, dict_keyring: DictKeyring) -> None:
    # {"email": "me@example.com"}
    token = Token("h.eyJlbWFpbCI6ICJtZUBleGFtcGxlLmNvbSJ9.s", 4e9)
    for store in (sk.FileTokenStore(tmp_path / "tokens.json"), sk.KeyringTokenStore()):
        kept = ("https://a id", "https://a id me@example.com", "https://a id2", "https://b id")
        for key in kept:
            store.save(key, token)
        assert store.forget("https://a id")
        assert [key for key in kept if store.load(key)] == ["https://a id2", "https://b id"]
        assert not store.forget("https://a id")


def test_one_at_a_time_has_the_turn(store: Any) -> None:
    give_back = store.try_lock()
    assert give_back is not None
    assert store.try_lock() is None
    give_back()
    again = store.try_lock()
    assert again is not None
    again()


def test_a_token_file_is_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = sk.FileTokenStore(tmp_path / "home" / "tokens.json")
        store.save("key", TOKEN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert os.listdir(store.path.parent) == ["tokens.json"]
    give_back = store.try_lock()
    assert give_back is not None
    assert stat.S_IMODE(store.path.with_name("tokens.json.lock").stat().st_mode) == 0o600
    give_back()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_token_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    store.save("key", TOKEN)
    store.path.chmod(mode)
    for use in (lambda: store.load("key"), lambda: store.save("key", TOKEN)):
        with pytest.raises(sk.ConfigError, match=f"{mode:04o}") as caught:
            use()  # type: ignore[no-untyped-call]
        assert "chmod 600" in str(caught.value)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        *(
            "not JSON",
            "[]",
            "{}",
            '{"format": 1}',
            '{"format": 1, "tokens": {"a": 1}}',
            "\x00",
            "null",
        ),
        json.dumps({"format": 2, "tokens": {}}),
        json.dumps({"format": 1, "tokens": {"a": {"token": "a b", "expires_at": 1, "margin": 0}}}),
    ],
)
def test_what_is_no_token_file_is_never_overwritten(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings"
    path.write_text(content)
    path.chmod(0o600)
    store = sk.FileTokenStore(path)
    with pytest.raises(sk.ConfigError, match="settings"):
        store.load("a")
    with pytest.raises(sk.ConfigError, match="settings"):
        store.save("a", TOKEN)
    assert path.read_text() == content
    assert os.listdir(tmp_path) == ["settings"]


def test_ended_tokens_are_not_kept_on_the_disk(tmp_path: Path) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    store.save("old", Token("old.old.old", 1.0))
    store.save("new", TOKEN)
    assert "old.old.old" not in store.path.read_text()


async def test_a_login_that_cannot_be_kept_is_used_all_the_same(
    both: Both, emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(sk.FileTokenStore):
        def _write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

    auth = sk.PasswordAuth(emulator.username, emulator.password, Full(tmp_path / "tokens.json"))
    client = both.of(emulator, auth=auth)
    for _ in range(2):
        await both.settle(client.user.info())
    assert len(emulator.calls("auth0.login")) == 1
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "No space left" in record.getMessage()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = sk.FileTokenStore(tmp_path / "file" / "tokens.json")
    for use in (lambda: store.save("a", TOKEN), store.try_lock, lambda: store.load("a")):
        with pytest.raises(sk.ConfigError, match=r"tokens\.json"):
            use()


def test_stores_travel_to_other_processes(tmp_path: Path) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    assert pickle.loads(pickle.dumps(store)) == store
    assert hash(store) == hash(sk.FileTokenStore(tmp_path / "tokens.json"))
    memory = sk.MemoryTokenStore()
    memory.save("a", TOKEN)
    assert pickle.loads(pickle.dumps(memory)).load("a") is None


def test_a_keyring_that_refuses_tells_no_secret(dict_keyring: DictKeyring) -> None:
    keyring.set_keyring(LockedKeyring())
    store = sk.KeyringTokenStore()
    for use in (
        lambda: store.load("a"),
        lambda: store.save("a", TOKEN),
        lambda: sk.PasswordAuth.from_keyring("me@example.com").current_password(),
    ):
        with pytest.raises(sk.ConfigError, match="RuntimeError") as caught:
            use()
        assert SECRET not in str(caught.value)
        assert caught.value.__context__ is None


def test_a_foreign_entry_in_the_keyring_is_no_token(dict_keyring: DictKeyring) -> None:
    store = sk.KeyringTokenStore()
    for foreign in ("rubbish", "{}", "[]", '{"token": 1, "expires_at": 1, "margin": 1}'):
        dict_keyring.kept[store.service, "a"] = foreign
        assert store.load("a") is None


async def test_the_password_of_the_keyring(
    both: Both, emulator: Emulator, dict_keyring: DictKeyring
) -> None:
    auth = sk.PasswordAuth.from_keyring(emulator.username)
    client = both.of(emulator, auth=auth)
    with pytest.raises(sk.ConfigError, match=f"keyring set spaceknow {emulator.username}"):
        await both.settle(client.user.info())
    dict_keyring.kept["spaceknow", emulator.username] = emulator.password
    assert (await both.settle(client.user.info())).email == emulator.username
    assert emulator.password not in repr(auth)


def test_the_password_of_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "word" if "assword" in question else "me@example.com"

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("getpass.getpass", answer)
    auth = sk.PasswordAuth.prompt()
    assert (auth.username, auth.current_password(), len(asked)) == ("me@example.com", "word", 2)
    assert sk.PasswordAuth.prompt("you@example.com").username == "you@example.com"
    assert len(asked) == 3


@pytest.mark.parametrize("given", [lambda: "", list, lambda: 1 / 0])
def test_a_function_that_gives_no_password(given: Any) -> None:
    auth = sk.PasswordAuth("me@example.com", given)
    with pytest.raises(sk.ConfigError, match="password function"):
        auth.current_password()


@pytest.mark.parametrize("kind", ["file", "keyring"])
def test_forgetting_waits_for_its_turn(
    kind: str, tmp_path: Path, dict_keyring: DictKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Any = sk.KeyringTokenStore()
    if kind == "file":
        store = sk.FileTokenStore(tmp_path / "tokens.json")
    assert not store.forget("a")
    assert not (tmp_path / "tokens.json.lock").exists()
    store.save("a", TOKEN)
    give_back = store.try_lock()  # another process logs in
    monkeypatch.setattr(token_stores, "LONGEST_LOGIN", 0.1)
    with pytest.raises(sk.ConfigError, match="another process is logging in"):
        store.forget("a")
    assert store.load("a") == TOKEN
    store.save("b", TOKEN)  # what is saved meanwhile stays
    give_back()
    assert store.forget("a")
    assert store.load("a") is None
    assert store.load("b") == TOKEN
    again = store.try_lock()
    assert again is not None
    again()


async def test_a_token_goes_to_the_api_that_it_was_stored_for(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    await both.settle(both.of(emulator, auth=auth).user.info())
    login = emulator.environment
    with WireServer([WELL]) as other:
        elsewhere = sk.Environment(
            base_url=other.url, auth_domain=login.auth_url, client_id=login.client_id
        )
        for stored in (sk.StoredAuth(store), sk.StoredAuth(store, emulator.username)):
            client = both.connect(elsewhere, auth=stored)
            with pytest.raises(sk.AuthError, match="not logged in"):
                await both.settle(client.credits.remaining())
        assert other.requests == []
        # A login for that address creates a separate token.
        await both.settle(both.connect(elsewhere, auth=auth).credits.remaining())
        assert len(emulator.calls("auth0.login")) == 2
    assert (await both.settle(both.of(emulator, auth=sk.StoredAuth(store)).user.info())).email


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "\0"])
def test_a_path_that_is_none(path: str) -> None:
    for made in (sk.FileTokenStore, sk.Journal):
        with pytest.raises(sk.ConfigError, match="invalid path"):
            made(path)
