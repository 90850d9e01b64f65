"""HTTP as uvicorn speaks it, on connections that can be broken on purpose."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from typing import Literal

from starlette.types import Receive
from uvicorn.protocols.http.h11_impl import H11Protocol

from .fault import Step

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a socket sends a TCP reset."""


class Connection(H11Protocol):
    """A connection of a client. The application finds it in `scope["state"]["connection"]`."""

    # asyncio declares any transport here, uvicorn one that it narrows in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(transport)
        self._taken = False
        # uvicorn copies it into each request's scope, so a request without fault costs nothing.
        self.app_state = {**self.app_state, "connection": self}

    def shutdown(self) -> None:
        """Called when the server stops: it does not wait until a fault has been played."""
        if self._taken:
            self.transport.abort()
        else:
            super().shutdown()

    async def play(
        self, steps: Iterable[Step], ending: Literal["close", "reset"], receive: Receive
    ) -> None:
        """Sends bytes past HTTP's rules, and ends the connection.

        `receive` is that of the request's ASGI call: it tells when the client has gone.
        """
        self._taken = True
        for step in steps:
            if isinstance(step, bytes):
                self.transport.write(step)
            elif await _gone(receive, step):
                return
        if ending == "reset":
            connection: socket.socket = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.transport.abort()
        else:
            self.transport.close()
        await _gone(receive, None)  # else uvicorn takes the answer for forgotten


async def _gone(receive: Receive, seconds: float | None) -> bool:
    """Waits for the end of the connection, at most so long; whether it came."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True
