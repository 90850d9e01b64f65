"""Stores of tokens: in memory, in a file, or in the keyring of the operating system.

A shared store also provides a lock, so that only one client or process logs in at a time.
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
# Seconds between attempts to take the lock while another client or process logs in.
TURN_INTERVAL = 0.05
LONGEST_LOGIN = 120.0  # seconds for a login, including retries


class TokenStore(Protocol):
    """Stores tokens by key (the login service and the user)."""

    def load(self, key: str) -> Token | None:
        """The token stored under `key`, if any."""

    def save(self, key: str, token: Token) -> None:
        """Stores `token` under `key`, replacing an older one."""


@runtime_checkable
class SharedTokenStore(TokenStore, Protocol):
    """A store for several clients or processes."""

    def try_lock(self) -> Release | None:
        """Takes the lock for a login: returns a function that releases it, or None if it is taken."""


class MemoryTokenStore:
    """Stores tokens in memory.

    Clients that share it, in any threads and event loops of a process, log in once.
    """

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._begin()
        on_fork(self._begin)

    def _begin(self) -> None:
        self._turn = threading.Lock()

    def load(self, key: str) -> Token | None:
        """The token stored under `key`, if any."""
        return self._tokens.get(key)

    def save(self, key: str, token: Token) -> None:
        """Stores `token` under `key`, replacing an older one."""
        self._tokens[key] = token

    def try_lock(self) -> Release | None:
        """Takes the lock for a login: returns a function that releases it, or None if it is taken."""
        return self._turn.release if self._turn.acquire(blocking=False) else None

    def __repr__(self) -> str:
        return "MemoryTokenStore()"

    def __reduce__(self) -> tuple[type[MemoryTokenStore], tuple[()]]:
        return MemoryTokenStore, ()  # a copy in another process logs in separately


class FileTokenStore:
    """Stores tokens in a file that only its owner can read (mode 0600), written atomically.

    Processes that share it log in once: they use a lock file next to it (`.lock`), which the
    operating system unlocks when its holder ends.

    Args:
        path: the file, by default `~/.spaceknow/tokens.json`. The file and its folder are created
            if necessary.

    Raises ConfigError if other users can read the file, or if it is not a token file.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = expanded_path(f"{HOME}/tokens.json" if path is None else path)

    def load(self, key: str) -> Token | None:
        """The token stored under `key`, if any. Raises ConfigError."""
        return self._read().get(key)

    def save(self, key: str, token: Token) -> None:
        """Stores `token` under `key`, replacing an older one. Raises ConfigError."""
        now = time.time()
        tokens = {name: kept for name, kept in self._read().items() if not kept.has_ended(now)}
        tokens[key] = token
        self._replace(tokens)

    def forget(self, key: str) -> bool:
        """Deletes the token under `key`; if the key is a service's, also those of its users.

        Returns whether there was any. Raises ConfigError.
        """
        if not self._read():
            return False  # do not create a folder for the lock
        with _turn(self):
            tokens = self._read()
            kept = {name: tokens[name] for name in tokens if not f"{name} ".startswith(f"{key} ")}
            if len(kept) < len(tokens):
                self._replace(kept)
            return len(kept) < len(tokens)

    def try_lock(self) -> Release | None:
        """Takes the lock for a login: returns a function that releases it, or None if it is taken."""
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
                # Check the open file: the path could change between a check and opening it.
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                content = SecretBytes(file.read())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._wrong(f"cannot be read ({error.strerror})") from error
        if os.name == "posix" and mode & 0o077:
            raise self._wrong(
                f"can be read by other users (mode {mode:04o})",
                hint=f"Delete it, or run `chmod 600 {self.path}`, and log in again.",
            )
        problem = "is not a token file"
        try:
            found = _tokens(content)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            found = None
        else:
            problem = "was written by a newer release"
        if found is None:  # do not overwrite it: it can be another file, named by mistake
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
            hint=hint or "Use another path, or a MemoryTokenStore.",
        )


class KeyringTokenStore:
    """Stores tokens in the keyring of the operating system. Requires the extra `keyring`.

    Processes that share it log in once, with a lock file in `~/.spaceknow`.

    Args:
        service: the name of the tokens in the keyring.

    Raises ConfigError if the keyring is missing or locked.
    """

    def __init__(self, service: str = "spaceknow-client tokens") -> None:
        self.service = service

    def load(self, key: str) -> Token | None:
        """The token stored under `key`, if any. Raises ConfigError."""
        text = from_keyring(self.service, key)
        try:
            return None if text is None else _token(json.loads(text))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None  # another program's entry: the next login replaces it

    def save(self, key: str, token: Token) -> None:
        """Stores `token` under `key`, replacing an older one. Raises ConfigError."""
        _in_keyring("set_password", self.service, key, Secret(json.dumps(_plain(token))))

    def forget(self, key: str) -> bool:
        """Deletes the token under `key`; if the key is a service's, also that of its user.

        Returns whether there was one. Raises ConfigError.
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
        """Takes the lock for a login: returns a function that releases it, or None if it is taken."""
        folder = expanded_path(HOME)
        name = "".join(mark if mark.isalnum() else "-" for mark in self.service)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return try_lock(folder / f"{name}.lock")
        except OSError as error:
            raise ConfigError(
                f"cannot create a lock file in {folder} ({error.strerror})."
            ) from error

    def __repr__(self) -> str:
        return f"KeyringTokenStore({self.service!r})"


@contextlib.contextmanager
def _turn(store: SharedTokenStore) -> Iterator[None]:
    """Holds the login lock, so that no token is stored, and then lost, in the meantime."""
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
    """A secret of the keyring. Raises ConfigError if the keyring is missing or locked."""
    secret = _in_keyring("get_password", service, name)
    return None if secret is None else Secret(secret)


def _in_keyring(function: str, *arguments: str) -> Any:
    """Calls a function of the keyring. Raises ConfigError if the keyring is missing or locked."""
    require("keyring", "keyring", purpose="the keyring")
    import keyring

    try:
        return hidden(getattr(keyring, function)(*arguments))
    except Exception as error:  # backends raise various errors, which can contain the secret
        kind = type(error).__name__
    # Raised outside the except block: the backend's error, whose frames hold the secret, is no context.
    raise ConfigError(
        f"the keyring of the operating system failed ({kind}).",
        hint="Unlock it, or use FileTokenStore.",
    )


def _tokens(content: bytes) -> dict[str, Token] | None:
    """The tokens of a file; None if a newer release wrote it. Raises errors of all kinds if it is invalid."""
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
