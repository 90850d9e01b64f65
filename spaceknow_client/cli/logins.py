"""Where `spaceknow auth login` keeps logins, and where every command looks for one."""

from __future__ import annotations

from importlib.util import find_spec

from ..auth.token import Token
from ..auth.token_stores import FileTokenStore, KeyringTokenStore, SharedTokenStore
from ..errors.base import ConfigError
from ..runtime.file_lock import Release


class Logins:
    """The token file, and where it has no login that holds, the keyring, if there is one."""

    def __init__(self) -> None:
        self.file = FileTokenStore()

    def load(self, key: str) -> Token | None:
        """The token kept under `key`, if any. Raises ConfigError."""
        return self.find(key)[0]

    def find(self, key: str) -> tuple[Token | None, FileTokenStore | KeyringTokenStore]:
        """The token, and the store that it is in. Raises ConfigError."""
        import time

        token = self.file.load(key)
        if (token is None or token.has_ended(time.time())) and find_spec("keyring") is not None:
            keyring = KeyringTokenStore()
            try:
                kept = keyring.load(key)
            except ConfigError:  # no keyring here, or a locked one: nobody asked for it
                kept = None
            if kept is not None:
                return kept, keyring
        return token, self.file

    def save(self, key: str, token: Token) -> None:
        """Keeps `token` in the file. Raises ConfigError."""
        self.file.save(key, token)


class ForcedLogin:
    """A store for one login that has to happen: it gives no older token.

    Args:
        store: what keeps the new one.
    """

    def __init__(self, store: SharedTokenStore) -> None:
        self._store = store
        self._made: dict[str, Token] = {}
        self.failure: ConfigError | None = None

    def load(self, key: str) -> Token | None:
        """The token that was made a moment ago."""
        return self._made.get(key)

    def save(self, key: str, token: Token) -> None:
        """Keeps the token here and in the store; what the store says against it is `failure`."""
        self._made[key] = token
        try:
            self._store.save(key, token)
        except ConfigError as error:
            self.failure = error

    def try_lock(self) -> Release | None:
        """The store's turn to log in."""
        return self._store.try_lock()
