# Compiled by `python -m generator` from file_link_async.py. Never edit by hand.
# ruff: noqa
"""Fetches files from links in responses. The host can be any, so no token is sent to it."""

from __future__ import annotations

from http import HTTPStatus

from ..auth.environment import is_loopback
from ..errors.base import DeadlineExceededError, DownloadError, InvalidResponseError, SpaceKnowError
from ..runtime.secret import hidden
from .attempt_result import AttemptResult
from .connections.addresses import addresses_of, literal_addresses, local_kinds, plain_address
from .connections.proxies import proxy_for
from .http_messages import USER_AGENT, AttemptError, HTTPRequest, HTTPResponse, UnusableError
from .retry import Delivery
from .transport import Transport


def fetch_link(transport: Transport, link: str, name: str) -> bytes:
    """Fetches the file at `link` within the client's limits, with the retries of a read.

    Anyone who knows a link can read the file, so no error, event or log of this package contains it;
    they contain `name` instead. (The logger of httpx logs the URL of each request at level INFO.)
    Redirects are not followed. Raises InvalidResponseError if the link is not an https URL, leads to
    this machine or its network (unless the API is there too), or if the file is too large;
    DownloadError, DeadlineExceededError.
    """
    link = hidden(link)
    host = _checked_host(transport, link, name)
    clock = transport.clock
    expires = clock.monotonic() + transport.options.deadline
    attempt = 0
    while True:
        attempt += 1
        started = clock.monotonic()
        outcome = _attempt(transport, link, name, expires)
        transport.tell_attempt(name, host, outcome, attempt, started)
        if outcome.error is None and outcome.answer is not None:
            return outcome.answer.content
        if not transport.wait_for_next(name, outcome, attempt, expires, safe=True):
            raise outcome.error or DownloadError("no response", operation=name)


def _attempt(transport: Transport, link: str, name: str, expires: float) -> AttemptResult:
    remaining = expires - transport.clock.monotonic()
    answer: HTTPResponse | None = None
    error: SpaceKnowError | None = None
    delivery = Delivery.ANSWERED
    try:
        answer = transport.network.attempt(
            _request(transport, link, remaining),
            max_seconds=remaining,
            paused_until=0.0,
            on_response=None,
        )
        if answer.status != HTTPStatus.OK:
            error = DownloadError(
                f"the file server returned status {answer.status}",
                operation=name,
                hint="Links expire; fetch the result with the link again.",
            )
    except AttemptError as failure:
        delivery = failure.delivery
        late = failure.timed_out and transport.clock.monotonic() >= expires
        error = (DeadlineExceededError if late else DownloadError)(str(failure), operation=name)
        error.__cause__ = failure  # it has a message, but no reference to secrets
    except UnusableError as failure:
        error = InvalidResponseError(
            str(failure),
            status=failure.status,
            operation=name,
            hint="Request less data, or raise max_response_bytes.",
        )
    return AttemptResult(answer=answer, error=error, delivery=delivery)


def _request(transport: Transport, link: str, remaining: float) -> HTTPRequest:
    return HTTPRequest(
        method="GET",
        url=link,
        headers={"accept": "*/*", "user-agent": USER_AGENT, "accept-encoding": "gzip, deflate"},
        content=None,
        timeout=max(0.001, min(transport.options.timeout, remaining)),
        max_bytes=transport.options.max_response_bytes,
    )


def _checked_host(transport: Transport, link: str, name: str) -> str:
    scheme, host = plain_address(link) or ("", "")
    api = transport.environment.host
    if scheme != "https" and not (scheme == "http" and is_loopback(host) and is_loopback(api)):
        raise InvalidResponseError("the link is not an https URL", operation=name)
    kinds = local_kinds(literal_addresses(host))
    if not kinds and not (scheme == "https" and proxy_for(host)):  # a proxy resolves names itself
        kinds = local_kinds(addresses_of(host))
    if kinds and kinds - local_kinds(literal_addresses(api) or addresses_of(api)):
        raise InvalidResponseError(
            f"the link leads to a {' and '.join(sorted(kinds))} address", operation=name
        )
    return host
