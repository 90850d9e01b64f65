"""Which proxy the way to a host leads through, by what the environment says."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from ...auth.environment import is_loopback
from ...errors.base import ConfigError

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True)
class Proxy:
    """A proxy.

    Attributes:
        scheme: how it is spoken to: http, https, socks5 or socks5h.
        credentials: username and password, where it has some.
    """

    scheme: str
    host: str
    port: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS, and not HTTP."""
        return self.scheme.startswith("socks")

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def proxy_for(host: str) -> Proxy | None:
    """The proxy on the way to a host over https, by HTTPS_PROXY, ALL_PROXY and NO_PROXY, or by the
    settings of macOS or Windows.

    None for this machine, whatever the environment says: what is meant for it, a password over plain
    http above all, goes nowhere else. Plain http goes to this machine alone.
    Raises ConfigError for a proxy that cannot be used.
    """
    if is_loopback(host) or _is_exempt(host):
        return None
    named = getproxies()
    kind = "https" if named.get("https") else "all"
    address = named.get(kind)
    return None if not address else _proxy(address, _variable(kind))


def _is_exempt(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(proxy_bypass(host))
    # Container tools name networks there, which Python's own reading does not know.
    for entry in getproxies_environment().get("no", "").split(","):
        try:
            if address in ipaddress.ip_network(entry.strip().strip("[]"), strict=False):
                return True
        except ValueError:
            continue
    return address.version == 4 and bool(proxy_bypass(host))


def _variable(kind: str) -> str:
    """What named a proxy: Python takes the variable in lower case first."""
    for name in (f"{kind}_proxy", f"{kind}_proxy".upper()):
        if os.environ.get(name):
            return f"the environment variable {name}"
    return "the system's settings"


def _proxy(address: str, source: str) -> Proxy:
    """Reads an address, which may hold a password, so that no message repeats it."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
        if not host or port == 0:
            raise ValueError
        host = host.encode("ascii" if ":" in host else "idna").decode("ascii")
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:  # its text, too, would repeat it
        problem = f"{source} names a proxy by what is no address."
        raise ConfigError(
            problem, hint="An address of a proxy looks like http://proxy.example.com:3128."
        ) from None
    if parts.scheme not in PORTS:
        raise ConfigError(
            f"{source} names a proxy that speaks {parts.scheme!r}, which is not supported.",
            hint=f"Name one that speaks {', '.join(PORTS)}.",
        )
    proxy = Proxy(
        parts.scheme,
        host,
        port or PORTS[parts.scheme],
        (username, password) if username or password else None,
    )
    if proxy.is_socks and find_spec("socksio") is None:
        raise ConfigError(
            f"{source} names a SOCKS proxy, which needs the package socksio.",
            hint="pip install 'httpx[socks]'",
        )
    return proxy
