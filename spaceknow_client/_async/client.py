"""The client."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .._clock import SYSTEM_CLOCK, Clock
from .._networks import async_network
from ..config import Limits, Options, auth_from, environment_from
from ..credentials import Auth, PasswordAuth
from ..environment import Environment
from ..errors.base import ConfigError
from ..generated.client import AsyncClient
from ..hooks import Hooks
from ..operations import operation_named
from ..permissions import PermissionSet
from ..retry import RetryPolicy
from .credits import AsyncCredits
from .datacube import AsyncDatacube
from .geojsondb import AsyncGeoJSONDB
from .imagery import AsyncImagery
from .kraken import AsyncKraken
from .login import AsyncLogin
from .permission_check import AsyncPermissionCheck
from .pipelines import AsyncPipelines
from .transport import AsyncTransport
from .user import AsyncUser

if TYPE_CHECKING:
    from .._http import AsyncHTTPClient


class AsyncSpaceKnow:
    """The SpaceKnow API.

    `AsyncSpaceKnow()` is production, with the credentials of SPACEKNOW_TOKEN, or of
    SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD, or the login stored in `~/.spaceknow/tokens.json`.
    Arguments come before environment variables, these before the stored login. Nothing is read or
    sent before the first call.

    Args:
        environment: which service; by default what SPACEKNOW_ENVIRONMENT and SPACEKNOW_BASE_URL
            say, else production.
        auth: PasswordAuth, TokenAuth or StoredAuth.
        timeout: seconds that one attempt may take (30).
        deadline: seconds that a call may take, repeats included (120).
        pipeline_deadline: seconds that waiting for a pipeline may take (6 hours).
        retry: when a call is sent again.
        limits: how much is done at once.
        hooks: functions that are told of requests, repeats and polls.
        max_request_bytes, max_response_bytes: larger ones are refused.
        check_permissions: refuse calls that the user has no permission for before they are sent.
        http_client: an httpx.AsyncClient of your own (proxies, certificates); it is not closed here.
            The asynchronous client also takes an aiohttp.ClientSession, and "aiohttp", which puts
            it on aiohttp instead of httpx: the same behaviour for much less CPU (extra `aiohttp`).

    Raises ConfigError when credentials are missing or options contradict each other.
    """

    def __init__(
        self,
        environment: Environment | None = None,
        *,
        auth: Auth | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        pipeline_deadline: float | None = None,
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        max_request_bytes: int | None = None,
        max_response_bytes: int | None = None,
        check_permissions: bool | None = None,
        http_client: AsyncHTTPClient | None = None,
        _clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        if auth is None:
            auth = auth_from()
        if not isinstance(auth, Auth):
            raise ConfigError("auth is a PasswordAuth, a TokenAuth or a StoredAuth.")
        if environment is None:
            environment = environment_from(logs_in=isinstance(auth, PasswordAuth))
        if not isinstance(environment, Environment):
            raise ConfigError("environment is an Environment, such as Environment.PRODUCTION.")
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
        )
        login = AsyncLogin(auth, environment, _clock)
        self._set_up(
            AsyncTransport(
                environment=environment,
                options=options,
                network=async_network(environment, options.limits, http_client),
                login=login,
                permissions=AsyncPermissionCheck(login, _clock),
                clock=_clock,
            ),
            owner=True,
        )

    def _set_up(self, transport: AsyncTransport, *, owner: bool) -> None:
        self._transport = transport
        self._owner = owner
        self.raw = AsyncClient(transport)
        self.pipelines = AsyncPipelines(transport)
        self.imagery = AsyncImagery(self.pipelines)
        self.kraken = AsyncKraken(transport, self.pipelines)
        self.credits = AsyncCredits(transport)
        self.user = AsyncUser(transport)
        self.geojsondb = AsyncGeoJSONDB(transport)
        self.datacube = AsyncDatacube(transport, self.pipelines)

    @property
    def environment(self) -> Environment:
        """The service that this client talks to."""
        return self._transport.environment

    @property
    def options(self) -> Options:
        """The options in force."""
        return self._transport.options

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
    ) -> Self:
        """A client with other options that shares connections and login with this one.

        Closing it does not close the connections; this client does that.
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
        )
        copied = type(self).__new__(type(self))
        copied._set_up(self._transport.with_options(options), owner=False)
        return copied

    async def permissions(self) -> PermissionSet:
        """The user's permissions, with the documented matching rule. Fetched once for each token."""
        return await self._transport.permissions.permissions(self._transport, self._expires())

    async def check(self, operation: str) -> None:
        """Raises PermissionDeniedError when the user may not call `operation`; sends no such call.

        `operation` is a name such as `credits.remaining`, or that of a pair such as
        `kraken.release`. An operation whose permission is unknown passes. Raises
        InvalidArgumentError for a name that there is not.
        """
        found = operation_named(operation)
        await self._transport.permissions.check(self._transport, found, self._expires())

    def _expires(self) -> float:
        return self._transport.clock.monotonic() + self.options.deadline

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._owner:
            await self._transport.network.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.environment.base_url}>"


def _changed(options: Options, **changes: Any) -> Options:
    from attrs import evolve

    return evolve(options, **{name: item for name, item in changes.items() if item is not None})
