"""Requests and answers in the form in which openapi-core takes them."""

from __future__ import annotations

import hashlib

from openapi_core.datatypes import RequestParameters
from starlette.requests import Request
from starlette.responses import Response
from werkzeug.datastructures import Headers, ImmutableMultiDict

BASE_URL = "http://emulator"
"""Stands for whatever address the emulator listens on."""


class Question:
    """A request, for openapi-core.

    A body without a content type is taken for JSON: some public clients send it so.
    """

    def __init__(self, request: Request, path: str, body: bytes) -> None:
        self.host_url = BASE_URL
        self.path = path
        self.method = request.method.lower()
        self.body: bytes | None = body or None
        self.content_type = request.headers.get("content-type", "application/json").lower()
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.query_params.multi_items()),
            header=Headers(list(request.headers.items())),
        )


class ServiceResponse:
    """A response, for openapi-core."""

    def __init__(self, response: Response) -> None:
        self.status_code = response.status_code
        self.headers = Headers(list(response.headers.items()))
        self.content_type = response.headers.get("content-type", "")
        self.data: bytes | None = bytes(response.body)

    def fingerprint(self) -> bytes:
        """Equal for equal bodies."""
        return hashlib.blake2b(self.data or b"", digest_size=16).digest()
