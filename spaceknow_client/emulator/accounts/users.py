"""Users and their permissions."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..stores.identifiers import digest
from ..validation.failures import AnswerError
from ..validation.statuses import USER_EXISTS
from .groups import Group
from .tokens import Tokens

USERNAME = "demo@example.com"
PASSWORD = "kookaburra"  # noqa: S105 - not a secret: the emulator protects nothing
API_KEY = "key-of-the-emulator"
GROUP = "Example Ltd"

PERMISSIONS = (
    "imagery.availability",
    "imagery.images.gbdx.idaho-pansharpened",
    "kraken.release",
    "kraken.dry-run",
    "algorithms.car-detection",
    "credits.get-remaining-credit",
    "credits.check-area",
    "credits.allocate-area",
    "user.authorize",
    "geojsondb.create",
    "geojsondb.search",
    "admin.users.create-guardian-user",
    "admin.users.delete-guardian-user",
    "admin.users.manage",
)
"""Minimum permissions of the default user. Old clients compare these strings exactly."""


@dataclass
class User:
    """An account."""

    id: str
    email: str
    name: str
    password: str = field(repr=False)
    permissions: tuple[str, ...]
    group: Group | None

    @property
    def purse(self) -> Group:
        """The user's group. Raises AnswerError (NO-VALID-BINDING) if there is none."""
        if self.group is None:
            raise AnswerError("NO-VALID-BINDING", "You are not bound to any company.")
        return self.group

    def allows(self, required: str) -> bool:
        """Whether the user has a matching permission: compared by the parts of the shorter name."""
        needed = required.split(".")
        for name in self.permissions:
            mine = name.split(".")
            shorter = min(len(mine), len(needed))
            if mine[:shorter] == needed[:shorter]:
                return True
        return False

    def require(self, required: str) -> None:
        """Raises AnswerError (NOT-AUTHORIZED) unless the user has a matching permission."""
        if not self.allows(required):
            raise AnswerError("NOT-AUTHORIZED", f"You lack the permission {required}.")


class Users:
    """All accounts. The first one, of the demo user, always exists.

    It has all permissions that operations of the document require (`needed`), and `usual`.
    """

    def __init__(self, seed: int, tokens: Tokens, needed: Iterable[str] = ()) -> None:
        self._seed = seed
        self._tokens = tokens
        self._lock = threading.RLock()
        self._by_email: dict[str, User] = {}
        self._by_id: dict[str, User] = {}
        self._groups: dict[str, Group] = {}
        demo = self.add(USERNAME, PASSWORD, PERMISSIONS)
        # So that new operations of the document can be tried immediately.
        demo.permissions += tuple(name for name in sorted(needed) if not demo.allows(name))
        self.demo = demo
        self.usual = demo.permissions

    def add(
        self,
        email: str,
        password: str,
        permissions: Iterable[str],
        group: str | None = GROUP,
        name: str | None = None,
    ) -> User:
        """Adds an account to a group, which is created if missing; an account of the same email is
        replaced.
        """
        with self._lock:
            if group is not None and group not in self._groups:
                self._groups[group] = Group(group)
            user = User(
                id=f"auth0|{digest(self._seed, 'user', email.casefold()).hex()[:24]}",
                email=email,
                name=name or email.partition("@")[0].replace(".", " ").title(),
                password=password,
                permissions=tuple(permissions),
                group=None if group is None else self._groups[group],
            )
            self._by_email[email.casefold()] = self._by_id[user.id] = user
        return user

    def create(self, manager: User, email: str, password: str, name: str) -> User:
        """Adds an account to a manager's group, with the manager's permissions except those to manage.
        Raises AnswerError if the email is in use.
        """
        inherited = [each for each in manager.permissions if each.partition(".")[0] != "admin"]
        with self._lock:
            if email.casefold() in self._by_email:
                raise AnswerError(USER_EXISTS, "A user with this email already exists.")
            return self.add(email, password, inherited, manager.purse.name, name)

    def delete(self, manager: User, email: str) -> None:
        """Deletes an account of a manager's group. Raises AnswerError if that is not possible."""
        group = manager.purse
        with self._lock:
            user = self._by_email.get(email.casefold())
            if user is None:
                raise AnswerError("NON-EXISTENT-USER", "No user has this email.")
            if user.group is not group or user is manager:
                raise AnswerError("ACCESS-DENIED", "You may not delete this account.")
            del self._by_email[email.casefold()], self._by_id[user.id]

    def of_id(self, user_id: str) -> User | None:
        """The user with an ID."""
        with self._lock:
            return self._by_id.get(user_id)

    def login(self, email: str, password: str) -> str:
        """A token for an account. Raises AnswerError, in the format of Auth0, for a wrong password."""
        with self._lock:
            user = self._by_email.get(email.casefold())
        given, expected = (
            text.encode("utf-8", "replace") for text in (password, user.password if user else "")
        )
        if user is None or not hmac.compare_digest(given, expected):
            raise AnswerError("invalid_user_password", "Wrong email or password.")
        return self._tokens.issue(user.id, email=user.email)

    def of_header(self, header: str | None) -> User:
        """The user of an Authorization header. Raises AnswerError if it is invalid."""
        scheme, _, token = (header or "").strip().partition(" ")
        if scheme.lower() != "bearer":
            raise AnswerError(
                "NOT-AUTHORIZED", "Send the token of a login in the header Authorization: Bearer."
            )
        return self.of_token(token.strip())

    def of_token(self, token: str) -> User:
        """The user of a token. Raises AnswerError if it is invalid or its user was deleted."""
        user = self.of_id(self._tokens.subject(token))
        if user is None:
            raise AnswerError("NOT-AUTHORIZED", "The user of this token does not exist.")
        return user
