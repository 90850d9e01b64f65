"""Attempts with httpx: with a client that the user brings, and where a test has replaced its parts.

Such a client keeps its own time and does not tell what it sent: there the name of the error has to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...runtime.concurrency import async_time_limit
from ..body_decoder import BodyDecoder
from ..failures import failure
from ..http_messages import AttemptError, HTTPRequest, HTTPResponse, UnusableError, closed
from ..options import Limits
from .network_async import AsyncNetwork

if TYPE_CHECKING:
    import httpx


class AsyncHttpxNetwork(AsyncNetwork):
    """A client of the user's (httpx, or its successor httpx2), which stays open."""

    def __init__(self, limits: Limits, client: httpx.AsyncClient) -> None:
        super().__init__(limits)
        self._client = client

    def _move(self) -> None:
        """The client is the user's, who knows where it belongs."""

    async def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        if self._client.is_closed:
            raise closed()
        return await async_exchange_with(self._client, outgoing)

    async def aclose(self) -> None:
        """Closes nothing: the client is the user's."""
        self._closed = True


async def async_exchange_with(
    client: httpx.AsyncClient, outgoing: HTTPRequest
) -> HTTPResponse | AttemptError:
    """One attempt. Raises UnusableError and nothing else."""
    response: httpx.Response | None = None
    try:
        async with async_time_limit(outgoing.timeout):
            request = client.build_request(
                outgoing.method,
                outgoing.url,
                headers=outgoing.headers,
                content=outgoing.content,
                timeout=outgoing.timeout,
            )
            response = await client.send(request, auth=None, follow_redirects=False, stream=True)
            incoming = BodyDecoder(
                response.status_code, response.headers, outgoing.max_bytes, inflates=False
            )
            # It may be a response that was made up, without raw bytes.
            async for piece in response.aiter_bytes():
                incoming.take(piece)
            return incoming.answer()
    except UnusableError:
        raise
    except Exception as error:  # whatever it is, it must not escape with what it refers to
        return _refused(error) or failure(
            error, sent=None, peer=urlsplit(outgoing.url).hostname or ""
        )
    finally:
        if response is not None:
            await response.aclose()


def _refused(error: Exception) -> HTTPResponse | None:
    """The answer that a hook of the client raised an error for (`raise_for_status`), if that is it."""
    response: Any = getattr(error, "response", None)
    if not isinstance(getattr(response, "status_code", None), int):
        return None
    try:
        content = response.content
    except Exception:  # the hook did not read it, and it is closed by now
        content = b""
    return HTTPResponse(status=response.status_code, headers=response.headers, content=content)
