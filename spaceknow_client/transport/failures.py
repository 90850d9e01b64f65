"""Turns exceptions of HTTP libraries and the operating system into the error of an attempt."""

from __future__ import annotations

from .connections.attempt import ProxyError
from .http_messages import AttemptError
from .retry import Delivery

# Reasons for a failed connection, by the name of the exception: httpx, its successor httpx2 and aiohttp
# use similar names, and none of them has to be imported.
UNCONNECTED = {
    "SSLCertVerificationError": "the certificate is not trusted",
    "ClientConnectorCertificateError": "the certificate is not trusted",
    "SSLError": "the TLS handshake failed",
    "ClientConnectorDNSError": "the host name could not be resolved",
    "gaierror": "the host name could not be resolved",
    "ConnectionRefusedError": "the connection was refused",
    "ClientProxyConnectionError": "the proxy could not be reached",
    "ClientHttpProxyError": "the proxy refused",
    "ProxyError": "the proxy refused",
    "ConnectTimeout": "the connection timed out",
    "ConnectionTimeoutError": "the connection timed out",
    "TimeoutError": "the connection timed out",
    "ClientConnectorError": "the connection failed",
    "ConnectError": "the connection failed",
    "OSError": "the connection failed",
}
MOST_CAUSES = 5  # causes to inspect: httpx wraps errors of httpcore, and mocks can create cycles

# Errors that are raised before the request is sent, for HTTP clients that do not report how far they got.
# Not LocalProtocolError: httpcore also raises it for frames that an HTTP/2 server sends.
UNSENT = {
    "ClientConnectorError",
    "ClientHttpProxyError",
    "ConnectError",
    "ConnectTimeout",
    "ConnectionTimeoutError",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
    "InvalidURL",
}
WORDS = {
    "ClientPayloadError": "the response was cut short, or its length is wrong",
    "ClientOSError": "the connection broke",
    "ClientResponseError": "the response is not valid HTTP",
    "ServerDisconnectedError": "the server closed the connection",
    "PoolTimeout": "no connection of the pool became free in time",
    "ReadTimeout": "the server did not respond in time",
    "WriteTimeout": "the request could not be sent in time",
    "TimeoutError": "the attempt timed out",
    "TimeoutException": "the attempt timed out",
    "ReadError": "the connection broke while the response was received",
    "WriteError": "the connection broke while the request was sent",
    "RemoteProtocolError": "the server closed the connection, or its response is not valid HTTP",
    "LocalProtocolError": "the request cannot be written as HTTP",
    "DecodingError": "the response cannot be decoded",
    "UnsupportedProtocol": "the protocol of the URL is not supported",
    "InvalidURL": "the URL is invalid",
    "OSError": "the connection broke",
}


def failure(error: BaseException, *, sent: bool | None, peer: str) -> AttemptError:
    """The error of an attempt. `sent` is None if the HTTP client does not report it: then the request
    counts as sent, unless the error is one of UNSENT. `peer` is the host or proxy of the connection."""
    names = _names(error)
    if sent is None:
        sent = UNSENT.isdisjoint(names)
    timed_out = not {"TimeoutException", "TimeoutError"}.isdisjoint(names)
    # The message of the error and the objects it refers to can contain headers and bodies.
    message = next((WORDS[name] for name in names if name in WORDS), f"it failed ({names[0]})")
    if not sent and peer:  # without a peer, time ran out on an open connection
        reason = _reason(error)
        if reason is not None:
            message = f"could not connect to {peer}: {reason}"
    return AttemptError(
        message, delivery=Delivery.UNKNOWN if sent else Delivery.UNSENT, timed_out=timed_out
    )


def _names(error: BaseException | None) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _reason(error: BaseException) -> str | None:
    """The reason for a failed connection, None for other errors."""
    if isinstance(error, ProxyError):
        return str(error)
    found: str | None = None
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        problem = getattr(cause, "verify_message", None)  # of ssl.SSLCertVerificationError
        if problem:
            return f"{UNCONNECTED['SSLCertVerificationError']} ({problem})"
        name = next((name for name in _names(cause) if name in UNCONNECTED), None)
        # An inner error is more specific, unless it is a plain OSError.
        if name is not None and (found is None or name != "OSError"):
            found = UNCONNECTED[name]
        cause = None if cause is None else cause.__cause__
    return found
