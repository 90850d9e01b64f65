"""The errors that this package raises. Every one is a SpaceKnowError and survives pickle and copy.

`codes.py`, generated from the OpenAPI document, adds one class for each error code of the API.
"""

from __future__ import annotations

from typing import Any

from .downloaded import Downloaded
from .shown import printable


class SpaceKnowError(Exception):
    """Anything that goes wrong here. `str(error)` is one line that says what, where, and what to do.

    Attributes:
        message: what happened, in words.
        operation: the operation of the API that was called, such as `kraken.release.initiate`.
        request_id: the server's id of the request; SpaceKnow's support asks for it.
        pipeline_id: the pipeline that goes on, or went wrong, at the server.
        resume_token: text that `client.pipelines.attach` takes to go on with that pipeline.
        hint: what to do now.
        cursor: where a listing goes on, with `by_page(cursor=...)`.
        spent: credits that the call's allocation cost before this went wrong.
        reserved: credits that an allocation of unknown outcome may have cost, by its estimate.
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
            details.append(f"{self.reserved:.12g} credits perhaps spent")
        return details

    def __str__(self) -> str:
        text = f"{self.operation}: {self.message}" if self.operation else self.message
        details = self._details()
        if details:
            text = f"{text.rstrip('.')} ({', '.join(details)})"
        if self.hint:
            text = f"{text.rstrip('.')}. {self.hint}"
        return printable(text)  # parts of it may come from a server

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self._state())

    def __copy__(self) -> SpaceKnowError:
        return _restore(type(self), self.args, self.__dict__ | {"__cause__": self.__cause__})

    def _state(self) -> dict[str, Any]:
        """The attributes, with the cause where it can travel to another process."""
        state = dict(self.__dict__)
        if self.__cause__ is not None:
            import pickle

            try:
                pickle.loads(pickle.dumps(self.__cause__))  # noqa: S301  # our own bytes
            except Exception as error:  # whatever a foreign exception's pickling raises
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
    """The client cannot be set up: credentials, addresses or options are missing or contradictory."""


class MissingExtraError(ConfigError, ImportError):
    """A library is not installed that comes with an extra of this package; the hint names the extra."""


class InvalidArgumentError(SpaceKnowError, ValueError):
    """An argument that cannot be right; no request was sent."""


class InvalidExtentError(InvalidArgumentError):
    """An extent that is no GeoJSON, or has no area. `path` tells where in it, such as `coordinates[0]`."""

    def __init__(self, message: str, *, path: str = "", **details: Any) -> None:
        super().__init__(f"{path}: {message}" if path else message, **details)
        self.path = path


class RequestTooLargeError(InvalidArgumentError):
    """The request's body is over the size that the API takes (64 KiB); it was not sent."""


class AuthError(SpaceKnowError):
    """No token could be had, or the one that there is cannot be used any more."""


class LoginError(AuthError):
    """The login service refused. `code` and `status` are its own (`error` of its answer)."""

    def __init__(
        self, message: str, *, code: str | None = None, status: int | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.code = code
        self.status = status


class TokenExpiredError(AuthError):
    """The token has ended, and there is nothing to get a new one with."""


class PermissionDeniedError(SpaceKnowError):
    """The user lacks a permission that the call needs; it was not sent. `missing` names what lacks."""

    def __init__(self, message: str, *, missing: tuple[str, ...] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.missing = missing


class CreditLimitError(SpaceKnowError):
    """Nothing more was started, since that would or could be over `max_credits`.

    Attributes:
        estimate: what the next release or allocation would cost.
        planned: what was spent by the call or run, with what is reserved.
        limit: what may be spent.
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
    """No usable answer came over the network."""


class ConnectError(TransportError):
    """The server could not be reached; the request was not sent."""


class RequestTimeoutError(TransportError):
    """One attempt took longer than `timeout`, and no further one was allowed."""


class DeadlineExceededError(TransportError):
    """The whole call took longer than `deadline`, repeats included."""


class AmbiguousRequestError(TransportError):
    """A call that may spend credits was sent, and what it did is unknown; it was not sent again.

    Attributes:
        status, code, api_version: of the answer, when there was one.
    """

    default_hint = (
        "It may have taken effect. Compare client.credits.remaining() with what you had before, "
        "or ask support with the time of this call, before you send it again."
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
    """The server answered with success, but with a body that the API does not describe.

    Attributes:
        status: the HTTP status.
        api_version: the version that the server said it has.
        may_pass: whether a proxy or an outage may be the cause (a page instead of JSON, a redirect),
            so that the same call may succeed later. JSON of another shape would be the same again.
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
    """The API refused a call. Each code has a class of its own; an unknown one is a plain APIError.

    Attributes:
        status: the HTTP status.
        code: the machine code, such as `NOT-ENOUGH-CREDITS`; None when a proxy answered instead.
        api_version: the version that the server said it has.
        body: the answer's text, at most its first 4,096 characters.
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
    """A pipeline gave no result. `pipeline_id` and `resume_token` name it."""


class PipelineFailedError(PipelineError, APIError):
    """The pipeline failed at the server (status 424). It is also an error of its code's class."""

    def __reduce__(self) -> tuple[Any, ...]:
        leaf = next(kind for kind, failure in _failures.items() if failure is type(self))
        return _restore_failure, (leaf, self.args, self._state())


def _restore_failure(
    leaf: type[APIError], arguments: tuple[Any, ...], state: dict[str, Any]
) -> SpaceKnowError:
    return _restore(pipeline_failure(leaf), arguments, state)


_failures: dict[type[APIError], type[PipelineFailedError]] = {APIError: PipelineFailedError}


def pipeline_failure(leaf: type[APIError]) -> type[PipelineFailedError]:
    """The class of a failed pipeline's error: a PipelineFailedError that is a `leaf` too."""
    if leaf not in _failures:
        kind = type(leaf.__name__, (PipelineFailedError, leaf), {"__doc__": leaf.__doc__})
        _failures.setdefault(leaf, kind)
    return _failures[leaf]


class PipelineTimeoutError(PipelineError):
    """The deadline passed before the pipeline was done; it goes on at the server."""

    default_hint = "Go on later with client.pipelines.attach(error.resume_token)."


class PaginationError(SpaceKnowError):
    """A listing cannot be read on. `cursor` is where to go on from, with `by_page(cursor=...)`."""

    def __init__(self, message: str, *, cursor: str | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.cursor = cursor


class DownloadError(SpaceKnowError):
    """A file could not be fetched or written whole; nothing half-written was left.

    Attributes:
        downloaded: what a download of a map did all the same, and what failed
            (`downloaded.failures`); None for other files.
    """

    def __init__(
        self, message: str, *, downloaded: Downloaded | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.downloaded = downloaded
