"""The user's own account: `client.user`."""

from __future__ import annotations

from ..generated.api.user import user_info
from ..generated.models import UserInfo
from .transport import AsyncTransport


class AsyncUser:
    """Who the token belongs to."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def info(self) -> UserInfo:
        """Id, e-mail, name, accounting and permissions. API facts, section 13."""
        answer = await self._transport.send(user_info.get_request(), user_info.parse)
        return answer.parsed
