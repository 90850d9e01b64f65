# Compiled by `python -m generator` from transport_async.py. Never edit by hand.
# ruff: noqa
"""Sends all requests, including those of generated calls.

Adds to a single attempt the token, retries, the deadline, limits, events and logs. `retry` decides what
is retried, `responses` what a response means.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from attrs import frozen

from ..auth.environment import Environment
from ..auth.login import Login
from ..auth.permission_check import PermissionCheck
from ..auth.schemes import Credentials, Keys
from ..errors.base import (
    AmbiguousRequestError,
    APIError,
    ConfigError,
    DeadlineExceededError,
    InvalidResponseError,
    SpaceKnowError,
)
from ..generated.catalogue import LOGIN_SCHEME, OPERATIONS, Operation
from ..generated.types import Request, Response
from ..runtime.clock import Clock
from .attempt_result import AttemptResult, InProgressError
from .hooks import RequestEvent, RetryEvent, tell
from .http_messages import AttemptError, HTTPResponse, UnusableError
from .networks.adaptive_concurrency import ThrottledError
from .networks.network import Network
from .options import Options
from .requests import (
    build_request,
    content_of,
    error_from_unreadable_response,
    error_without_response,
)
from .responses import REQUEST_ID, error_from_response, header, means_bad_token, parsed, secrets_of
from .retry import Delivery, retry_after_seconds

if TYPE_CHECKING:  # few clients have a journal or watch the contract
    from ..contract.watch import ContractWatch
    from .attempt_record import AttemptRecord, AttemptRecorder

T = TypeVar("T")

# Returns ID and handle of the pipeline that a request started, from the response body.
StartedPipeline = Callable[[Request, bytes], tuple[str, str] | None]

# Seconds between checks of the journal while another caller sends the same request.
OTHER_INTERVAL = 0.05

log = logging.getLogger("spaceknow_client")


@frozen(kw_only=True)
class _Call:
    """One call with all its attempts. `expires` is a time of the clock."""

    operation: Operation
    request: Request
    content: bytes | None
    expires: float
    record: AttemptRecord | None
    keys: Keys


class Transport:
    """Sends the requests of one client. Copies with other options share network and login.

    `recorder` records each attempt that may start a pipeline.
    """

    def __init__(
        self,
        *,
        environment: Environment,
        options: Options,
        network: Network,
        login: Login,
        credentials: Credentials,
        permissions: PermissionCheck,
        clock: Clock,
        started: StartedPipeline,
        recorder: AttemptRecorder | None = None,
    ) -> None:
        self.environment = environment
        self.network = network
        self.login = login
        self.credentials = credentials
        self.permissions = permissions
        self.clock = clock
        self._started = started
        self.recorder = recorder
        self.watch: ContractWatch | None = None
        self.options = options
        self._watch_contract()

    def with_options(self, options: Options) -> Transport:
        """A copy with other options, which shares everything else."""
        changed = copy(self)
        changed.options = options
        changed._watch_contract()
        return changed

    def _watch_contract(self) -> None:
        if self.options.contract == "off":
            self.watch = None
        elif self.watch is None:
            from ..contract.watch import ContractWatch

            self.watch = ContractWatch()

    def send(
        self,
        request: Request,
        parse: Callable[[Any], T],
        *,
        expires: float | None = None,
        reuse: bool = False,
        record: AttemptRecord | None = None,
    ) -> Response[T]:
        """Sends a request, with retries, within the deadline.

        `expires` is the time of the clock by which the call must end; by default the option
        `deadline` from now. Raises only SpaceKnowError; with `reuse` or a `record` of the caller also
        AlreadyStartedError, if the journal contains an equal request that took effect. Then nothing
        is sent.
        """
        operation = OPERATIONS[request.operation]
        chosen = self.credentials.chosen(operation)
        if operation.server == "auth0" and not self.environment.has_login:
            raise ConfigError(
                f"{self.environment.base_url} has no login service that is known here."
            )
        if expires is None:
            expires = self.expires()
        if self.recorder is not None and record is None:
            record = self.recorder.record(request, reuse, expires)
        call = _Call(
            operation=operation,
            request=request,
            content=content_of(request, self.options.max_request_bytes),
            expires=expires,
            record=record,
            keys=self.credentials.keys(chosen),
        )
        if self.options.check_permissions and any(operation.security):
            self.permissions.check(self, operation, call.expires)
        attempt, renewed = 0, False
        while True:
            token = None
            if LOGIN_SCHEME in chosen:
                token = self.login.token(
                    self, operation, call.expires, needed=operation.authorization == "required"
                )
            attempt += 1
            outcome = self._attempt(call, token, attempt)
            if outcome.answer is not None and outcome.error is None:
                return self._parsed(call, parse, outcome.answer)
            error = outcome.error
            if token is not None and isinstance(error, APIError) and self._is_bad(token, error):
                if renewed and self.login.can_renew:
                    raise error
                if not self.login.renew(token, self, operation, call.expires):
                    raise self.login.expired(operation, error.request_id) from error
                # The server did not accept the request, so this is not a retry subject to the policy.
                renewed, attempt = True, attempt - 1
                continue
            if not self.wait_for_next(
                operation.id, outcome, attempt, call.expires, safe=operation.safe_to_repeat
            ):
                self._give_up(call, outcome)

    def prepare(self, request: Request) -> None:
        """Checks whatever can be checked before a request is sent, and logs in.

        For checks before another request spends credits. Raises SpaceKnowError.
        """
        operation = OPERATIONS[request.operation]
        content_of(request, self.options.max_request_bytes)
        expires = self.expires()
        if self.options.check_permissions:
            self.permissions.check(self, operation, expires)
        if LOGIN_SCHEME in self.credentials.chosen(operation):
            self.login.token(self, operation, expires, needed=True)

    def expires(self) -> float:
        """The time by which a call started now must end."""
        return self.clock.monotonic() + self.options.deadline

    def _is_bad(self, token: str, error: APIError) -> bool:
        """Whether the token caused an error, judging by the error or because the token has expired."""
        return means_bad_token(error) or (error.status == 401 and self.login.has_ended(token))

    def wait_for_next(
        self, name: str, outcome: AttemptResult, attempt: int, expires: float, *, safe: bool
    ) -> bool:
        """Waits until the next attempt is allowed; False if none is."""
        policy = self.options.retry
        asked = None if outcome.answer is None else self._retry_after(outcome.answer)
        delay = policy.delay(attempt, asked)
        repeats = policy.may_retry(
            safe=safe, delivery=outcome.delivery, status=outcome.status, attempt=attempt
        )
        if not repeats or self.clock.monotonic() + delay >= expires:
            return False
        event = RetryEvent(operation=name, attempt=attempt, status=outcome.status, delay=delay)
        tell(self.options.hooks.on_retry, event)
        log.debug("%s: attempt %d failed, next in %.2f s", name, attempt, delay)
        self.clock.sleep(delay)
        return True

    def _pause_on_429(self, attempt: int, answer: HTTPResponse) -> None:
        """Pauses the whole client for as long as a 429 requests, if the call will be retried."""
        policy = self.options.retry
        if answer.status != 429 or attempt >= policy.max_attempts:
            return
        asked = self._retry_after(answer)
        if asked is not None:
            until = self.clock.monotonic() + min(asked, policy.max_retry_after)
            self.network.window.pause(until)

    def _retry_after(self, answer: HTTPResponse) -> float | None:
        """Seconds to wait as requested by a response."""
        return retry_after_seconds(answer.headers.get("retry-after"), self.clock.time())

    def _attempt(self, call: _Call, token: str | None, attempt: int) -> AttemptResult:
        """One attempt, recorded in the journal if it may start a pipeline."""
        record = call.record
        if record is None:
            return self._try(call, token, attempt)
        while True:
            try:
                outcome = self._try(call, token, attempt)
                record.settle(outcome)
            except InProgressError:
                self._wait_for_other(call)
            except (
                ConfigError
            ):  # a closed client or an unwritable journal: the request was not sent
                record.settle(AttemptResult(answer=None, error=None, delivery=Delivery.UNSENT))
                raise
            except BaseException:
                record.interrupted()
                raise
            else:
                return outcome

    def _wait_for_other(self, call: _Call) -> None:
        """Waits a moment for another caller that is sending the same request."""
        left = call.expires - self.clock.monotonic()
        self.clock.sleep(max(0.0, min(OTHER_INTERVAL, left)))
        if self.clock.monotonic() >= call.expires:
            raise DeadlineExceededError(
                "deadline exceeded while another call was sending the same request",
                operation=call.operation.id,
                hint="Pass a longer deadline.",
            )

    def _try(self, call: _Call, token: str | None, attempt: int) -> AttemptResult:
        paused_until, started = self.network.window.paused_until, self.clock.monotonic()
        # Without time to wait, try immediately; the login service is a different server.
        if started < paused_until < call.expires and call.operation.server == "api":
            self.clock.sleep(paused_until - started)
            started = self.clock.monotonic()
        answer: HTTPResponse | None = None
        error: SpaceKnowError | None = None
        delivery = Delivery.ANSWERED
        try:
            answer = self._exchange(call, token, attempt, paused_until, call.expires - started)
        except ThrottledError:
            return self._try(call, token, attempt)
        except AttemptError as failure:
            delivery = failure.delivery
            is_late = self.clock.monotonic() >= call.expires
            error = error_without_response(failure, call.operation, call.request, is_late=is_late)
        except UnusableError as failure:
            error = error_from_unreadable_response(failure, call.operation, call.request)
        if answer is not None and self.watch is not None:
            self.watch.see(call.operation.id, answer, call.request)
        if answer is not None and not answer.is_success:
            secrets = secrets_of(call.request, token, *call.keys.secrets)
            error = error_from_response(call.operation, call.request, answer, secrets)
        outcome = AttemptResult(answer=answer, error=error, delivery=delivery)
        auth0 = call.operation.server == "auth0"
        host = self.environment.auth_host if auth0 else self.environment.host
        self.tell_attempt(call.operation.id, host, outcome, attempt, started)
        return outcome

    def _exchange(
        self, call: _Call, token: str | None, attempt: int, paused_until: float, remaining: float
    ) -> HTTPResponse:
        if remaining <= 0:
            raise AttemptError("no time was left", delivery=Delivery.UNSENT, timed_out=True)
        outgoing = build_request(
            self.environment,
            call.operation,
            call.request,
            call.content,
            token=token,
            keys=call.keys,
            timeout=min(self.options.timeout, remaining),
            max_bytes=self.options.max_response_bytes,
        )
        return self.network.attempt(
            outgoing,
            max_seconds=remaining,
            paused_until=paused_until,
            on_response=partial(self._pause_on_429, attempt)
            if call.operation.server == "api"
            else None,
            prepare=call.record.intend if call.record else None,
        )

    def _parsed(self, call: _Call, parse: Callable[[Any], T], answer: HTTPResponse) -> Response[T]:
        try:
            return parsed(call.operation, call.request, parse, answer)
        except InvalidResponseError as error:
            if self.watch is not None:
                self.watch.see(call.operation.id, answer, call.request, surely=True)
            started = None
            if call.operation.retrieve:
                started = self._started(call.request, answer.content)
            if started is not None:  # it took effect, and this is its handle
                error.pipeline_id, error.resume_token = started
                raise
            self._give_up(
                call, AttemptResult(answer=answer, error=error, delivery=Delivery.ANSWERED)
            )

    def _give_up(self, call: _Call, outcome: AttemptResult) -> NoReturn:
        """Raises the error, as AmbiguousRequestError if the call may have taken effect."""
        error = outcome.error or SpaceKnowError("no response", operation=call.operation.id)
        status = outcome.status or getattr(error, "status", None)
        if call.operation.safe_to_repeat or outcome.had_no_effect:
            raise error
        raise AmbiguousRequestError(
            f"{error.message}; the request was sent, but its outcome is unknown",
            status=status,
            code=error.code if isinstance(error, APIError) else None,
            api_version=getattr(error, "api_version", None),
            operation=call.operation.id,
            request_id=error.request_id,
            pipeline_id=error.pipeline_id,
        ) from error

    def tell_attempt(
        self, name: str, host: str, outcome: AttemptResult, attempt: int, started: float
    ) -> None:
        """Logs a finished attempt, and calls the hook."""
        on_request = self.options.hooks.on_request
        is_logged = log.isEnabledFor(logging.INFO)
        if on_request is None and not is_logged:
            return
        status, error = outcome.status, outcome.error
        seconds = self.clock.monotonic() - started
        request_id = error.request_id if error else None
        if outcome.answer is not None:
            request_id = header(outcome.answer.headers, REQUEST_ID)
        if is_logged:
            log.info(
                "%s: %s in %.3f s (attempt %d, request id %s)",
                name,
                f"HTTP {status}" if status else "no response",
                seconds,
                attempt,
                request_id,
            )
        tell(
            on_request,
            RequestEvent(
                operation=name,
                attempt=attempt,
                status=status,
                request_id=request_id,
                seconds=seconds,
                host=host,
                error=type(error).__name__ if error else None,
            ),
        )
