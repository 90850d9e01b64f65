"""Checks the user's permissions before a call is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors.base import DeadlineExceededError, PermissionDeniedError
from ..generated.catalogue import LOGIN_SCHEME, OPERATIONS, Operation
from ..runtime.concurrency import AsyncLock, async_acquire
from .login_async import AsyncLogin
from .permissions import PermissionSet
from .schemes import Credentials

if TYPE_CHECKING:
    from ..runtime.clock import Clock
    from .sender_protocol import AsyncSender


class AsyncPermissionCheck:
    """The user's permissions, fetched once for each token. `with_options` copies share it."""

    def __init__(self, login: AsyncLogin, credentials: Credentials, clock: Clock) -> None:
        self._login = login
        self._credentials = credentials
        self._clock = clock
        self._lock = AsyncLock()
        self._known: tuple[str | None, PermissionSet] | None = None

    async def permissions(self, sender: AsyncSender, expires: float) -> PermissionSet:
        """The permissions of the user whose token is in use."""
        from ..generated.api.user import user_info  # few programs check permissions

        info = OPERATIONS["user.info"]
        token = None
        if LOGIN_SCHEME in self._credentials.chosen(info):
            token = await self._login.token(sender, info, expires, needed=True)
        if self._known is None or self._known[0] != token:
            if not await async_acquire(self._lock, expires - self._clock.monotonic()):
                raise DeadlineExceededError(
                    "deadline exceeded while another call was fetching the permissions",
                    operation=info.id,
                    hint="Set a longer deadline.",
                )
            try:
                if self._known is None or self._known[0] != token:
                    answer = await sender.send(
                        user_info.get_request(), user_info.parse, expires=expires
                    )
                    # Ignore invalid names from the server, and use the others.
                    names = [name for name in answer.parsed.permissions if all(name.split("."))]
                    self._known = token, PermissionSet(names)
            finally:
                self._lock.release()
        return self._known[1]

    async def check(self, sender: AsyncSender, operation: Operation, expires: float) -> None:
        """Raises PermissionDeniedError if the user lacks a documented permission.

        Of several alternatives, the user needs the permissions of one with matching credentials.
        """
        ways = [
            [role for roles in each.values() for role in roles]
            for each in self._credentials.alternatives(operation)
        ]
        if not ways or not all(ways):
            return
        known = await self.permissions(sender, expires)
        missing = min((known.missing(*needed) for needed in ways), key=len)
        if missing:
            raise PermissionDeniedError(
                f"the user lacks {' and '.join(missing)}; nothing was sent",
                missing=missing,
                operation=operation.id,
                hint="Ask SpaceKnow for the permission, or log in as another user.",
            )
