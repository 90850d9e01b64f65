"""The emulator as tests and demos use it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .accounts.users import GROUP, PASSWORD, USERNAME
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
"""Any client id is accepted; this is the one of our own clients."""


class Emulator:
    """A SpaceKnow of one's own: a real HTTP server on loopback, with users, scenes and pipelines.

    Use it as a context manager (or `start` and `stop`)::

        with Emulator() as emu, emu.client() as client:
            client.user.info()

    Arguments:
        seconds_per_pipeline: how long a pipeline takes, by `clock`; a fraction or 0 will do. At 0
            its clients (`client`, `async_client`) do not wait for the second of `nextTry`: the clock
            moves instead.
        page_size: scenes on one page of a search.
        seed: another seed is another world, with other identifiers; the same seed gives the same.
        port: port on 127.0.0.1; 0 takes any free one.
        now: where the clock stands at the start, by default at the real present: a date, a datetime or
            ISO 8601; UTC without a zone. The world has no later scenes; the same seed has the same
            earlier ones.
        tile_pixels: width of the pictures of tiles: 256, as all recorded ones, or 512.
        zero_next_try: lets `nextTry` be 0 for pipelines of less than a second, so that programs which
            wait by the real time do not.

    Raises OSError when it starts and the port is taken, ValueError for numbers that make no sense.
    What it remembers (pipelines, maps, calls) outlives `stop` and a new `start`.
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
        """Takes the port without listening yet, so that `url` is known."""
        self._server.bind()
        return self

    def start(self) -> Emulator:
        """Starts to serve; returns when requests are answered."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stops to serve and gives the port back."""
        self._server.stop()

    @property
    def url(self) -> str:
        """The address of all operations, the login too. Raises RuntimeError before the start."""
        return self._server.url

    @property
    def username(self) -> str:
        """E-mail of the user that is always there."""
        return USERNAME

    @property
    def password(self) -> str:
        """Password of that user."""
        return PASSWORD

    @property
    def clock(self) -> EmulatorClock:
        """The clock by which tokens and pipelines age: `clock.advance(seconds)` moves it, and
        `clock.time()` is the present of its world, in seconds since 1970 (UTC).
        """
        return self._state.clock

    @property
    def environment(self) -> Environment:
        """For clients: this emulator as API and as login service."""
        from spaceknow_client.auth.environment import Environment

        return Environment(base_url=self.url, auth_domain=self.url, client_id=CLIENT_ID)

    def client(self, **options: Any) -> SpaceKnow:
        """A client of this emulator, logged in as its user, sleeping by its clock.

        `options` are those of SpaceKnow, and go before what is set here.
        """
        from spaceknow_client.client.client import SpaceKnow

        return SpaceKnow(**self._options(options))

    def async_client(self, **options: Any) -> AsyncSpaceKnow:
        """The same as `client`, for async code."""
        from spaceknow_client.client.client_async import AsyncSpaceKnow

        return AsyncSpaceKnow(**self._options(options))

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        from spaceknow_client.auth.credentials import PasswordAuth

        auth = PasswordAuth(self.username, self.password)
        return {"environment": self.environment, "auth": auth, "_clock": self.clock, **options}

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
        """Adds an account; one of the same name is replaced.

        Without `permissions` it has those of the demo's user. `group` is the name of the group
        whose credits it spends: the demo's by default, a new one with credits of its own for any
        other name, and none at all for None.
        """
        users = self._state.users
        users.add(username, password, users.usual if permissions is None else permissions, group)

    def fail(self, operation: str, code: str, times: int = 1, message: str | None = None) -> None:
        """Lets the next `times` calls fail with an error code.

        `operation` is an operationId such as `tasking.get_status`: the call is answered with the
        code, after token and body were found in order. Or it is a pair such as `kraken.release`:
        its next pipelines start, and fail with the code. Raises ValueError for another operation.
        The code may be one that the document does not have (then with status 400).
        """
        text = message or self._contract.meanings.get(code, "This failure was asked for.")
        self._state.failures.add(operation, Failure(code, text), times)

    def script(
        self,
        operation: str,
        statuses: Iterable[str],
        error: str | None = None,
        times: int = 1,
        message: str | None = None,
    ) -> None:
        """Lets the next `times` pipelines of a pair go through these statuses.

        Each call of `tasking.get_status` is told the next status, and the last one from then on,
        whatever the clock says. With RESOLVED at the end the result is there, with FAILED the
        pipeline fails with the code `error`; without either it never ends::

            emu.script("kraken.release", ["NEW", "PROCESSING", "FAILED"], error="NOT-ENOUGH-CREDITS")

        A pipeline that cannot work, of a scene that does not exist, say, fails by itself. Raises
        ValueError for what is no pair, and for statuses that make no sense.
        """
        text = message or self._contract.meanings.get(error or "", "This failure was asked for.")
        failure = None if error is None else Failure(error, text)
        self._state.scripts.add(operation, Plot.of(statuses, failure), times)

    def load(self, folder: str | os.PathLike[str]) -> None:
        """Answers as it was recorded, wherever the folder has an answer to the request.

        The folder, and those in it, may hold cassettes of VCR.py or pytest-recording (`*.yaml`: the
        answers to requests with the same path and body; logins stay the emulator's own), and bodies
        of answers named by their operation (`user.info.json`, or several,
        `tasking.get_status.1.json`, `tasking.get_status.2.json`: whatever the request holds). Several
        answers to one request come in order, and the last one stays. They are given as they are, even
        where the document has others. Raises ValueError for a folder without any, and for a file that
        cannot be read.
        """
        contract = self._contract

        def name_of(method: str, path: str) -> str | None:
            route = contract.route(method, path)
            return route.operation.id if route and route.operation else None

        self._state.recordings.add(read_folder(Path(folder), contract.operations, name_of))

    def fault(self, operation: str, *faults: Fault) -> None:
        """Lets the next calls of an operation go wrong on the wire.

        `operation` is an operationId such as `tasking.get_status`. The faults happen in order, each
        as often as its `times` says, whatever the request holds; then all is well again::

            emu.fault("tasking.get_status", Fault.drop(times=2), Fault.status(503, retry_after=2))

        Raises ValueError for another operation.
        """
        for fault in faults:
            self._state.faults.add(operation, fault, fault.times)


def _seconds(now: date | str) -> float:
    """Seconds since 1970. A day is its beginning, and a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(now if isinstance(now, str) else now.isoformat())
    except (AttributeError, ValueError) as error:
        raise ValueError(
            f"now must be a date, a datetime or a string such as 2018-12-31, not {now!r}."
        ) from error
    if not 1970 <= moment.year < 2200:
        raise ValueError(f"now must be between 1970 and 2199, not {now!r}.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
