"""The parts of a URL that HTTP needs."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import httpx

PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """A scheme, a host (in ASCII) and a port. Requests of one origin can share a connection."""

    scheme: str
    host: str
    port: int


class Target(NamedTuple):
    """A parsed URL.

    Attributes:
        host: the value of the header `Host`.
        path: the path and the query.
    """

    origin: Origin
    host: bytes
    path: bytes


@lru_cache(maxsize=256)
def target_of(url: str) -> Target:
    """Parses a URL. Raises httpx.InvalidURL and httpx.UnsupportedProtocol."""
    parsed = httpx.URL(url)
    if parsed.scheme not in PORTS or not parsed.host:
        raise httpx.UnsupportedProtocol("neither http nor https")
    origin = Origin(
        parsed.scheme, parsed.raw_host.decode("ascii"), parsed.port or PORTS[parsed.scheme]
    )
    return Target(origin, parsed.netloc, parsed.raw_path)
