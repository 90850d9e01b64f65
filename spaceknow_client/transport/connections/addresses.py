"""Addresses of hosts, and which of them are no place on the Internet."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable


def local_kinds(addresses: Iterable[str]) -> set[str]:
    """What local places there are among IP addresses: `loopback` (this machine), `link-local`."""
    found = set()
    for address in addresses:
        parsed = ipaddress.ip_address(address)
        inner = getattr(parsed, "ipv4_mapped", None) or parsed
        if inner.is_loopback or inner.is_unspecified:
            found.add("loopback")
        elif inner.is_link_local:
            found.add("link-local")
    return found


def literal_addresses(host: str) -> list[str]:
    """The address that a host name is by itself, in whatever form (`127.1`, `localhost`)."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except (OSError, ValueError):
        return []


async def async_addresses_of(host: str) -> list[str]:
    """The addresses of a host; none where its name is unknown."""
    import asyncio

    loop = asyncio.get_running_loop()
    try:
        return _unique(await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return []


def addresses_of(host: str) -> list[str]:
    """As `async_addresses_of`, for threads."""
    try:
        return _unique(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return []


def _unique(found: Iterable[tuple[object, ...]]) -> list[str]:
    return list(dict.fromkeys(str(place[0]) for *_, place in found))  # type: ignore[index]
