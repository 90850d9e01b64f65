"""Addresses of hosts, and which of them are no place on the Internet."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

HOST = re.compile(r"[\w.:-]+", re.ASCII)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What comes before an IPv4 address in an IPv6 one (RFC 4291, 6052, 2765).
_OF_IPV4 = {
    ipaddress.IPv6Address(f"{prefix}0:0").packed[:12]
    for prefix in ("::", "::ffff:", "64:ff9b::", "::ffff:0:")
}


def local_kinds(addresses: Iterable[str]) -> set[str]:
    """What local places there are among IP addresses: `loopback` (this machine), `link-local`."""
    found = set()
    for address in addresses:
        inner = _inner(ipaddress.ip_address(address))
        if inner.is_loopback or inner.is_unspecified:
            found.add("loopback")
        elif inner.is_link_local:
            found.add("link-local")
    return found


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, or the address itself."""
    if address.version == 6:
        if address.packed[:12] in _OF_IPV4 and int(address) > 1:  # these are of IPv6 itself
            return ipaddress.IPv4Address(address.packed[12:])
        return address.sixtofour or address
    return address


def literal_addresses(host: str) -> list[str]:
    """The address that a host name is by itself, in whatever form (`127.1`, `localhost`)."""
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


def plain_address(link: str) -> tuple[str, str] | None:
    """Scheme and host of an address that can be sent and names no user; None for anything else."""
    try:
        parts = urlsplit(link)
        usable = parts.port != 0 and not (parts.username or parts.password)
    except ValueError:
        return None
    # A name in percent code is another one for who decodes it.
    usable = usable and HOST.fullmatch(parts.hostname or "") is not None
    if not usable or not link.isascii() or not link.isprintable() or " " in link:
        return None
    return parts.scheme, parts.hostname or ""
