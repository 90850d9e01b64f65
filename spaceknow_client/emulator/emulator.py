"""The emulator, as used in tests and demos."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .accounts.users import API_KEY, GROUP, PASSWORD, USERNAME
from .app import Application
from .calls import Call
from .clock import EmulatorClock
from .fault import Fault
from .recordings import read_folder
from .script import Plot
from .server import Server
from .state import State
from .validation.contract import Contract
from .validation.failures import Failure

if TYPE_CHECKING:
    from spaceknow_client.auth.environment import Environment
    from spaceknow_client.client.client import SpaceKnow
    from spaceknow_client.client.client_async import AsyncSpaceKnow

CLIENT_ID = "emulator"
"""Any client ID is accepted; this is that of our own clients."""


class Emulator:
    """A local SpaceKnow: a real HTTP server on loopback, with users, scenes and pipelines.

    Use it as a context manager (or call `start` and `stop`)::

        with Emulator() as emu, emu.client() as client:
            client.user.info()

    Arguments:
        seconds_per_pipeline: duration of a pipeline by `clock`; a fraction or 0 is allowed. With 0,
            its clients (`client`, `async_client`) do not wait for the second of `nextTry`: the clock
            advances instead.
        page_size: scenes per page of a search.
        seed: the world, with all identifiers, depends only on the seed.
        port: port on 127.0.0.1; 0 takes any free one.
        now: initial time of the clock, by default the current time: a date, a datetime or ISO 8601; UTC
            if it has no zone. The world has no later scenes; the earlier ones depend only on the seed.
        tile_pixels: width of tile pictures: 256, as in all recorded ones, or 512.
        zero_next_try: `nextTry` is 0 for pipelines of less than a second, so that programs that wait
            in real time do not wait for it.

    Raises OSError on start if the port is in use, ValueError for invalid numbers. Pipelines, maps and
    calls are kept after `stop` and a new `start`.
    """

    def __init__(
        self,
        seconds_per_pipeline: float = 10.0,
        page_size: int = 20,
        seed: int = 0,
        port: int = 0,
        *,
        now: date | str | None = None,
        tile_pixels: int = 256,
        zero_next_try: bool = False,
    ) -> None:
        if type(tile_pixels) is not int or tile_pixels not in (256, 512):
            raise ValueError(f"tile_pixels must be 256 or 512, not {tile_pixels!r}.")
        contract = Contract.bundled()
        self._contract = contract
        self._state = State(
            seconds_per_pipeline=seconds_per_pipeline,
            page_size=page_size,
            seed=seed,
            now=None if now is None else _seconds(now),
            tile_pixels=tile_pixels,
            zero_next_try=zero_next_try,
            operations=contract.operations,
            permissions=contract.permissions,
        )
        self._server = Server(Application(self._state, contract), port)

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def bind(self) -> Emulator:
        """Binds the port without listening, so that `url` is known."""
        self._server.bind()
        return self

    def start(self) -> Emulator:
        """Starts to serve; returns when requests are accepted."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stops the server and releases the port."""
        self._server.stop()

    @property
    def url(self) -> str:
        """The base URL of all operations, including the login. Raises RuntimeError before the start."""
        return self._server.url

    @property
    def username(self) -> str:
        """Email of the default user."""
        return USERNAME

    @property
    def password(self) -> str:
        """Password of the default user."""
        return PASSWORD

    @property
    def api_key(self) -> str:
        """The key of that user, for security schemes that take a key or another token."""
        return API_KEY

    @property
    def clock(self) -> EmulatorClock:
        """The clock of tokens and pipelines: `clock.advance(seconds)` advances it, and
        `clock.time()` is the current time of the world, in seconds since 1970 (UTC).
        """
        return self._state.clock

    @property
    def environment(self) -> Environment:
        """An environment with this emulator as API and login service."""
        from spaceknow_client.auth.environment import Environment

        return Environment(base_url=self.url, auth_domain=self.url, client_id=CLIENT_ID)

    def client(self, **options: Any) -> SpaceKnow:
        """A client of this emulator, logged in as the default user, using its clock.

        `options` are those of SpaceKnow; they take precedence over the values set here.
        SPACEKNOW_JOURNAL is ignored.
        """
        from spaceknow_client.client.client import SpaceKnow

        return SpaceKnow(**self._options(options))

    def async_client(self, **options: Any) -> AsyncSpaceKnow:
        """Like `client`, for asynchronous code."""
        from spaceknow_client.client.client_async import AsyncSpaceKnow

        return AsyncSpaceKnow(**self._options(options))

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        from spaceknow_client.auth.credentials import AnyAuth, ApiKeyAuth, PasswordAuth, TokenAuth

        login = PasswordAuth(self.username, self.password)
        auth: AnyAuth = login
        if len(self._contract.schemes) > 1:
            auth = {
                name: login
                if name == self._contract.login_scheme
                else TokenAuth(self.api_key)
                if scheme["type"] == "http"
                else ApiKeyAuth(self.api_key)
                for name, scheme in self._contract.schemes.items()
            }
        own = {
            "environment": self.environment,
            "auth": auth,
            "_clock": self.clock,
            "journal": False,
        }
        return own | options

    def calls(self, operation: str | None = None) -> list[Call]:
        """The requests so far, oldest first: of one operation (`kraken.release.initiate`), of a
        pair (`kraken.release`), or all.
        """
        return self._state.calls.of(operation)

    def add_user(
        self,
        username: str,
        password: str,
        permissions: Iterable[str] | None = None,
        group: str | None = GROUP,
    ) -> None:
        """Adds an account; an existing one of the same name is replaced.

        Without `permissions` it has those of the default user. `group` is the group whose credits it
        spends: by default that of the default user; a new name creates a group with its own credits,
        None means no group.
        """
        users = self._state.users
        users.add(username, password, users.usual if permissions is None else permissions, group)

    def fail(self, operation: str, code: str, times: int = 1, message: str | None = None) -> None:
        """Makes the next `times` calls fail with an error code.

        `operation` is an operationId such as `tasking.get_status`: the code is returned after token
        and body were accepted. Or it is a pair such as `kraken.release`: its next pipelines start, and
        fail with the code. Raises ValueError for another operation. A code that is not in the document
        is allowed (with status 400).
        """
        text = message or self._contract.meanings.get(code, "This failure was requested.")
        self._state.failures.add(operation, Failure(code, text), times)

    def script(
        self,
        operation: str,
        statuses: Iterable[str],
        error: str | None = None,
        times: int = 1,
        message: str | None = None,
    ) -> None:
        """Sets the statuses of the next `times` pipelines of a pair.

        Each call of `tasking.get_status` returns the next status; the last one repeats, whatever the
        clock. With RESOLVED at the end there is a result, with FAILED the pipeline fails with the
        code `error`; without either it never ends::

            emu.script("kraken.release", ["NEW", "PROCESSING", "FAILED"], error="NOT-ENOUGH-CREDITS")

        A pipeline that cannot succeed, for example of an unknown scene, fails anyway. Raises
        ValueError if it is not a pair, and for invalid statuses.
        """
        text = message or self._contract.meanings.get(error or "", "This failure was requested.")
        failure = None if error is None else Failure(error, text)
        self._state.scripts.add(operation, Plot.of(statuses, failure), times)

    def load(self, folder: str | os.PathLike[str]) -> None:
        """Returns recorded responses from a folder for the requests that it contains.

        The folder and its subfolders can contain cassettes of VCR.py or pytest-recording (`*.yaml`:
        responses for requests with the same path and body; logins are ignored), and response bodies
        named after their operation, for any request (`user.info.json`, or several:
        `tasking.get_status.1.json`, `tasking.get_status.2.json`). Several responses for one request
        are returned in order, and the last one repeats. They are returned unchanged, even if they do
        not match the document. Raises ValueError for a folder without recordings, and for a file that
        cannot be read.
        """
        contract = self._contract

        def name_of(method: str, path: str) -> str | None:
            route = contract.route(method, path)
            return route.operation.id if route and route.operation else None

        self._state.recordings.add(read_folder(Path(folder), contract.operations, name_of))

    def fault(self, operation: str, *faults: Fault) -> None:
        """Injects network faults into the next calls of an operation.

        `operation` is an operationId such as `tasking.get_status`, or a pair such as
        `kraken.release`, which means the call that starts it. The faults happen in order, each for
        as many requests as its `times`; then calls succeed again::

            emu.fault("tasking.get_status", Fault.drop(times=2), Fault.status(503, retry_after=2))

        Raises ValueError for another operation.
        """
        call = f"{operation}.initiate" if operation in self._state.scripts else operation
        for fault in faults:
            self._state.faults.add(call, fault, fault.times)


def _seconds(now: date | str) -> float:
    """Seconds since 1970. A date means its start, and a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(now if isinstance(now, str) else now.isoformat())
    except (AttributeError, ValueError) as error:
        raise ValueError(
            f"now must be a date, a datetime or a string such as 2018-12-31, not {now!r}."
        ) from error
    if not 1970 <= moment.year < 2200:
        raise ValueError(f"now must be between 1970 and 2199, not {now!r}.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
