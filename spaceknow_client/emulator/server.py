"""The HTTP server: uvicorn in a thread, on a loopback socket."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from .connection import Connection

HOST = "127.0.0.1"

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_GRACE_SECONDS = 1.0
"""For requests in progress when the server stops."""
_TICK_SECONDS = 0.1
"""uvicorn counts ticks, to renew the Date header each second."""


class _Server(uvicorn.Server):
    """uvicorn looks every 0.1 s whether to stop, and then waits as long: for each emulator of a test."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_serving = threading.Event()
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Runs until `leave`."""
        self._loop = asyncio.get_running_loop()
        self.is_serving.set()
        tick = 0
        while not await self.on_tick(tick):
            tick += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), _TICK_SECONDS)

    def leave(self) -> None:
        """Ends the main loop, from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._leaving.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets requests in progress finish, within the time of grace; then they are canceled."""
        state = self.server_state
        for server in self.servers:
            server.close()
        for connection in [*state.connections]:
            connection.shutdown()
        until = time.monotonic() + _GRACE_SECONDS
        while (state.connections or state.tasks) and time.monotonic() < until:  # noqa: ASYNC110 - sets of uvicorn
            await asyncio.sleep(0.001)


class Server:
    """Serves an application on loopback until it is stopped. Can be started again."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port
        self._socket: socket.socket | None = None
        self._running: tuple[_Server, threading.Thread] | None = None

    @property
    def url(self) -> str:
        """The base address. Raises RuntimeError before `bind`."""
        if self._port == 0:
            raise RuntimeError("the emulator has no address yet: call start() first.")
        return f"http://{HOST}:{self._port}"

    def bind(self) -> None:
        """Binds the port (0: any free one). Raises OSError if another process uses it,
        OverflowError if it is not a port number.

        Connections are refused until `start`.
        """
        if self._socket is not None:
            return
        # With an explicit protocol, asyncio disables Nagle's algorithm, which costs 40 ms per call.
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((HOST, self._port))
        except (OSError, OverflowError):
            bound.close()
            raise
        self._port = bound.getsockname()[1]
        self._socket = bound

    def start(self) -> None:
        """Starts to serve; returns when requests are accepted."""
        if self._running is not None:
            return
        self.bind()
        assert self._socket is not None  # noqa: S101 - bind has made it
        config = uvicorn.Config(
            self._app,
            loop="asyncio",
            http=Connection,  # fixed, whatever else is installed
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,
        )
        server = _Server(config)
        thread = threading.Thread(
            target=server.run,
            kwargs={"sockets": [self._socket]},
            name="spaceknow-emulator",
            daemon=True,
        )
        thread.start()
        self._running = (server, thread)
        until = time.monotonic() + _START_SECONDS
        while not server.is_serving.wait(0.05):
            if not thread.is_alive() or time.monotonic() > until:
                self.stop()
                raise RuntimeError("the emulator's server did not start.")

    def stop(self) -> None:
        """Stops the server and releases the port."""
        if self._running is not None:
            server, thread = self._running
            server.leave()
            thread.join(_STOP_SECONDS)
            self._running = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
