"""Builds the HTTP request of an attempt, and the error if no usable response is received. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from ..auth.environment import Environment
from ..auth.schemes import Keys
from ..errors.base import (
    ConnectError,
    DeadlineExceededError,
    InvalidArgumentError,
    InvalidResponseError,
    RequestTimeoutError,
    RequestTooLargeError,
    TransportError,
)
from ..generated.catalogue import OPERATIONS, Operation
from ..generated.types import FORM, JSON, UNSET, Request, is_json
from ..runtime.secret import Secret, SecretBytes, hidden
from .http_messages import USER_AGENT, AttemptError, HTTPRequest, UnusableError
from .responses import API_VERSION, REQUEST_ID, header, pipeline_of
from .retry import Delivery

_to_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def build_request(
    environment: Environment,
    operation: Operation,
    request: Request,
    content: bytes | None,
    *,
    token: str | None,
    keys: Keys,
    timeout: float,
    max_bytes: int,
) -> HTTPRequest:
    """The HTTP request to the API or to the login service; `content` is its body."""
    base = environment.auth_url if operation.server == "auth0" else environment.base_url
    url = f"{base}{request.path}"
    if request.query or keys.query:
        query = urlencode({**request.query, **keys.query}, doseq=True, safe=",")
        url = hidden(f"{url}?{query}")
    headers = {"accept": "*/*" if operation.is_file else "application/json"}
    headers["user-agent"] = USER_AGENT
    headers["accept-encoding"] = "gzip, deflate"
    headers |= {name.lower(): value for name, value in request.headers.items()}
    if content is not None or request.method == "POST":
        headers["content-type"] = operation.media
    if token is not None:
        headers["authorization"] = Secret(f"Bearer {token}")
    headers |= keys.headers
    return HTTPRequest(
        method=request.method,
        url=url,
        headers=headers,
        content=content,
        has_secret_query=bool(keys.query),
        timeout=timeout,
        max_bytes=max_bytes,
    )


def content_of(request: Request, max_bytes: int) -> bytes | None:
    """The body as its media type has it; None without one.

    Raises InvalidArgumentError, RequestTooLargeError.
    """
    if request.query:
        _check_text(request)
    for name, value in request.headers.items():
        if not re.fullmatch(r"[!-~]([ -~\t]*[!-~])?", value):
            raise InvalidArgumentError(
                f"the header {name} must be printable ASCII without spaces around it, not {value!a:.80}.",
                operation=request.operation,
            )
    if request.json is UNSET:
        return None
    media = OPERATIONS[request.operation].media
    content, problem = b"", ""
    try:
        if media == FORM:
            _check_text(request)
            content = SecretBytes(urlencode(_form(request.json), doseq=True).encode())
        elif is_json(media):
            content = SecretBytes(_to_json(request.json).encode())
        else:
            content = SecretBytes(memoryview(request.json))
    except (TypeError, ValueError, RecursionError) as error:
        problem = f"an argument cannot be encoded as {'JSON' if media == JSON else media}: {error}"
    if problem:  # raised here, because the frames of the original error show the body
        raise InvalidArgumentError(problem, operation=request.operation)
    if b"\\ud" in content:  # as JSON encodes unpaired surrogates
        _check_text(request)
    if len(content) > max_bytes:
        raise RequestTooLargeError(
            f"the request body has {len(content)} bytes; the limit of the API is {max_bytes}.",
            operation=request.operation,
            hint="If the extent is the cause, simplify it, or split it into smaller ones.",
        )
    return content


def _form(value: Any) -> dict[str, str | list[str]]:
    """The fields of a form: arrays are repeated, and what is neither text nor array is JSON."""
    if not isinstance(value, dict):
        raise TypeError(f"a form must be an object, not {type(value).__name__}")

    def text(item: Any) -> str:
        return item if isinstance(item, str) else _to_json(item)

    return {
        name: [text(each) for each in item] if isinstance(item, list) else text(item)
        for name, item in value.items()
    }


def _check_text(request: Request) -> None:
    """Raises InvalidArgumentError for a string that cannot be encoded as UTF-8."""
    for path, text in _texts([request.json, request.query], ""):
        half = re.search("[\\ud800-\\udfff]", text)
        if half is not None:
            raise InvalidArgumentError(
                f"{path or 'an argument'} must be valid Unicode text, but {half[0]!a} "
                f"(character {half.end()}) is an unpaired surrogate.",
                operation=request.operation,
            )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All strings in a JSON value, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield path, str(name)
            yield from _texts(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]" if path else "")


def error_without_response(
    failure: AttemptError, operation: Operation, request: Request, *, is_late: bool
) -> TransportError:
    """The error for an attempt without response. `is_late`: the deadline of the call has passed, too."""
    kind: type[TransportError]
    hint: str | None = None
    if failure.timed_out and is_late:
        kind, hint = DeadlineExceededError, "Pass a longer deadline."
    elif failure.delivery is Delivery.UNSENT:
        kind, hint = ConnectError, "Check the network and the environment's base_url."
    elif failure.timed_out:
        kind, hint = RequestTimeoutError, "Pass a longer timeout."
    else:
        kind = TransportError
    error = kind(str(failure), operation=operation.id, pipeline_id=pipeline_of(request), hint=hint)
    error.__cause__ = failure  # it has a message, but no reference to secrets
    return error


def error_from_unreadable_response(
    failure: UnusableError, operation: Operation, request: Request
) -> InvalidResponseError:
    """The error for a response that was not read to its end."""
    return InvalidResponseError(
        str(failure),
        status=failure.status,
        may_pass=failure.may_pass,
        api_version=header(failure.headers, API_VERSION),
        operation=operation.id,
        request_id=header(failure.headers, REQUEST_ID),
        pipeline_id=pipeline_of(request),
        hint="Request less data, raise max_response_bytes, or check your proxies.",
    )
