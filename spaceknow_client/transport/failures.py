"""What an exception of an HTTP library, or of the operating system, means for an attempt."""

from __future__ import annotations

from .connections.attempt import ProxyError
from .http_messages import AttemptError
from .retry import Delivery

# Why there was no connection. Exceptions are known by name, so that httpx, its successor httpx2 and
# aiohttp are understood alike, and none of them is imported.
UNCONNECTED = {
    "SSLCertVerificationError": "its certificate is not trusted",
    "ClientConnectorCertificateError": "its certificate is not trusted",
    "SSLError": "no TLS connection could be agreed on",
    "ClientConnectorDNSError": "its name could not be resolved",
    "gaierror": "its name could not be resolved",
    "ConnectionRefusedError": "it refused the connection",
    "ClientProxyConnectionError": "the proxy could not be reached",
    "ClientHttpProxyError": "the proxy refused",
    "ProxyError": "the proxy refused",
    "ConnectTimeout": "there was no answer in time",
    "ConnectionTimeoutError": "there was no answer in time",
    "TimeoutError": "there was no answer in time",
    "ClientConnectorError": "no connection could be made",
    "ConnectError": "no connection could be made",
    "OSError": "no connection could be made",
}
MOST_CAUSES = 5  # that are looked at: httpx wraps what httpcore wraps, and mocks make circles

# Other errors before the first byte of the request was sent, where nobody watched the wire. Not
# LocalProtocolError: httpcore raises it for what an HTTP/2 server sends, too.
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
    "ClientPayloadError": "the answer broke off, or is not as long as it says",
    "ClientOSError": "the connection broke",
    "ClientResponseError": "the server does not speak HTTP",
    "ServerDisconnectedError": "the server broke off",
    "PoolTimeout": "no connection of the pool became free in time",
    "ReadTimeout": "the server did not answer in time",
    "WriteTimeout": "the request could not be sent in time",
    "TimeoutError": "the attempt took too long",
    "TimeoutException": "the attempt took too long",
    "ReadError": "the connection broke while reading the answer",
    "WriteError": "the connection broke while sending the request",
    "RemoteProtocolError": "the server broke off, or does not speak HTTP",
    "LocalProtocolError": "the request cannot be written as HTTP",
    "DecodingError": "the answer's encoding is broken",
    "UnsupportedProtocol": "the address has no protocol that can be used",
    "InvalidURL": "the address is no URL",
    "OSError": "the connection broke",
}


def failure(error: BaseException, *, sent: bool | None, peer: str) -> AttemptError:
    """The error of an attempt. `sent` is None where nobody watched the wire: then the request counts
    as sent, unless the kind of the error says otherwise. `peer` is what was connected to."""
    names = _names(error)
    if sent is None:
        sent = UNSENT.isdisjoint(names)
    timed_out = not {"TimeoutException", "TimeoutError"}.isdisjoint(names)
    # The text of the error, and what it refers to, may hold headers and bodies.
    message = next((WORDS[name] for name in names if name in WORDS), f"it failed ({names[0]})")
    if not sent and peer:  # else it had a connection, and no time to use it
        reason = _reason(error)
        if reason is not None:
            message = f"could not connect to {peer}: {reason}"
    return AttemptError(
        message, delivery=Delivery.LOST if sent else Delivery.UNSENT, timed_out=timed_out
    )


def _names(error: BaseException | None) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _reason(error: BaseException) -> str | None:
    """Why there was no connection, None for an error of another kind."""
    if isinstance(error, ProxyError):
        return str(error)
    found: str | None = None
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        problem = getattr(cause, "verify_message", None)  # of ssl.SSLCertVerificationError
        if problem:
            return f"{UNCONNECTED['SSLCertVerificationError']} ({problem})"
        name = next((name for name in _names(cause) if name in UNCONNECTED), None)
        # What lies below says more, unless it is an error of the operating system at large.
        if name is not None and (found is None or name != "OSError"):
            found = UNCONNECTED[name]
        cause = None if cause is None else cause.__cause__
    return found
