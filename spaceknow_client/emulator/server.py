"""The HTTP server: uvicorn in a thread, on a loopback socket."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp

from .connection import Connection

HOST = "127.0.0.1"

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


class Server:
    """Serves an application on loopback until it is stopped. Can be started again."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port
        self._socket: socket.socket | None = None
        self._running: tuple[uvicorn.Server, threading.Thread] | None = None

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
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run,
            kwargs={"sockets": [self._socket]},
            name="spaceknow-emulator",
            daemon=True,
        )
        thread.start()
        self._running = (server, thread)
        until = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                self.stop()
                raise RuntimeError("the emulator's server did not start.")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stops the server and releases the port."""
        if self._running is not None:
            server, thread = self._running
            server.should_exit = True
            thread.join(_STOP_SECONDS)
            server.force_exit = True
            self._running = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
