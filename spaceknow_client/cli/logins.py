"""Stored logins: `spaceknow auth login` writes them, every command reads them."""

from __future__ import annotations

from importlib.util import find_spec

from ..auth.token import Token
from ..auth.token_stores import FileTokenStore, KeyringTokenStore, SharedTokenStore
from ..errors.base import ConfigError
from ..runtime.file_lock import Release


class Logins:
    """The token file, and if it has no valid login, the keyring."""

    def __init__(self) -> None:
        self.file = FileTokenStore()

    def load(self, key: str) -> Token | None:
        """The token stored under `key`, if any. Raises ConfigError."""
        return self.find(key)[0]

    def find(self, key: str) -> tuple[Token | None, FileTokenStore | KeyringTokenStore]:
        """The token and its store. Raises ConfigError."""
        import time

        token = self.file.load(key)
        if (token is None or token.has_ended(time.time())) and find_spec("keyring") is not None:
            keyring = KeyringTokenStore()
            try:
                stored = keyring.load(key)
            except ConfigError:  # no keyring here, or a locked one: it is optional
                stored = None
            if stored is not None:
                return stored, keyring
        return token, self.file

    def save(self, key: str, token: Token) -> None:
        """Stores `token` in the file. Raises ConfigError."""
        self.file.save(key, token)


class ForcedLogin:
    """A store that forces one login: it does not return older tokens.

    Args:
        store: the store for the new token.
    """

    def __init__(self, store: SharedTokenStore) -> None:
        self._store = store
        self._made: dict[str, Token] = {}
        self.failure: ConfigError | None = None

    def load(self, key: str) -> Token | None:
        """The new token, if there is one."""
        return self._made.get(key)

    def save(self, key: str, token: Token) -> None:
        """Stores the token here and in the store; an error of the store becomes `failure`."""
        self._made[key] = token
        try:
            self._store.save(key, token)
        except ConfigError as error:
            self.failure = error

    def try_lock(self) -> Release | None:
        """The store's lock for logins."""
        return self._store.try_lock()
