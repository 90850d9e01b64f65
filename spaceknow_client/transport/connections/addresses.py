"""Addresses of hosts, and whether they are local."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

HOST = re.compile(r"[\w.:-]+", re.ASCII)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Prefixes of IPv6 addresses that contain an IPv4 address (RFC 4291, 6052, 2765).
_OF_IPV4 = {
    ipaddress.IPv6Address(f"{prefix}0:0").packed[:12]
    for prefix in ("::", "::ffff:", "64:ff9b::", "::ffff:0:")
}


def local_kinds(addresses: Iterable[str]) -> set[str]:
    """The kinds of local addresses among IP addresses: `loopback` (this machine), `link-local`."""
    found = set()
    for address in addresses:
        inner = _inner(ipaddress.ip_address(address))
        if inner.is_loopback or inner.is_unspecified:
            found.add("loopback")
        elif inner.is_link_local:
            found.add("link-local")
    return found


def _inner(address: Address) -> Address:
    """The IPv4 address contained in an IPv6 address, or the address itself."""
    if address.version == 6:
        if address.packed[:12] in _OF_IPV4 and int(address) > 1:  # 0 and 1 are plain IPv6
            return ipaddress.IPv4Address(address.packed[12:])
        return address.sixtofour or address
    return address


def literal_addresses(host: str) -> list[str]:
    """The IP address that a host name denotes without a lookup (`127.1`, `localhost`)."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(name))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(name))]
    except (OSError, ValueError):
        return []


async def async_addresses_of(host: str) -> list[str]:
    """The addresses of a host; none if its name is unknown."""
    import asyncio

    loop = asyncio.get_running_loop()
    try:
        return _unique(await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return []


def addresses_of(host: str) -> list[str]:
    """Like `async_addresses_of`, for threads."""
    try:
        return _unique(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return []


def _unique(found: Iterable[tuple[object, ...]]) -> list[str]:
    return list(dict.fromkeys(str(place[0]) for *_, place in found))  # type: ignore[index]


def plain_address(link: str) -> tuple[str, str] | None:
    """Scheme and host of a URL that can be sent and contains no user; None for anything else."""
    try:
        parts = urlsplit(link)
        usable = parts.port != 0 and not (parts.username or parts.password)
    except ValueError:
        return None
    # A percent-encoded host could be decoded to another one.
    usable = usable and HOST.fullmatch(parts.hostname or "") is not None
    if not usable or not link.isascii() or not link.isprintable() or " " in link:
        return None
    return parts.scheme, parts.hostname or ""
