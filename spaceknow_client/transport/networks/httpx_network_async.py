"""Attempts with httpx: with the user's client, or while a test has replaced a part of httpx.

httpx has its own timeouts and does not report whether it sent a request, so the kind of error decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...runtime.concurrency import async_time_limit
from ..body_decoder import BodyDecoder
from ..failures import failure
from ..http_messages import AttemptError, HTTPRequest, HTTPResponse, UnusableError, closed
from ..options import Limits
from .hidden_query import without_query
from .network_async import AsyncNetwork

if TYPE_CHECKING:
    import httpx


class AsyncHttpxNetwork(AsyncNetwork):
    """The user's client (httpx, or its successor httpx2), which stays open."""

    def __init__(self, limits: Limits, client: httpx.AsyncClient) -> None:
        super().__init__(limits)
        self._client = client

    def _move(self) -> None:
        """Does nothing: the user's client stays as it is."""

    async def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        if self._client.is_closed:
            raise closed()
        return await async_exchange_with(self._client, outgoing)

    async def aclose(self) -> None:
        """Refuses further calls. The user's client stays open."""
        self._closed = True


async def async_exchange_with(
    client: httpx.AsyncClient, outgoing: HTTPRequest
) -> HTTPResponse | AttemptError:
    """Makes one attempt. Raises only UnusableError."""
    response: httpx.Response | None = None
    head: HTTPResponse | None = None
    try:
        async with async_time_limit(outgoing.timeout):
            request = client.build_request(
                outgoing.method,
                outgoing.url,
                headers=outgoing.headers,
                content=outgoing.content,
                timeout=outgoing.timeout,
            )
            if outgoing.has_secret_query:
                request.url = without_query(request.url)
            response = await client.send(request, auth=None, follow_redirects=False, stream=True)
            status, headers = response.status_code, response.headers
            head = HTTPResponse(status=status, headers=headers, content=b"")
            incoming = BodyDecoder(status, headers, outgoing.max_bytes, inflates=False)
            # A mocked response can lack raw bytes.
            async for piece in response.aiter_bytes():
                incoming.take(piece)
            return incoming.answer()
    except Exception as error:  # must not propagate: it can refer to headers and bodies
        if head is not None and head.is_told_by_status:
            return head
        if isinstance(error, UnusableError):
            raise
        return _refused(error) or failure(
            error, sent=None, peer=urlsplit(outgoing.url).hostname or ""
        )
    finally:
        if response is not None:
            await response.aclose()


def _refused(error: Exception) -> HTTPResponse | None:
    """The response for which a hook of the client raised (`raise_for_status`), if that is the error."""
    response: Any = getattr(error, "response", None)
    if not isinstance(getattr(response, "status_code", None), int):
        return None
    try:
        content = response.content
    except Exception:  # the hook did not read it, and it is closed
        content = b""
    return HTTPResponse(status=response.status_code, headers=response.headers, content=content)
