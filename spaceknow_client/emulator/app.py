"""The emulator as an ASGI application: every request goes the same way, whatever it asks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .accounts.users import User
from .calls import Call, redacted
from .defaults.defaults import Defaults
from .fault import Fault
from .operations.registry import OperationRequest
from .state import State
from .validation.bodies import JSONAnswer, media_type_of, read
from .validation.contract import Contract, Operation, Route
from .validation.failures import AnswerError
from .validation.statuses import CRASHED, INVALID_ANSWER, INVALID_BODY

log = logging.getLogger("spaceknow_client.emulator")

MAX_BODY = 64 * 1024
"""Bytes of a request's body."""

_MAX_READ = 256 * MAX_BODY  # of a body that is refused: a client mostly reads after it has sent

_API_VERSION = "106"
_COMMON_HEADERS: Mapping[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": (
        "Origin, X-Requested-With, Content-Type, Accept, Authorization"
    ),
    "cache-control": "no-cache",
}

_AUTH0_CODES: Mapping[str, str] = {INVALID_BODY: "invalid_request"}

_READS = ("GET", "HEAD")

# The map id is the key to these: a token is not looked at, even if one is sent.
_TOKEN_IGNORED = frozenset({"kraken.grid_file"})


class Application:
    """Routes by the document, checks in the API's order, and checks its own answers last.

    The order: path, method, size of the body, token, permission, body, and then the operation.
    """

    def __init__(self, state: State, contract: Contract) -> None:
        self._state = state
        self._contract = contract
        self._defaults = Defaults(contract)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request (ASGI)."""
        if scope["type"] != "http":
            # uvicorn runs it with lifespan and websockets off, so nothing else can come.
            raise ValueError(f"{scope['type']} is no request of HTTP")
        request = Request(scope, receive)
        fault = self._fault(request) if self._state.faults else None
        if fault is not None and fault.after == "nothing":
            await _broken(fault, Response(), scope, receive)
            return
        try:
            body = await _read(request)
        except ClientDisconnect:
            return
        # Validation and drawing take milliseconds of computing: not on the loop that serves others.
        response = await asyncio.to_thread(self.answer, request, body, fault)
        if fault is not None and fault.steps is not None:
            await _broken(fault, response, scope, receive)
        else:
            await response(scope, receive, send)

    def _fault(self, request: Request) -> Fault | None:
        """What is to go wrong with a request, which is then used up."""
        route = self._contract.route(request.method, _path(request))
        operation = route.operation if route else None
        return self._state.faults.take(operation.id) if operation else None

    def answer(self, request: Request, body: bytes | None, fault: Fault | None = None) -> Response:
        """The answer to a request, or what a fault makes of it. `body` is None if it was over MAX_BODY."""
        at = self._state.clock.time()
        request_id = self._state.request_ids.next()
        path = _path(request)
        route = self._contract.route(request.method, path)
        operation = route.operation if route else None
        value = _value(request, body)
        is_login = route is not None and route.allowed[0].is_login
        headers = {**_COMMON_HEADERS}
        if not is_login:
            headers |= {"spaceknow-api-version": _API_VERSION, "spaceknow-request-id": request_id}
        if fault is not None and fault.after != "effect":
            response = fault.change(Response(status_code=0, headers=headers))
            status = response.status_code
        else:
            response = self._recorded(operation, path, value, headers) or self._own(
                request, route, body, value, headers
            )
            status = response.status_code
            if fault is not None:
                response = fault.change(response)
        self._state.calls.add(
            Call(
                operation=operation.id if operation else None,
                method=request.method,
                path=request.url.path,
                body=redacted(value, is_login=is_login),
                status=status,
                request_id=request_id,
                at=at,
                fault=fault,
            )
        )
        return response

    def _recorded(
        self, operation: Operation | None, path: str, value: Any, headers: Mapping[str, str]
    ) -> Response | None:
        """A recorded answer, if there is one; it is not held against the document."""
        if operation is None or not self._state.recordings:
            return None
        recorded = self._state.recordings.take(operation.id, path, value)
        if recorded is not None:
            for name, content in headers.items():
                recorded.headers.setdefault(name, content)
        return recorded

    def _own(
        self,
        request: Request,
        route: Route | None,
        body: bytes | None,
        value: Any,
        headers: Mapping[str, str],
    ) -> Response:
        """The emulator's own answer, which is in the document."""
        is_login = route is not None and route.allowed[0].is_login
        response = self._performed(request, route, body, value, is_login=is_login)
        response.headers.update(headers)
        if route is None or request.method == "OPTIONS":
            return response
        return self._checked(route, response, headers, is_login=is_login)

    def _performed(
        self,
        request: Request,
        route: Route | None,
        body: bytes | None,
        value: Any,
        *,
        is_login: bool,
    ) -> Response:
        """The answer of the operation; every error has become one."""
        try:
            # Absurd coordinates make shapely's functions warn of what they divide by.
            with np.errstate(all="ignore"):
                return self._perform(request, route, body, value)
        except AnswerError as error:
            return _failed(error, is_login=is_login)
        except RecursionError:
            nested = AnswerError(INVALID_BODY, "The body is nested too deeply.")
            return _failed(nested, is_login=is_login)
        except Exception:
            log.exception("%s %s crashed the emulator", request.method, _path(request))
            crash = AnswerError(CRASHED, "The emulator crashed. This is a bug: see its log.")
            return _failed(crash, is_login=is_login)

    def _perform(
        self, request: Request, route: Route | None, body: bytes | None, value: Any
    ) -> Response:
        if route is None:
            return self._download(request, _path(request))
        allow = ", ".join([*(operation.method for operation in route.allowed), "OPTIONS"])
        if request.method == "OPTIONS":
            return Response(headers={"allow": allow})
        operation = route.operation
        if operation is None:
            message = f"The method {request.method[:20]} is not supported here, only {allow}."
            raise AnswerError("METHOD-NOT-ALLOWED", message, headers={"allow": allow})
        if body is None:
            raise AnswerError("PAYLOAD-TOO-LARGE", f"The body is larger than {MAX_BODY} bytes.")
        user = self._authorised(operation, request.headers.get("authorization"))
        refusal = self._contract.refusal(operation, request, route.parameters, body)
        if refusal is not None:
            raise AnswerError(*refusal)
        planned = self._state.failures.take(operation.id)
        if planned is not None:
            raise AnswerError(*planned)
        handler = self._defaults.handler(operation.id)
        host, port = request.scope["server"]
        asked = OperationRequest(
            operation=operation.id,
            body=value,
            path=route.parameters,
            user=user,
            address=f"http://{host}:{port}",
            query=request.query_params,
        )
        answer = handler(self._state, asked)
        return answer if isinstance(answer, Response) else JSONAnswer(answer)

    def _download(self, request: Request, path: str) -> Response:
        file = self._state.downloads.get(path)
        if file is None:
            raise AnswerError("NON-EXISTENT-ENDPOINT", f"There is no endpoint {path[:80]}.")
        if request.method not in _READS:
            message = f"The method {request.method[:20]} is not supported here, only GET."
            raise AnswerError("METHOD-NOT-ALLOWED", message, headers={"allow": ", ".join(_READS)})
        return Response(file.content(), headers={"content-type": file.media_type})

    def _authorised(self, operation: Operation, header: str | None) -> User | None:
        """The caller. Raises AnswerError for a bad token and for a missing permission."""
        alternatives = [needed for needed in operation.security if needed is not None]
        optional = len(alternatives) < len(operation.security) or not alternatives
        if not alternatives or operation.id in _TOKEN_IGNORED or (optional and header is None):
            return None
        user = self._state.users.of_header(header)
        for permission in alternatives[0]:
            user.require(permission)
        return user

    def _checked(
        self,
        route: Route,
        response: Response,
        headers: Mapping[str, str],
        *,
        is_login: bool,
    ) -> Response:
        """The answer, or an error in its place if the document does not allow it."""
        operation = route.operation or route.allowed[0]
        faults = self._contract.faults(operation, response)
        if not faults:
            return response
        log.error("the answer of %s is not in the document: %s", operation.id, "; ".join(faults))
        replacement = AnswerError(INVALID_ANSWER, f"{operation.id}: {faults[0]}")
        replaced = _failed(replacement, is_login=is_login)
        replaced.headers.update(headers)
        return replaced


async def _read(request: Request) -> bytes | None:
    """The body, or None if it is over MAX_BODY: then it is read on, a while, and dropped."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        elif size > _MAX_READ:
            break
    return b"".join(chunks) if size <= MAX_BODY else None


async def _broken(fault: Fault, answer: Response, scope: Scope, receive: Receive) -> None:
    """Sends an answer as a fault does, and ends the connection."""
    steps = fault.steps(answer) if fault.steps else ()
    await scope["state"]["connection"].play(steps, fault.ending, receive)


def _value(request: Request, body: bytes | None) -> Any:
    """What the body holds; None if that is nothing, or cannot be read."""
    try:
        return read(body, media_type_of(request.headers.get("content-type"))) if body else None
    except (ValueError, RecursionError):
        return None


def _path(request: Request) -> str:
    return _normalised(request.scope.get("raw_path") or request.url.path.encode())


def _normalised(raw: bytes) -> str:
    """A path in which equal things are written equally; an escaped slash stays no separator."""
    segments = raw.decode("latin-1").split("/")
    return "/".join(quote(unquote(segment), safe="-._~!$&'()*+,;=:@") for segment in segments)


def _failed(error: AnswerError, *, is_login: bool) -> Response:
    code, text = error.code, "errorMessage"
    if is_login:
        code, text = _AUTH0_CODES.get(code, code), "error_description"
    return JSONAnswer(
        {"error": code, text: error.message},
        status_code=error.status,
        headers=dict(error.headers or {}),
    )
