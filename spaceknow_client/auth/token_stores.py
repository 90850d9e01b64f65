"""Where tokens are kept: in memory, in a file, or in the keyring of the operating system.

A store that is shared also sees to it that one of those who share it logs in at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from ..errors.base import ConfigError
from ..runtime.extras import require
from ..runtime.file_lock import Release, try_lock
from ..runtime.fork import on_fork
from ..runtime.paths import expanded_path, replacing
from ..runtime.secret import Secret, SecretBytes, hidden
from .token import LAST_TIME, TOKEN_LIFE, Token, account_of, is_sendable

HOME = "~/.spaceknow"
FORMAT = 1
# While another client or process logs in, its store is asked for the turn this often (seconds).
TURN_INTERVAL = 0.05
LONGEST_LOGIN = 120.0  # seconds that a login takes, repeats included


class TokenStore(Protocol):
    """Keeps tokens by key (the login service and the user)."""

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any."""

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` under `key`, in place of an older one."""


@runtime_checkable
class SharedTokenStore(TokenStore, Protocol):
    """A store that several clients, or processes, use at once."""

    def try_lock(self) -> Release | None:
        """Takes the turn to log in: gives what ends the turn, or None while another has it."""


class MemoryTokenStore:
    """Keeps tokens for as long as the object lives; nothing is written anywhere.

    Clients that share it, in any threads and event loops of a process, log in once.
    """

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self._turn = threading.Lock()

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any."""
        return self._tokens.get(key)

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` under `key`, in place of an older one."""
        self._tokens[key] = token

    def try_lock(self) -> Release | None:
        """Takes the turn to log in: gives what ends the turn, or None while another has it."""
        return self._turn.release if self._turn.acquire(blocking=False) else None

    def __repr__(self) -> str:
        return "MemoryTokenStore()"

    def __reduce__(self) -> tuple[type[MemoryTokenStore], tuple[()]]:
        return MemoryTokenStore, ()  # a copy in another process logs in by itself


class FileTokenStore:
    """Keeps tokens in a file that only its owner can read (mode 0600), written whole or not at all.

    Processes that share it log in once: a lock file beside it (`.lock`) says whose turn it is, and
    the operating system gives the lock back when its holder dies.

    Args:
        path: the file, by default `~/.spaceknow/tokens.json`. It, and its folder, are made when
            needed.

    Raises ConfigError when other users can read the file, or when it is no file of tokens.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = expanded_path(f"{HOME}/tokens.json" if path is None else path)

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any. Raises ConfigError."""
        return self._read().get(key)

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` under `key`, in place of an older one. Raises ConfigError."""
        now = time.time()
        tokens = {name: kept for name, kept in self._read().items() if not kept.has_ended(now)}
        tokens[key] = token
        self._replace(tokens)

    def forget(self, key: str) -> bool:
        """Deletes the token kept under `key`, and those of its users where it is a service's.

        Gives whether there was any. Raises ConfigError.
        """
        if not self._read():
            return False  # and no folder is made for a lock
        with _turn(self):
            tokens = self._read()
            kept = {name: tokens[name] for name in tokens if not f"{name} ".startswith(f"{key} ")}
            if len(kept) < len(tokens):
                self._replace(kept)
            return len(kept) < len(tokens)

    def try_lock(self) -> Release | None:
        """Takes the turn to log in: gives what ends the turn, or None while another has it."""
        try:
            self._make_folder()
            return try_lock(self.path.with_name(self.path.name + ".lock"))
        except OSError as error:
            raise self._wrong(f"cannot be locked ({error.strerror})") from error

    def __repr__(self) -> str:
        return f"FileTokenStore({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileTokenStore) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def _make_folder(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _read(self) -> dict[str, Token]:
        try:
            with self.path.open("rb") as file:
                # Asked of the open file: between a look at the path and its opening it could change.
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                content = SecretBytes(file.read())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._wrong(f"cannot be read ({error.strerror})") from error
        if os.name == "posix" and mode & 0o077:
            raise self._wrong(
                f"is open to other users (mode {mode:04o}), who may have read the tokens in it",
                hint=f"Delete it, or close it with `chmod 600 {self.path}`, and log in again.",
            )
        problem = "holds something else than tokens"
        try:
            found = _tokens(content)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            found = None
        else:
            problem = "was written by a newer release"
        if found is None:  # it is not overwritten: it may be something else, named by mistake
            raise self._wrong(problem)
        return found

    def _replace(self, tokens: Mapping[str, Token]) -> None:
        content = {"format": FORMAT, "tokens": {name: _plain(tokens[name]) for name in tokens}}
        try:
            self._make_folder()
            self._write(Secret(json.dumps(content, indent=1)))
        except OSError as error:
            raise self._wrong(f"cannot be written ({error.strerror})") from error

    def _write(self, text: str) -> None:
        with replacing(self.path, private=True) as part, part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def _wrong(self, problem: str, hint: str | None = None) -> ConfigError:
        return ConfigError(
            f"the token file {self.path} {problem}.",
            hint=hint or "Name another path, or use MemoryTokenStore.",
        )


class KeyringTokenStore:
    """Keeps tokens in the keyring of the operating system. Needs the extra `keyring`.

    Processes that share it log in once, by a lock file in `~/.spaceknow`.

    Args:
        service: the name under which the keyring shows them.

    Raises ConfigError when there is no keyring, or it refuses.
    """

    def __init__(self, service: str = "spaceknow-client tokens") -> None:
        self.service = service

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any. Raises ConfigError."""
        text = from_keyring(self.service, key)
        try:
            return None if text is None else _token(json.loads(text))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None  # another program's entry: the next login replaces it

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` under `key`, in place of an older one. Raises ConfigError."""
        _in_keyring("set_password", self.service, key, Secret(json.dumps(_plain(token))))

    def forget(self, key: str) -> bool:
        """Deletes the token kept under `key`, and that of its user where it is a service's.

        Gives whether there was one. Raises ConfigError.
        """
        if self.load(key) is None:
            return False
        with _turn(self):
            token = self.load(key)
            if token is None:
                return False
            for name in (key, f"{key} {account_of(token.value)}"):
                if from_keyring(self.service, name) is not None:
                    _in_keyring("delete_password", self.service, name)
        return True

    def try_lock(self) -> Release | None:
        """Takes the turn to log in: gives what ends the turn, or None while another has it."""
        folder = expanded_path(HOME)
        name = "".join(mark if mark.isalnum() else "-" for mark in self.service)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return try_lock(folder / f"{name}.lock")
        except OSError as error:
            raise ConfigError(f"{folder} cannot be used for a lock ({error.strerror}).") from error

    def __repr__(self) -> str:
        return f"KeyringTokenStore({self.service!r})"


@contextlib.contextmanager
def _turn(store: SharedTokenStore) -> Iterator[None]:
    """Holds the lock of logins, so that no token is saved, and then lost, in the meantime."""
    until = time.monotonic() + LONGEST_LOGIN
    while (give_back := store.try_lock()) is None:
        if time.monotonic() >= until:
            raise ConfigError(f"{store!r} is in use: another process is logging in.")
        time.sleep(TURN_INTERVAL)
    try:
        yield
    finally:
        give_back()


def from_keyring(service: str, name: str) -> str | None:
    """A secret of the keyring. Raises ConfigError when there is no keyring, or it refuses."""
    secret = _in_keyring("get_password", service, name)
    return None if secret is None else Secret(secret)


def _in_keyring(function: str, *arguments: str) -> Any:
    """Calls a function of the keyring. Raises ConfigError when there is none, or it refuses."""
    require("keyring", "keyring", purpose="the keyring")
    import keyring

    try:
        return hidden(getattr(keyring, function)(*arguments))
    except Exception as error:  # a backend raises what it likes, and may quote what it was given
        kind = type(error).__name__
    # Here, where the backend's error, whose frames hold the secret, is no context of ours.
    raise ConfigError(
        f"the keyring of the operating system failed ({kind}).",
        hint="Unlock it, or use FileTokenStore.",
    )


def _tokens(content: bytes) -> dict[str, Token] | None:
    """The tokens of a file, None where a newer release wrote it. Raises whatever is wrong in it."""
    data: Any = json.loads(content or '{"format": 1, "tokens": {}}')
    if data["format"] != FORMAT:
        return None
    return {str(key): _token(members) for key, members in data["tokens"].items()}


def _plain(token: Token) -> dict[str, Any]:
    return {"token": token.value, "expires_at": token.expires_at, "margin": token.margin}


def _token(members: Mapping[str, Any]) -> Token:
    value, ends, margin = members["token"], float(members["expires_at"]), float(members["margin"])
    if not isinstance(value, str) or not is_sendable(value) or not 0 <= margin <= TOKEN_LIFE:
        raise ValueError("no token")
    if not 0 < ends < LAST_TIME:
        raise ValueError("no time")
    return Token(value, ends, margin)
