"""Opens connections: directly to a host, or through a proxy."""

from __future__ import annotations

from typing import Any

from ...runtime.secret import SecretBytes
from .asyncio_socket import AsyncSocket
from .attempt import Attempt, ProxyError
from .http1_async import AsyncHTTP1Connection
from .origin import Origin
from .proxies import Proxy, proxy_for
from .tls import tls_context


async def async_connection_to(origin: Origin, attempt: Attempt) -> AsyncHTTP1Connection:
    """Opens a connection. Raises OSError or the error of httpcore in its place, ProxyError, and
    ConfigError for an unusable setting of the environment."""
    tls = tls_context() if origin.scheme == "https" else None
    proxy = proxy_for(origin.host) if tls else None
    if tls is None or proxy is None:
        attempt.peer = origin.host
        return AsyncHTTP1Connection(
            await AsyncSocket.connect(origin.host, origin.port, tls, attempt)
        )
    attempt.peer = f"the proxy {proxy.host}"
    to_proxy = tls_context() if proxy.scheme == "https" else None
    socket = await AsyncSocket.connect(proxy.host, proxy.port, to_proxy, attempt)
    try:
        if proxy.is_socks:
            await _socks_tunnel(socket, origin, proxy, attempt)
        else:
            way = AsyncHTTP1Connection(socket)
            await way.tunnel(origin.host, origin.port, proxy, attempt)
        attempt.peer = origin.host
        return AsyncHTTP1Connection(await socket.start_tls(tls, origin.host, attempt))
    except BaseException:
        socket.close()
        raise


async def _socks_tunnel(
    socket: AsyncSocket, origin: Origin, proxy: Proxy, attempt: Attempt
) -> None:
    """Asks a SOCKS proxy for a tunnel to a host; the proxy resolves the name. Raises ProxyError."""
    from socksio import ProtocolError, socks5

    protocol: Any = socks5.SOCKS5Connection()

    async def ask(message: Any) -> Any:
        protocol.send(message)
        del message  # it may hold the password
        await socket.write(SecretBytes(protocol.data_to_send()), attempt)
        return protocol.receive_data(await socket.read(attempt))

    method = socks5.SOCKS5AuthMethod.NO_AUTH_REQUIRED
    if proxy.credentials is not None:
        method = socks5.SOCKS5AuthMethod.USERNAME_PASSWORD
    address = (origin.host.encode(), origin.port)
    try:
        reply = await ask(socks5.SOCKS5AuthMethodsRequest([method]))
        if reply.method != method:
            raise ProxyError("it requires another authentication method")
        if proxy.credentials is not None:
            parts = (SecretBytes(part.encode()) for part in proxy.credentials)
            reply = await ask(socks5.SOCKS5UsernamePasswordRequest(*parts))
            if not reply.success:
                raise ProxyError("it rejected the username and password")
        connect = socks5.SOCKS5Command.CONNECT
        reply = await ask(socks5.SOCKS5CommandRequest.from_address(connect, address))
    except (
        ProtocolError,
        ValueError,
        LookupError,
    ) as error:  # socksio raises these for invalid data
        raise ProxyError("it is not a SOCKS5 proxy") from error
    if reply.reply_code != socks5.SOCKS5ReplyCode.SUCCEEDED:
        raise ProxyError(reply.reply_code.name.lower().replace("_", " "))
