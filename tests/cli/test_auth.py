"""Logging in and out, and the sources of credentials."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from spaceknow_client import FileTokenStore
from spaceknow_client.emulator import Emulator
from tests.auth.test_token_stores import DictKeyring, dict_keyring
from tests.cli.shell import run

__all__ = ["dict_keyring"]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"SPACEKNOW_{name}")


def log_in(served: Emulator, *options: str) -> None:
    arguments = ["auth", "login", "--username", served.username, "--password-stdin"]
    ran = run(*arguments, *options, stdin=f"{served.password}\n")
    assert ran.code == 0, ran.err
    assert served.username in ran.out


@pytest.mark.usefixtures("nobody")
def test_a_login_is_kept_for_commands_to_come(served: Emulator) -> None:
    assert run("auth", "status").code == 3
    log_in(served)
    logins = len(served.calls("auth0.login"))
    status = json.loads(run("auth", "status", "--json").out)
    assert status["user"] == served.username
    assert status["host"] == status["loginService"] == served.url
    assert status["credentials"] == str(FileTokenStore().path)
    assert "kraken.release" in status["permissions"]
    assert status["expires"] > "2026"
    offline = json.loads(run("auth", "status", "--offline", "--json").out)
    assert offline.items() <= status.items()
    assert len(served.calls("auth0.login")) == logins
    assert FileTokenStore().path.stat().st_mode & 0o777 == 0o600

    assert "Logged out" in run("auth", "logout").out
    assert run("user", "info").code == 3
    assert run("auth", "status", "--offline").code == 3
    assert "No login was stored" in run("auth", "logout").out


@pytest.mark.usefixtures("nobody")
def test_a_login_has_to_happen_anew(served: Emulator) -> None:
    log_in(served)
    arguments = ["auth", "login", "--username", served.username, "--password-stdin"]
    assert run(*arguments, stdin="wrong\n").code == 3  # although there is a valid token
    assert run("auth", "status", "--offline").code == 0


@pytest.mark.usefixtures("nobody")
def test_a_login_in_the_keyring(served: Emulator, dict_keyring: DictKeyring) -> None:
    log_in(served)
    log_in(served, "--keyring")
    assert FileTokenStore().load(f"{served.url} emulator") is None
    assert len(dict_keyring.kept) == 2
    assert json.loads(run("auth", "status", "--json").out)["credentials"] == "the keyring"
    assert run("credits", "remaining").code == 0
    assert "Logged out" in run("auth", "logout").out
    assert dict_keyring.kept == {}
    assert run("auth", "status").code == 3


@pytest.mark.usefixtures("nobody")
def test_without_a_terminal_nothing_is_asked() -> None:
    ran = run("auth", "login", "--username", "me@example.com", stdin="secret-password\n")
    assert ran.code == 2
    assert "--password-stdin" in ran.err
    assert run("auth", "login", "--password-stdin", stdin="x\n").code == 2


def test_environment_variables_take_precedence_over_a_login(
    served: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("auth", "login", "--json")  # with the two variables there is no prompt
    assert json.loads(ran.out)["user"] == served.username
    told = run("auth", "status")
    assert "SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD" in told.out
    assert "A login is stored too" in told.err
    token = next(iter(json.loads(FileTokenStore().path.read_text())["tokens"].values()))["token"]
    monkeypatch.setenv("SPACEKNOW_TOKEN", token)
    status = run("auth", "status", "--json")
    assert json.loads(status.out)["credentials"] == "SPACEKNOW_TOKEN"
    assert token not in status.out + status.err


@pytest.mark.usefixtures("nobody")
def test_a_login_that_cannot_be_kept_is_an_error(served: Emulator) -> None:
    path = FileTokenStore().path
    path.parent.mkdir(parents=True)
    path.write_text("something else")
    os.chmod(path, 0o600)
    arguments = ["auth", "login", "--username", served.username, "--password-stdin"]
    ran = run(*arguments, stdin=f"{served.password}\n")
    assert (ran.code, "is not a token file" in " ".join(ran.err.split())) == (1, True)
    assert path.read_text() == "something else"


def test_profiles(served: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SPACEKNOW_ENVIRONMENT", "SPACEKNOW_BASE_URL"):
        monkeypatch.delenv(name)
    path = tmp_path / "config" / "spaceknow" / "config.toml"
    assert run("profile", "list").code == 0
    assert not path.exists()
    save = ["profile", "save", "local", "--environment", "emulator", "--base-url", served.url]
    assert run(*save, "--timeout", "5s", "--journal", "runs.sqlite").code == 0
    assert run("--profile", "local", "credits", "remaining").code == 0
    monkeypatch.setenv("SPACEKNOW_PROFILE", "local")
    assert run("credits", "remaining").code == 0
    # The nearer setting takes precedence: another environment is not at the profile's address.
    assert (
        json.loads(run("auth", "status", "--offline", "--environment", "devel", "--json").out)[
            "host"
        ]
        == "https://api.spaceknow.com"
    )

    path.write_text("# mine\n" + path.read_text() + '\n[profiles.other]\nusername = "a@b.c"\n')
    assert run("profile", "save", "local", "--deadline", "1m").code == 0
    kept = json.loads(run("profile", "list", "--json").out)
    assert kept == {"local": {"deadline": 60.0}, "other": {"username": "a@b.c"}}
    assert path.read_text().startswith("# mine\n")


@pytest.mark.parametrize(
    "text",
    [
        '[profiles.x]\npassword = "hunter2hunter2"',
        "[profiles.x]\ntimeout = true",
        "=",
        "profiles = 1",
    ],
)
def test_a_profile_that_cannot_be_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config" / "spaceknow" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    ran = run("--profile", "x", "user", "info")
    assert (ran.code, "config.toml" in ran.err, "hunter2" in ran.err) == (1, True, False)
    assert run("profile", "save", "y", "--timeout", "1s").code == 1
    assert path.read_text() == text


def test_what_makes_no_profile(tmp_path: Path) -> None:
    assert run("profile", "save", "a b", "--timeout", "1s").code == 1
    assert run("profile", "save", "a").code == 2
    assert run("profile", "save", "a", "--base-url", "http://example.com").code == 1
    assert not (tmp_path / "config").exists()
