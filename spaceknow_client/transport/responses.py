"""Converts responses to parsed models or to errors of this package.

Both clients use it. All unexpected input of servers and proxies (HTML, truncated JSON, other types,
status 520) is handled here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar
from urllib.parse import quote, quote_plus

from attrs import define

from ..errors.base import APIError, InvalidResponseError, LoginError, pipeline_failure
from ..errors.shown import printable
from ..generated.catalogue import OPERATIONS
from ..generated.types import (
    ABSENT,
    Request,
    Response,
    WrongShapeError,
    is_secret,
    on_wrong,
    path_values,
)
from ..runtime.json_reader import read_json

if TYPE_CHECKING:
    from ..generated.catalogue import Operation
    from .http_messages import HTTPResponse

T = TypeVar("T")

REQUEST_ID = "spaceknow-request-id"
API_VERSION = "spaceknow-api-version"
MAX_BODY_TEXT = 4096


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header, shortened and printable; None if absent or empty."""
    value = headers.get(name)
    return printable(value[:200]) if value else None


def one_line(text: str) -> str:
    """A string from the server as one printable line of limited length."""
    return printable(" ".join(text[:MAX_BODY_TEXT].split())[:500])


def storable(text: str) -> str:
    """A string from the server that can be encoded as UTF-8: unpaired surrogates are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def names_pipeline(answer: Any) -> TypeGuard[dict[str, Any]]:
    """Whether the response of an `initiate` contains the ID of a pipeline."""
    found = answer.get("pipelineId") if isinstance(answer, dict) else None
    return isinstance(found, str) and bool(found.strip())


def without(text: str, secrets: Sequence[str]) -> str:
    """A string from the server with all secrets removed."""
    for secret in secrets:
        text = text.replace(secret, "REDACTED")
    return text


def secrets_of(request: Request, *sent_with: str | None) -> list[str]:
    """The secrets of a request, in each form in which JSON or a URL can contain them: the token and
    keys that it is `sent_with`, a password, a token passed as an argument."""
    body = request.json if isinstance(request.json, dict) else {}
    cursors = OPERATIONS[request.operation].cursors
    hidden = (value for name, value in body.items() if is_secret(name) and name not in cursors)
    members = (*sent_with, *hidden)
    found = {secret for secret in members if isinstance(secret, str) and secret}
    forms = {
        json.dumps(secret, ensure_ascii=plain)[1:-1] for secret in found for plain in (True, False)
    } | {quoted(secret) for secret in found for quoted in (quote, quote_plus)}
    return sorted(found | forms, key=len, reverse=True)


def pipeline_of(request: Request) -> str | None:
    """The pipeline of a request, if it refers to one."""
    operation = OPERATIONS[request.operation]
    place, name = operation.takes_id
    given: Any = {"body": request.json, "query": request.query, "header": request.headers}.get(
        place
    )
    if place == "path":
        given = path_values(operation.path, request.path)
    value = given.get(name) if isinstance(given, dict) else None
    return value if isinstance(value, str) else None


@define(kw_only=True)
class ResponseSource:
    """The source of a response, for errors about its content.

    The items of a page keep it, because each is parsed on access, long after the call. It is pickled
    with them.
    """

    operation: str
    status: int
    request_id: str | None
    api_version: str | None
    pipeline_id: str | None

    def __call__(self, error: WrongShapeError) -> InvalidResponseError:
        """The error for a value whose shape differs from the OpenAPI document."""
        return self.invalid(f"the response does not match the OpenAPI document: {error}")

    def invalid(self, problem: str, *, may_pass: bool = False) -> InvalidResponseError:
        """The error for an invalid response, with its metadata."""
        return InvalidResponseError(
            printable(problem),
            status=self.status,
            may_pass=may_pass,
            operation=self.operation,
            request_id=self.request_id,
            api_version=self.api_version,
            pipeline_id=self.pipeline_id,
        )


def parsed(
    operation: Operation,
    request: Request,
    parse: Callable[[Any], T],
    response: HTTPResponse,
) -> Response[T]:
    """The parsed body of a successful response (2xx). Raises InvalidResponseError.

    Items of a page raise the same error on access.
    """
    headers = response.headers
    answer = ResponseSource(
        operation=operation.id,
        status=response.status,
        request_id=header(headers, REQUEST_ID),
        api_version=header(headers, API_VERSION),
        pipeline_id=pipeline_of(request),
    )
    reading = on_wrong.set(answer)
    try:
        value = _value(operation, parse, response)
    except WrongShapeError as error:
        problem = answer(error)
    except (
        ValueError,
        RecursionError,
        ArithmeticError,
    ):  # invalid JSON or UTF-8, infinite, too large
        problem = answer.invalid(
            f"the response is not JSON ({_content_type(headers)}, {len(response.content)} bytes)",
            may_pass=True,
        )
    else:
        return Response(
            parsed=value,
            status=response.status,
            headers=headers,
            request_id=answer.request_id,
            api_version=answer.api_version,
        )
    finally:
        on_wrong.reset(reading)
    raise problem


def _value(operation: Operation, parse: Callable[[Any], T], response: HTTPResponse) -> T:
    """The result of `parse` for JSON data, for the bytes of a file, or for ABSENT without a body."""
    answers = operation.answers
    known = answers.values()
    kind = answers.get(str(response.status)) or answers.get("2XX")
    if kind is None:  # a status that the document lacks is a success, too
        is_empty = "none" in known and not (response.content and "json" in known)
        kind = "none" if is_empty else "json"
        if kind not in known or "file" in known:
            raise WrongShapeError("", f"has status {response.status}, not that of a complete file")
    if kind == "none":
        return parse(ABSENT)
    if kind == "file":
        return parse(response.content)
    body = read_json(response.content)
    value = parse(body)
    if operation.retrieve is not None and not names_pipeline(body):
        raise WrongShapeError("pipelineId", "should be the ID of a pipeline")
    return value


def error_from_response(
    operation: Operation,
    request: Request,
    response: HTTPResponse,
    secrets: Sequence[str] = (),
) -> APIError | LoginError | InvalidResponseError:
    """The error for a response of status 300 or above.

    A server or a proxy can echo the request: `secrets` are removed from the error.
    """
    status, headers, content = response.status, response.headers, response.content
    text = without(content[: MAX_BODY_TEXT * 4].decode("utf-8", "replace"), secrets)
    try:
        body = read_json(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        body = {}
    if operation.server == "auth0" and 400 <= status < 500:
        return _login_refusal(operation, status, body, secrets)
    common: dict[str, Any] = {
        "operation": operation.id,
        "request_id": header(headers, REQUEST_ID),
        "pipeline_id": pipeline_of(request),
    }
    if status < 400:
        return InvalidResponseError(
            f"the server redirects (HTTP {status}); redirects are not followed, so that no token is "
            "sent to another host",
            status=status,
            may_pass=True,
            api_version=header(headers, API_VERSION),
            hint="Check the environment's base_url.",
            **common,
        )
    code = body.get("error")
    code = one_line(without(code, secrets)) if isinstance(code, str) and code else None
    message = body.get("errorMessage")
    if not isinstance(message, str) or not message.strip():
        message = _phrase(status)
        if not code:
            what = f"not a response of the API ({_content_type(headers)})"
            message = f"{message}; {what if content else 'the body is unreadable'}"
    from ..generated.catalogue import ERRORS

    kind: type[APIError] = APIError
    with suppress(
        OSError
    ):  # file descriptors are exhausted: better an error without its class than none
        from ..errors.codes import BY_CODE

        kind = BY_CODE.get(code or "", APIError)
    # A failed pipeline is reported by 424 on its retrieve, with the code of the pipeline.
    if status == HTTPStatus.FAILED_DEPENDENCY and operation.id.endswith(".retrieve"):
        kind = pipeline_failure(kind)
    info = ERRORS.get(code or "")
    if info is None and status == HTTPStatus.PAYMENT_REQUIRED:
        info = ERRORS.get("NOT-ENOUGH-CREDITS")
    return kind(
        one_line(without(message, secrets)),
        status=status,
        code=code,
        api_version=header(headers, API_VERSION),
        # Everything sent to the login service is secret, also when it is echoed.
        body="" if operation.server == "auth0" else text[:MAX_BODY_TEXT],
        hint=info.hint if info else None,
        **common,
    )


def _login_refusal(
    operation: Operation, status: int, body: dict[str, Any], secrets: Sequence[str]
) -> LoginError:
    code = body.get("error")
    description = body.get("error_description")
    message = description if isinstance(description, str) and description else _phrase(status)
    busy = status == HTTPStatus.TOO_MANY_REQUESTS
    return LoginError(
        f"the login service refused the login: {one_line(without(message, secrets))} (HTTP {status})",
        code=one_line(without(code, secrets)) if isinstance(code, str) else None,
        status=status,
        operation=operation.id,
        hint="Wait before you log in again."
        if busy
        else "Check the username, the password and the environment.",
    )


def means_bad_token(error: APIError) -> bool:
    """Whether a response says that the token itself is invalid (promise 5), not that rights are missing."""
    from ..generated.catalogue import BAD_TOKEN

    failed_pipeline = error.status == HTTPStatus.FAILED_DEPENDENCY
    return (
        400 <= error.status < 500
        and not failed_pipeline
        and (error.code in BAD_TOKEN or "Signature has expired" in error.message)
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"


def _content_type(headers: Mapping[str, str]) -> str:
    return header(headers, "content-type") or "no content type"
