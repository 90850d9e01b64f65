"""HTTP connections of uvicorn that can be broken on purpose."""

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
"""The value of SO_LINGER that makes closing a socket send a TCP reset."""


class Connection(H11Protocol):
    """A connection, available to the application as `scope["state"]["connection"]`."""

    # asyncio declares any transport here, uvicorn one that it narrows in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(transport)
        self._taken = False
        # uvicorn copies it into the scope of each request, so requests without fault cost nothing.
        self.app_state = {**self.app_state, "connection": self}

    def shutdown(self) -> None:
        """Called when the server stops: does not wait for a fault to finish."""
        if self._taken:
            self.transport.abort()
        else:
            super().shutdown()

    async def play(
        self, steps: Iterable[Step], ending: Literal["close", "reset"], receive: Receive
    ) -> None:
        """Sends bytes without regard to HTTP, and ends the connection.

        `receive` is that of the ASGI call: it reports when the client has disconnected.
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
        await _gone(receive, None)  # otherwise uvicorn reports a missing response


async def _gone(receive: Receive, seconds: float | None) -> bool:
    """Waits up to `seconds` for the end of the connection; returns whether it ended."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True
