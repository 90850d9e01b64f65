"""The emulator as an ASGI application, which handles all requests in the same steps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .accounts.users import API_KEY, User
from .calls import Call, redacted
from .defaults.defaults import Defaults
from .fault import Fault
from .operations.registry import OperationRequest
from .state import State
from .validation.bodies import JSONAnswer
from .validation.contract import Contract, Operation, Route
from .validation.failures import AnswerError
from .validation.statuses import CRASHED, INVALID_ANSWER, INVALID_BODY

log = logging.getLogger("spaceknow_client.emulator")

MAX_BODY = 64 * 1024
"""Maximum size of a request body in bytes."""

_MAX_READ = 256 * MAX_BODY  # of a refused body: most clients read only after they have sent

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

# The map ID alone authorizes these: a token is not checked, even if one is sent.
_TOKEN_IGNORED = frozenset({"kraken.grid_file"})


@dataclass(frozen=True)
class _Asked:
    """A request with its operation. `body` is None if it was larger than MAX_BODY."""

    request: Request
    path: str
    route: Route | None
    body: bytes | None
    contract: Contract

    @property
    def operation(self) -> Operation | None:
        """None for an unknown path and an undocumented method."""
        return self.route.operation if self.route else None

    @property
    def is_options(self) -> bool:
        """Whether it asks for the methods of a path, and the document has no such operation."""
        return self.request.method == "OPTIONS" and self.operation is None

    @property
    def is_login(self) -> bool:
        """Whether it is sent to the login service."""
        return self.route is not None and self.route.allowed[0].is_login

    @cached_property
    def value(self) -> Any:
        """The parsed body; None if it is empty or cannot be parsed."""
        content_type = self.request.headers.get("content-type")
        return self.contract.body(self.operation, self.body, content_type) if self.body else None

    @property
    def remembered(self) -> Any:
        """The body for the record of requests."""
        if isinstance(self.value, dict):
            return redacted(self.value, self.operation.cursors if self.operation else ())
        return None if self.is_login else self.value  # such as a list with unknown content

    def failed(self, error: AnswerError) -> Response:
        """An error in the format of the API or of Auth0."""
        code, text = error.code, "errorMessage"
        if self.is_login:
            code, text = _AUTH0_CODES.get(code, code), "error_description"
        return JSONAnswer(
            {"error": code, text: error.message},
            status_code=error.status,
            headers=dict(error.headers or {}),
        )


class Application:
    """Routes by the document, checks requests in the API's order, and checks its own responses last.

    The order: path, method, size of the body, token, permission, body, and then the operation.
    """

    def __init__(self, state: State, contract: Contract) -> None:
        self._state = state
        self._contract = contract
        self._defaults = Defaults(contract)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Responds to one request (ASGI)."""
        if scope["type"] != "http":
            # uvicorn runs it without lifespan and websockets.
            raise ValueError(f"unsupported ASGI scope {scope['type']!r}")
        with self._state.clock.serving():
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        fault = self._fault(request) if self._state.faults else None
        if fault is not None and fault.after == "nothing":
            await _broken(fault, Response(), scope, receive)
            return
        try:
            body = await _read(request)
        except ClientDisconnect:
            return
        # Validation and rendering take milliseconds of CPU, so they do not run on the event loop.
        response = await asyncio.to_thread(self.answer, request, body, fault)
        if fault is not None and fault.steps is not None:
            await _broken(fault, response, scope, receive)
        else:
            await response(scope, receive, send)

    def _fault(self, request: Request) -> Fault | None:
        """The fault for a request, which is then used up."""
        route = self._contract.route(request.method, _path(request))
        operation = route.operation if route else None
        return self._state.faults.take(operation.id) if operation else None

    def answer(self, request: Request, body: bytes | None, fault: Fault | None = None) -> Response:
        """The response to a request, changed by a fault. `body` is None if it was over MAX_BODY."""
        at = self._state.clock.time()
        request_id = self._state.request_ids.next()
        path = _path(request)
        asked = _Asked(
            request, path, self._contract.route(request.method, path), body, self._contract
        )
        headers = {**_COMMON_HEADERS}
        if not asked.is_login:
            headers |= {"spaceknow-api-version": _API_VERSION, "spaceknow-request-id": request_id}
        if fault is not None and fault.after != "effect":
            response = fault.change(Response(status_code=0, headers=headers))
            status = response.status_code
        else:
            response = self._recorded(asked, headers) or self._own(asked, headers)
            status = response.status_code
            if fault is not None:
                response = fault.change(response)
        self._state.calls.add(
            Call(
                operation=asked.operation.id if asked.operation else None,
                method=request.method,
                path=request.url.path,
                body=asked.remembered,
                status=status,
                request_id=request_id,
                at=at,
                fault=fault,
                query=self._contract.query_of(asked.operation, request.query_params),
                headers=self._contract.headers_of(asked.operation, request.headers),
            )
        )
        return response

    def _recorded(self, asked: _Asked, headers: Mapping[str, str]) -> Response | None:
        """A recorded response, if there is one; it is not checked against the document."""
        if asked.operation is None or not self._state.recordings:
            return None
        recorded = self._state.recordings.take(asked.operation.id, asked.path, asked.value)
        if recorded is not None:
            for name, content in headers.items():
                recorded.headers.setdefault(name, content)
        return recorded

    def _own(self, asked: _Asked, headers: Mapping[str, str]) -> Response:
        """The emulator's own response, or an error if it does not match the document."""
        response = self._performed(asked)
        response.headers.update(headers)
        if asked.route is None or asked.is_options:
            return response
        operation = asked.operation or asked.route.allowed[0]
        faults = self._contract.faults(operation, response)
        if not faults:
            return response
        log.error(
            "the response of %s does not match the document: %s", operation.id, "; ".join(faults)
        )
        replaced = asked.failed(AnswerError(INVALID_ANSWER, f"{operation.id}: {faults[0]}"))
        replaced.headers.update(headers)
        return replaced

    def _performed(self, asked: _Asked) -> Response:
        """The response of the operation; exceptions become error responses."""
        try:
            # Absurd coordinates make shapely warn about divisions.
            with np.errstate(all="ignore"):
                return self._perform(asked)
        except AnswerError as error:
            return asked.failed(error)
        except RecursionError:
            return asked.failed(AnswerError(INVALID_BODY, "The body is nested too deeply."))
        except Exception:
            log.exception("%s %s crashed the emulator", asked.request.method, asked.path)
            crash = AnswerError(CRASHED, "The emulator crashed. This is a bug: see its log.")
            return asked.failed(crash)

    def _perform(self, asked: _Asked) -> Response:
        request, route, operation = asked.request, asked.route, asked.operation
        if route is None:
            return self._download(request, asked.path)
        methods = dict.fromkeys([*(operation.method for operation in route.allowed), "OPTIONS"])
        allow = ", ".join(methods)
        if asked.is_options:
            return Response(headers={"allow": allow})
        if operation is None:
            message = f"The method {request.method[:20]} is not supported here, only {allow}."
            raise AnswerError("METHOD-NOT-ALLOWED", message, headers={"allow": allow})
        if asked.body is None:
            raise AnswerError("PAYLOAD-TOO-LARGE", f"The body exceeds {MAX_BODY} bytes.")
        user = self._authorized(operation, request)
        refusal = self._contract.refusal(operation, request, route.parameters, asked.body)
        planned = refusal or self._state.failures.take(operation.id)
        if planned is not None:
            raise AnswerError(*planned)
        host, port = request.scope["server"]
        accepted = OperationRequest(
            operation=operation.id,
            body=asked.value,
            path=route.parameters,
            user=user,
            address=f"http://{host}:{port}",
            query=request.query_params,
            headers=request.headers,
        )
        answer = self._defaults.handler(operation.id)(self._state, accepted)
        return answer if isinstance(answer, Response) else JSONAnswer(answer)

    def _download(self, request: Request, path: str) -> Response:
        file = self._state.downloads.get(path)
        if file is None:
            raise AnswerError("NON-EXISTENT-ENDPOINT", f"Unknown endpoint {path[:80]}.")
        if request.method not in _READS:
            message = f"The method {request.method[:20]} is not supported here, only GET."
            raise AnswerError("METHOD-NOT-ALLOWED", message, headers={"allow": ", ".join(_READS)})
        return Response(file.content(), headers={"content-type": file.media_type})

    def _authorized(self, operation: Operation, request: Request) -> User | None:
        """The user. Raises AnswerError for invalid credentials or a missing permission."""
        alternatives = [each for each in operation.security if each]
        if not alternatives or operation.id in _TOKEN_IGNORED:
            return None
        refused: AnswerError | None = None
        for needed in alternatives:
            given = {name: self._given(name, request) for name in needed}
            if {} in operation.security and not any(given.values()):
                continue
            try:
                users = [self._user(name, text) for name, text in given.items()]
                for permission in (each for names in needed.values() for each in names):
                    users[0].require(permission)
            except AnswerError as error:
                # Of several refusals the one of what was sent tells more.
                refused = error if refused is None or any(given.values()) else refused
            else:
                return users[0]
        if refused is not None:
            raise refused
        return None

    def _given(self, name: str, request: Request) -> str | None:
        """The credential in a request for a security scheme."""
        scheme = self._contract.schemes[name]
        if scheme["type"] == "http":
            return request.headers.get("authorization")
        given = request.headers if scheme["in"] == "header" else request.query_params
        return given.get(scheme["name"])

    def _user(self, name: str, text: str | None) -> User:
        """Whose a token or a key is. Raises AnswerError."""
        if name == self._contract.login_scheme:
            return self._state.users.of_header(text)
        if text is None or text.removeprefix("Bearer ") != API_KEY:
            raise AnswerError("NOT-AUTHORIZED", f"{name} is needed, and is missing or wrong.")
        return self._state.users.demo


async def _read(request: Request) -> bytes | None:
    """The body, or None if it is over MAX_BODY: then it is read for a while and dropped."""
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
    """Sends a response as a fault requires, and ends the connection."""
    steps = fault.steps(answer) if fault.steps else ()
    await scope["state"]["connection"].play(steps, fault.ending, receive)


def _path(request: Request) -> str:
    return _normalised(request.scope.get("raw_path") or request.url.path.encode())


def _normalised(raw: bytes) -> str:
    """A path with equal characters encoded equally; an escaped slash stays escaped."""
    segments = raw.decode("latin-1").split("/")
    return "/".join(quote(unquote(segment), safe="-._~!$&'()*+,;=:@") for segment in segments)
