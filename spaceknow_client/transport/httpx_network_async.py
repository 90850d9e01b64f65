"""Attempts with httpx.

A client that the user brings keeps its own time and does not tell what it sent: there the name of
the error has to do.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..auth.environment import Environment
from ..runtime.concurrency import async_time_limit
from .body_decoder import BodyDecoder
from .http_messages import AttemptError, HTTPRequest, HTTPResponse, UnusableError
from .httpx_client import async_http_client, failure, own_request
from .network_async import AsyncNetwork
from .network_backend import Attempt, current_attempt, watch_rest
from .options import Limits

if TYPE_CHECKING:
    import httpx


class AsyncHttpxNetwork(AsyncNetwork):
    """A client of our own, or `client` (httpx, or its successor httpx2), which stays open."""

    def __init__(
        self, environment: Environment, limits: Limits, client: httpx.AsyncClient | None = None
    ) -> None:
        super().__init__(limits)
        self._settings = (environment, limits)
        self._owned = client is None
        self._client = client or async_http_client(environment, limits)

    def _move(self) -> None:
        if self._owned:
            self._client = async_http_client(*self._settings)

    async def _exchange(self, outgoing: HTTPRequest) -> HTTPResponse | AttemptError:
        attempt = Attempt(time.monotonic() + outgoing.timeout, self._owned)
        token = current_attempt.set(attempt)
        response: httpx.Response | None = None
        try:
            async with async_time_limit(outgoing.timeout):
                if self._owned:
                    request = own_request(outgoing)
                else:
                    request = self._client.build_request(
                        outgoing.method,
                        outgoing.url,
                        headers=outgoing.headers,
                        content=outgoing.content,
                        timeout=outgoing.timeout,
                    )
                response = await self._client.send(
                    request, auth=None, follow_redirects=False, stream=True
                )
                watch_rest(response.extensions.get("network_stream"), response.stream)
                incoming = BodyDecoder(
                    response.status_code,
                    response.headers,
                    outgoing.max_bytes,
                    inflates=self._owned,
                )
                # What a user's client brings may be a response that was made up, without raw bytes.
                pieces = response.aiter_raw() if self._owned else response.aiter_bytes()
                async for piece in pieces:
                    incoming.take(piece)
                return incoming.answer()
        except UnusableError:
            raise
        except Exception as error:  # whatever it is, it must not escape with what it refers to
            return failure(error, attempt.sent if attempt.watched else None)
        finally:
            current_attempt.reset(token)
            if response is not None:
                await response.aclose()

    async def aclose(self) -> None:
        """Closes the connections, unless the user brought the client."""
        self._closed = True
        if self._owned:
            await self._client.aclose()
