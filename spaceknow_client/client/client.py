# Compiled by `python -m generator` from client_async.py. Never edit by hand.
# ruff: noqa
"""The client."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from ..auth.credentials import AnyAuth, Auth, has_password, logs_in
from ..auth.environment import Environment
from ..errors.base import ConfigError
from ..resources.apis import APIs
from ..runtime.clock import SYSTEM_CLOCK, Clock
from ..runtime.concurrency import off_loop
from ..runtime.lazy import lazy
from ..transport.networks.network_choice import network
from ..transport.options import Limits, Options, auth_from, environment_from

if TYPE_CHECKING:  # imported on first use: a program needs few of them
    from ..auth.login import Login
    from ..auth.permission_check import PermissionCheck
    from ..auth.permissions import PermissionSet
    from ..auth.schemes import Credentials
    from ..generated.client import Client
    from ..pipelines.journal.journal import Journal
    from ..pipelines.journal.recorder import JournalRecorder
    from ..pipelines.pipelines import Pipelines
    from ..pipelines.workers import Workers
    from ..transport.hooks import Hooks
    from ..transport.networks.network_choice import HTTPClient
    from ..transport.retry import RetryPolicy
    from ..transport.transport import Transport


class SpaceKnow(APIs):
    """The SpaceKnow API.

    `SpaceKnow()` connects to production, with the credentials in SPACEKNOW_TOKEN, or in
    SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD, or the login stored in `~/.spaceknow/tokens.json`.
    Arguments take precedence over environment variables, and these over the stored login. Nothing
    is read or sent before the first call.

    Args:
        environment: the service; by default that of SPACEKNOW_ENVIRONMENT and SPACEKNOW_BASE_URL,
            otherwise production.
        auth: PasswordAuth, TokenAuth, StoredAuth or ApiKeyAuth; if the API has several security
            schemes, a mapping of their names to these.
        timeout: seconds per attempt (30).
        deadline: seconds per call, including retries (120).
        pipeline_deadline: seconds to wait for a pipeline (6 hours).
        retry: when a call is retried.
        limits: limits of concurrency.
        hooks: functions that are called for requests, retries and polls.
        max_request_bytes, max_response_bytes: larger bodies are refused.
        check_permissions: refuse calls without the user's permission before they are sent.
        contract: "warn" logs differences between responses and the document; see Options (extra
            `contract`).
        journal: a file that records each pipeline before it is started, so that none is lost if the
            process is killed (`pipelines.recover()`), or a Journal, which several clients can share;
            by default the file in SPACEKNOW_JOURNAL. False disables it.
        http_client: your own httpx.Client (for proxies, certificates), which is not closed. The
            asynchronous client also accepts an aiohttp.ClientSession, or "aiohttp" to use aiohttp
            (extra `aiohttp`).

    The asynchronous client works in one event loop at a time; another one can use it after that one
    has ended. Threads can share the synchronous client.

    A client can be pickled: another process gets a client with the same settings and its own
    connections, without hooks. Pickling raises ConfigError if `auth` contains a password or token,
    and for your own `http_client`; see `PasswordAuth`.

    Raises ConfigError for invalid settings: contradictory options, a username without a password, a
    URL without its login service. Credentials are checked at the first call that needs them: it
    raises AuthError if there are none, LoginError if the password is refused, TokenExpiredError if
    the token is refused.
    """

    def __init__(
        self,
        environment: Environment | None = None,
        *,
        auth: AnyAuth | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        contract: Literal["off", "warn"] | None = None,
        journal: str | os.PathLike[str] | Journal | Literal[False] | None = None,
        http_client: HTTPClient | None = None,
        _clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._auth_is_given, self._http_client = auth is not None, http_client
        if auth is None:
            auth = auth_from()
        if not isinstance(auth, Auth):  # these do not depend on the document's schemes
            from ..auth.schemes import Credentials

            Credentials(auth)
        if environment is None:
            environment = environment_from(logs_in=has_password(auth))
        if not isinstance(environment, Environment):
            raise ConfigError("environment must be an Environment, such as Environment.PRODUCTION.")
        without_login = None if environment.has_login else logs_in(auth)
        if without_login is not None:
            raise ConfigError(
                f"{environment.base_url} has no known login service, but auth is a "
                f"{type(without_login).__name__}.",
                hint="Pass a TokenAuth (or SPACEKNOW_TOKEN), or an Environment with auth_domain and "
                "client_id.",
            )
        options = _changed(
            Options(),
            timeout=timeout,
            deadline=deadline,
            pipeline_deadline=pipeline_deadline,
            retry=retry,
            limits=limits,
            hooks=hooks,
            max_request_bytes=max_request_bytes,
            max_response_bytes=max_response_bytes,
            check_permissions=check_permissions,
            contract=contract,
        )
        self._environment = environment
        self._options = options
        self._auth = auth
        self._clock = _clock
        self._journal: Journal | None = None
        self._owns_journal = False
        if journal is None:
            journal = os.environ.get("SPACEKNOW_JOURNAL") or False
        if journal is not False:
            from ..pipelines.journal.journal import Journal

            self._owns_journal = not isinstance(journal, Journal)
            self._journal = journal if isinstance(journal, Journal) else Journal(journal)
        self._network = network(environment, options.limits, http_client)
        self._origin: Self | None = None  # the client whose connections and login this one shares

    @lazy
    def _transport(self) -> Transport:
        if self._origin is not None:
            return self._origin._transport.with_options(self._options)
        from functools import partial

        from ..pipelines.handle import started_by
        from ..transport.transport import Transport

        return Transport(
            environment=self._environment,
            options=self._options,
            network=self._network,
            login=self._login,
            credentials=self._credentials,
            permissions=self._permissions,
            clock=self._clock,
            started=partial(started_by, self._environment.base_url),
            recorder=self._recorder,
        )

    @lazy
    def _login(self) -> Login:
        from ..auth.login import Login

        credentials = self._credentials
        return Login(
            credentials.login, self._environment, self._clock, otherwise=credentials.account()
        )

    @lazy
    def _credentials(self) -> Credentials:
        from ..auth.schemes import Credentials

        return Credentials(self._auth)

    @lazy
    def _permissions(self) -> PermissionCheck:
        from ..auth.permission_check import PermissionCheck

        return PermissionCheck(self._login, self._credentials, self._clock)

    @lazy
    def _recorder(self) -> JournalRecorder | None:
        if self._origin is not None:
            return self._origin._recorder
        if self._journal is None:
            return None
        from ..pipelines.journal.recorder import JournalRecorder

        host, account = self._environment.base_url, self._login.account
        return JournalRecorder(self._journal, host, account, self._clock)

    @lazy
    def _workers(self) -> Workers:
        if self._origin is not None:
            return self._origin._workers
        from ..pipelines.workers import Workers

        return Workers(self._clock, self._options.limits.concurrency)

    @lazy
    def raw(self) -> Client:
        """All operations of the API, with this client's transport."""
        from ..generated.client import Client

        return Client(self._transport)

    @lazy
    def pipelines(self) -> Pipelines:
        """Starts, finds and follows pipelines."""
        from ..pipelines.context import PipelineContext
        from ..pipelines.pipelines import Pipelines
        from ..resources.results import reader_of

        return Pipelines(
            PipelineContext(
                transport=self._transport,
                workers=self._workers,
                journal=self._recorder,
                reader_of=reader_of,
            )
        )

    @property
    def environment(self) -> Environment:
        """The service of this client."""
        return self._environment

    @property
    def options(self) -> Options:
        """The current options."""
        return self._options

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        contract: Literal["off", "warn"] | None = None,
    ) -> Self:
        """A client with other options that shares connections and login with this one.

        Closing it does not close the connections; close this client for that.
        """
        options = _changed(
            self.options,
            timeout=timeout,
            deadline=deadline,
            pipeline_deadline=pipeline_deadline,
            retry=retry,
            hooks=hooks,
            max_request_bytes=max_request_bytes,
            max_response_bytes=max_response_bytes,
            check_permissions=check_permissions,
            contract=contract,
        )
        copied = type(self).__new__(type(self))
        copied._environment, copied._options = self._environment, options
        copied._auth, copied._clock, copied._network = self._auth, self._clock, self._network
        copied._auth_is_given, copied._http_client = self._auth_is_given, self._http_client
        copied._journal, copied._owns_journal = self._journal, False
        copied._origin = self
        return copied

    def permissions(self) -> PermissionSet:
        """The user's permissions, with the documented matching rule. Fetched once for each token."""
        return self._transport.permissions.permissions(self._transport, self._expires())

    def check(self, operation: str) -> None:
        """Raises PermissionDeniedError if the user lacks the permission for `operation`.

        `operation` is a name such as `credits.remaining` or `kraken.release`; it is not called. An
        operation whose permission is unknown passes. Raises InvalidArgumentError for an unknown name.
        """
        from .operation_names import operation_named

        found = operation_named(operation)
        self._transport.permissions.check(self._transport, found, self._expires())

    def _expires(self) -> float:
        return self._transport.clock.monotonic() + self.options.deadline

    def close(self) -> None:
        """Closes the connections, and the journal unless it was passed as a Journal.

        Pipelines continue on the server.
        """
        if self._origin is None:
            self._network.home.at_home(self._close)

    def _close(self) -> None:
        if "_workers" in vars(self):
            self._workers.close()
        self._network.close()
        if self._journal is not None and self._owns_journal:
            off_loop(self._journal.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        from .pickling import arguments, made

        auth = self._auth if self._auth_is_given else None
        made_of = arguments(
            self._environment, self._options, auth, self._journal, self._http_client
        )
        return made, (type(self), made_of)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._environment.base_url}>"


def _changed(options: Options, **changes: Any) -> Options:
    return replace(options, **{name: item for name, item in changes.items() if item is not None})
