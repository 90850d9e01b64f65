"""Users, the groups whose credits they spend, and what they may do."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from .failures import AnswerError
from .identifiers import digest
from .tokens import Tokens

USERNAME = "demo@example.com"
PASSWORD = "kookaburra"  # noqa: S105 - the emulator guards nothing, everybody may know it
CREDITS = 1000.0

PERMISSIONS = (
    "imagery.availability",
    "imagery.images.gbdx.idaho-pansharpened",
    "kraken.release",
    "kraken.dry-run",
    "algorithms.car-detection",
    "credits.get-remaining-credit",
    "credits.check-area",
)
"""What the default user may do. Old clients compare these strings: spell them exactly so."""


@dataclass
class Group:
    """Users with a common purse."""

    name: str
    credits: float = CREDITS
    allocations: dict[str, BaseGeometry] = field(default_factory=dict)
    """The allocated area by scene id, in degrees."""

    def allocate(self, scene_id: str, area: BaseGeometry) -> None:
        """Adds an area to what the group may analyse in a scene."""
        known = self.allocations.get(scene_id)
        self.allocations[scene_id] = area if known is None else shapely.union(known, area)

    def has_allocated(self, scene_id: str, area: BaseGeometry) -> bool:
        """Whether the group may analyse the whole area in a scene."""
        known = self.allocations.get(scene_id)
        return known is not None and bool(shapely.covers(known, area))


@dataclass
class User:
    """An account."""

    id: str
    email: str
    name: str
    password: str = field(repr=False)
    permissions: tuple[str, ...]
    group: Group

    def allows(self, required: str) -> bool:
        """Whether the user has a permission that matches: both names cut to the shorter one's parts."""
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
    """All accounts. The first one, of the demo, is always there."""

    def __init__(self, seed: int, tokens: Tokens) -> None:
        self._seed = seed
        self._tokens = tokens
        self._lock = threading.Lock()
        self._by_email: dict[str, User] = {}
        self._by_id: dict[str, User] = {}
        self.group = Group("Example Ltd")
        self.add(USERNAME, PASSWORD, PERMISSIONS)

    def add(self, email: str, password: str, permissions: Iterable[str]) -> User:
        """Adds an account to the demo's group; one of the same e-mail is replaced."""
        user = User(
            id=f"auth0|{digest(self._seed, 'user', email.casefold()).hex()[:24]}",
            email=email,
            name=email.partition("@")[0].replace(".", " ").title(),
            password=password,
            permissions=tuple(permissions),
            group=self.group,
        )
        with self._lock:
            self._by_email[email.casefold()] = self._by_id[user.id] = user
        return user

    def login(self, email: str, password: str) -> str:
        """A token for an account. Raises AnswerError, in Auth0's words, for a wrong password."""
        with self._lock:
            user = self._by_email.get(email.casefold())
        given, expected = (
            text.encode("utf-8", "replace") for text in (password, user.password if user else "")
        )
        if user is None or not hmac.compare_digest(given, expected):
            raise AnswerError("invalid_user_password", "Wrong email or password.")
        return self._tokens.issue(user.id, user.email)

    def of_header(self, header: str | None) -> User:
        """The user of an Authorization header. Raises AnswerError if it names none."""
        scheme, _, token = (header or "").strip().partition(" ")
        if scheme.lower() != "bearer":
            raise AnswerError(
                "NOT-AUTHORIZED", "Send the token of a login in a header Authorization: Bearer."
            )
        subject = self._tokens.subject(token.strip())
        with self._lock:
            user = self._by_id.get(subject)
        if user is None:
            raise AnswerError("NOT-AUTHORIZED", "The user of this token does not exist.")
        return user
