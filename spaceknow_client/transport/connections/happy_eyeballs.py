"""Happy Eyeballs (RFC 8305): connects to the address of a host that responds first.

asyncio's own (`happy_eyeballs_delay=`) leaks sockets when it is canceled, and uvloop has none. The
package aiohappyeyeballs does this too; with it the base install would exceed its size limit.
"""

from __future__ import annotations

import asyncio
import socket
from itertools import chain, zip_longest
from typing import Any

# Seconds to wait for one address before the next one is tried in parallel.
NEXT_ADDRESS = 0.25


async def connected_socket(host: str, port: int) -> socket.socket:
    """Connects to a host. Raises the OSError of the last address that failed."""
    addresses = await _addresses(host, port)
    if len(addresses) == 1:
        return await _connected(*addresses[0])
    racing: set[asyncio.Task[socket.socket]] = set()
    error: BaseException = OSError("the host has no address")
    try:
        while addresses or racing:
            if addresses:
                racing.add(asyncio.ensure_future(_connected(*addresses.pop(0))))
            done, _ = await asyncio.wait(
                racing,
                timeout=NEXT_ADDRESS if addresses else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for attempt in done:
                failed = attempt.exception()
                if failed is None:
                    racing.discard(attempt)
                    return attempt.result()
                error = failed
            racing -= done
        raise error
    finally:
        for loser in racing:
            loser.add_done_callback(_close)
            loser.cancel()


def _close(loser: asyncio.Task[socket.socket]) -> None:
    """Closes the socket of an address that connected after another one."""
    if not loser.cancelled() and loser.exception() is None:
        loser.result().close()


async def _addresses(host: str, port: int) -> list[tuple[int, int, int, Any]]:
    """The addresses of a host, IPv6 and IPv4 alternating: family, type, protocol, address."""
    try:  # a numeric address needs no lookup in a thread
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    families: dict[int, list[tuple[int, int, int, Any]]] = {}
    for family, kind, protocol, _, address in found:
        families.setdefault(family, []).append((family, kind, protocol, address))
    in_turn = chain.from_iterable(zip_longest(*families.values()))
    return [address for address in in_turn if address is not None]


async def _connected(family: int, kind: int, protocol: int, address: Any) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, address)
    except BaseException:
        made.close()
        raise
    return made
