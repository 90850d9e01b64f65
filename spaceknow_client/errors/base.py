"""Errors raised by this package. Each is a SpaceKnowError and can be pickled and copied.

`codes.py`, generated from the OpenAPI document, adds one class for each error code of the API.
"""

from __future__ import annotations

from typing import Any

from .downloaded import Downloaded
from .shown import printable


class SpaceKnowError(Exception):
    """Base class of all errors raised by this package.

    `str(error)` is one line: what happened, where, and what to do.

    Attributes:
        message: what happened.
        operation: the API operation that was called, such as `kraken.release.initiate`.
        request_id: the server's ID of the request, which SpaceKnow's support needs.
        pipeline_id: the pipeline that is running or has failed.
        resume_token: pipeline handle to resume with `client.pipelines.attach`.
        hint: what to do.
        cursor: position at which `by_page(cursor=...)` resumes a listing.
        spent: credits that the call spent on allocation before the error.
        reserved: credits that an allocation of unknown outcome might have spent, as estimated.
    """

    default_hint: str | None = None
    cursor: str | None = None
    spent: float | None = None
    reserved: float | None = None

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        request_id: str | None = None,
        pipeline_id: str | None = None,
        resume_token: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.request_id = request_id
        self.pipeline_id = pipeline_id
        self.resume_token = resume_token
        self.hint = hint or self.default_hint

    def _details(self) -> list[str]:
        details = []
        if self.request_id:
            details.append(f"request id {self.request_id}")
        if self.pipeline_id:
            details.append(f"pipeline {self.pipeline_id}")
        if self.spent is not None:
            details.append(f"{self.spent:.12g} credits spent")
        if self.reserved is not None:
            details.append(f"{self.reserved:.12g} credits possibly spent")
        return details

    def __str__(self) -> str:
        text = f"{self.operation}: {self.message}" if self.operation else self.message
        details = self._details()
        if details:
            text = f"{text.rstrip('.')} ({', '.join(details)})"
        if self.hint:
            text = f"{text.rstrip('.')}. {self.hint}"
        return printable(text)  # it can contain text from a server

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self._state())

    def __copy__(self) -> SpaceKnowError:
        return _restore(type(self), self.args, self.__dict__ | {"__cause__": self.__cause__})

    def _state(self) -> dict[str, Any]:
        """The attributes, with the cause if it can be pickled."""
        state = dict(self.__dict__)
        if self.__cause__ is not None:
            import pickle

            try:
                pickle.loads(pickle.dumps(self.__cause__))  # noqa: S301  # our own bytes
            except Exception as error:  # any error of a foreign exception's pickling
                state["__cause__"] = RuntimeError(f"{type(self.__cause__).__name__} ({error})")
            else:
                state["__cause__"] = self.__cause__
        return state


def _restore(
    kind: type[SpaceKnowError], arguments: tuple[Any, ...], state: dict[str, Any]
) -> SpaceKnowError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    cause = state.pop("__cause__", None) if "__cause__" in state else None
    error.__dict__.update(state)
    if cause is not None:
        error.__cause__ = cause
    return error


class ConfigError(SpaceKnowError):
    """The client cannot be set up: credentials, addresses or options are missing or inconsistent."""


class MissingExtraError(ConfigError, ImportError):
    """A library of an extra of this package is not installed; the hint names the extra."""


class InvalidArgumentError(SpaceKnowError, ValueError):
    """An invalid argument; no request was sent."""


class InvalidExtentError(InvalidArgumentError):
    """An extent that is not GeoJSON or has no area. `path` is the position, such as `coordinates[0]`."""

    def __init__(self, message: str, *, path: str = "", **details: Any) -> None:
        super().__init__(f"{path}: {message}" if path else message, **details)
        self.path = path


class RequestTooLargeError(InvalidArgumentError):
    """The request body exceeds the limit of the API (64 KiB); it was not sent."""


class AuthError(SpaceKnowError):
    """No token could be obtained, or the existing one can no longer be used."""


class LoginError(AuthError):
    """The login service refused the login. `code` (the member `error`) and `status` are its own."""

    def __init__(
        self, message: str, *, code: str | None = None, status: int | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.code = code
        self.status = status


class TokenExpiredError(AuthError):
    """The token has expired, and no credentials are available to get a new one."""


class PermissionDeniedError(SpaceKnowError):
    """The user lacks a permission that the call needs; it was not sent. `missing` lists permissions."""

    def __init__(self, message: str, *, missing: tuple[str, ...] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.missing = missing


class CreditLimitError(SpaceKnowError):
    """No further work was started, because it would or could exceed `max_credits`.

    Attributes:
        estimate: cost of the next release or allocation.
        planned: credits spent by the call or run, including reserved ones.
        limit: the maximum.
    """

    def __init__(
        self,
        message: str,
        *,
        estimate: float = 0.0,
        planned: float = 0.0,
        limit: float = 0.0,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.estimate = estimate
        self.planned = planned
        self.limit = limit


class TransportError(SpaceKnowError):
    """No usable response was received."""


class ConnectError(TransportError):
    """The server could not be reached; the request was not sent."""


class RequestTimeoutError(TransportError):
    """An attempt exceeded `timeout`, and no further attempt was allowed."""


class DeadlineExceededError(TransportError):
    """The call with its retries exceeded `deadline`."""


class AmbiguousRequestError(TransportError):
    """A call that may spend credits was sent, but its outcome is unknown; it was not sent again.

    Attributes:
        status, code, api_version: of the response, if one was received.
    """

    default_hint = (
        "It may have taken effect. Before you send it again, compare client.credits.remaining() with the "
        "amount before the call, or contact support with the time of this call."
    )

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        api_version: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.status = status
        self.code = code
        self.api_version = api_version


class InvalidResponseError(SpaceKnowError):
    """The server reported success, but the body does not match the OpenAPI document.

    Attributes:
        status: the HTTP status.
        api_version: the API version reported by the server.
        may_pass: whether a proxy or an outage may be the cause (a page instead of JSON, a redirect), so
            that a retry may succeed. JSON of another shape would be returned again.
    """

    default_hint = (
        "The service or a proxy may have changed; a newer release of this client may help."
    )

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        api_version: str | None = None,
        may_pass: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.status = status
        self.api_version = api_version
        self.may_pass = may_pass


class APIError(SpaceKnowError):
    """The API refused a call. Each known code has its own class; others are plain APIErrors.

    Attributes:
        status: the HTTP status.
        code: the error code, such as `NOT-ENOUGH-CREDITS`; None if a proxy sent the response.
        api_version: the API version reported by the server.
        body: the first 4,096 characters of the response body.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str | None = None,
        api_version: str | None = None,
        body: str = "",
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.status = status
        self.code = code
        self.api_version = api_version
        self.body = body

    def _details(self) -> list[str]:
        return [f"HTTP {self.status}", *super()._details()]

    def __str__(self) -> str:
        text = super().__str__()
        if not self.code:
            return text
        if self.operation:
            return text.replace(f"{self.operation}: ", f"{self.operation}: {self.code}: ", 1)
        return f"{self.code}: {text}"


class PipelineError(SpaceKnowError):
    """A pipeline has no result. `pipeline_id` and `resume_token` identify it."""


class PipelineFailedError(PipelineError, APIError):
    """The pipeline failed at the server (status 424). Also an instance of the class of its code."""

    def __reduce__(self) -> tuple[Any, ...]:
        leaf = next(kind for kind, failure in _failures.items() if failure is type(self))
        return _restore_failure, (leaf, self.args, self._state())


def _restore_failure(
    leaf: type[APIError], arguments: tuple[Any, ...], state: dict[str, Any]
) -> SpaceKnowError:
    return _restore(pipeline_failure(leaf), arguments, state)


_failures: dict[type[APIError], type[PipelineFailedError]] = {APIError: PipelineFailedError}


def pipeline_failure(leaf: type[APIError]) -> type[PipelineFailedError]:
    """The class of a failed pipeline's error: a PipelineFailedError that is also a `leaf`."""
    if leaf not in _failures:
        kind = type(leaf.__name__, (PipelineFailedError, leaf), {"__doc__": leaf.__doc__})
        _failures.setdefault(leaf, kind)
    return _failures[leaf]


class PipelineTimeoutError(PipelineError):
    """The deadline passed before the pipeline ended; it is still running at the server."""

    default_hint = "To resume, call client.pipelines.attach(error.resume_token)."


class PaginationError(SpaceKnowError):
    """A listing cannot continue. Resume at `cursor` with `by_page(cursor=...)`."""

    def __init__(self, message: str, *, cursor: str | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.cursor = cursor


class DownloadError(SpaceKnowError):
    """A file could not be fetched or written; no partial file was left.

    Attributes:
        downloaded: the result of the download of a map so far, with failures in
            `downloaded.failures`; None for other files.
    """

    def __init__(
        self, message: str, *, downloaded: Downloaded | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.downloaded = downloaded
