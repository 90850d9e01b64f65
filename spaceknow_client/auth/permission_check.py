# Compiled by `python -m generator` from permission_check_async.py. Never edit by hand.
# ruff: noqa
"""Checks the user's permissions before a call is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors.base import DeadlineExceededError, PermissionDeniedError
from ..generated.catalogue import LOGIN_SCHEME, OPERATIONS, Operation
from ..runtime.concurrency import Lock, acquire
from .login import Login
from .permissions import PermissionSet
from .schemes import Credentials

if TYPE_CHECKING:
    from ..runtime.clock import Clock
    from .sender_protocol import Sender


class PermissionCheck:
    """The user's permissions, fetched once for each token. `with_options` copies share it."""

    def __init__(self, login: Login, credentials: Credentials, clock: Clock) -> None:
        self._login = login
        self._credentials = credentials
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[str | None, PermissionSet] | None = None

    def permissions(self, sender: Sender, expires: float) -> PermissionSet:
        """The permissions of the user whose token is in use."""
        from ..generated.api.user import user_info  # few programs check permissions

        info = OPERATIONS["user.info"]
        token = None
        if LOGIN_SCHEME in self._credentials.chosen(info):
            token = self._login.token(sender, info, expires, needed=True)
        if self._known is None or self._known[0] != token:
            if not acquire(self._lock, expires - self._clock.monotonic()):
                raise DeadlineExceededError(
                    "deadline exceeded while another call was fetching the permissions",
                    operation=info.id,
                    hint="Set a longer deadline.",
                )
            try:
                if self._known is None or self._known[0] != token:
                    answer = sender.send(user_info.get_request(), user_info.parse, expires=expires)
                    # Ignore invalid names from the server, and use the others.
                    names = [name for name in answer.parsed.permissions if all(name.split("."))]
                    self._known = token, PermissionSet(names)
            finally:
                self._lock.release()
        return self._known[1]

    def check(self, sender: Sender, operation: Operation, expires: float) -> None:
        """Raises PermissionDeniedError if the user lacks a documented permission.

        Of several alternatives, the user needs the permissions of one with matching credentials.
        """
        ways = [
            [role for roles in each.values() for role in roles]
            for each in self._credentials.alternatives(operation)
        ]
        if not ways or not all(ways):
            return
        known = self.permissions(sender, expires)
        missing = min((known.missing(*needed) for needed in ways), key=len)
        if missing:
            raise PermissionDeniedError(
                f"the user lacks {' and '.join(missing)}; nothing was sent",
                missing=missing,
                operation=operation.id,
                hint="Ask SpaceKnow for the permission, or log in as another user.",
            )
