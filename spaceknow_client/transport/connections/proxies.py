"""The proxy for a host, from environment variables and system settings."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from ...auth.environment import is_loopback
from ...errors.base import ConfigError
from ...runtime.secret import hidden

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True)
class Proxy:
    """A proxy.

    Attributes:
        scheme: http, https, socks5 or socks5h.
        credentials: username and password, if the address has any.
    """

    scheme: str
    host: str
    port: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def is_socks(self) -> bool:
        """Whether it is a SOCKS proxy, not an HTTP one."""
        return self.scheme.startswith("socks")

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def proxy_for(host: str) -> Proxy | None:
    """The proxy for https requests to a host: HTTPS_PROXY, ALL_PROXY and NO_PROXY, or the settings of
    macOS or Windows.

    Always None for loopback hosts: a password in plain http must not leave this machine. Plain http is
    only used for loopback hosts, so HTTP_PROXY is not read. Raises ConfigError for an unusable proxy.
    """
    if is_loopback(host) or _is_exempt(host):
        return None
    for kind in ("https", "all"):
        address = hidden(getproxies().get(kind))
        if address:
            return _proxy(address, _variable(kind))
    return None


def _is_exempt(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(proxy_bypass(host))
    # Container tools add networks (CIDR), which urllib does not support.
    for entry in getproxies_environment().get("no", "").split(","):
        try:
            if address in ipaddress.ip_network(entry.strip().strip("[]"), strict=False):
                return True
        except ValueError:
            continue
    return address.version == 4 and bool(proxy_bypass(host))


def _variable(kind: str) -> str:
    """The setting that names the proxy. urllib prefers the lower-case variable."""
    for name in (f"{kind}_proxy", f"{kind}_proxy".upper()):
        if os.environ.get(name):
            return f"the environment variable {name}"
    return "the system's settings"


def _parsed(address: str) -> Proxy | None:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
        if not host or port == 0:
            return None
        host = host.encode("ascii" if ":" in host else "idna").decode("ascii")
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        return None
    credentials = (username, password) if username or password else None
    return Proxy(parts.scheme, host, port or PORTS.get(parts.scheme, 0), credentials)


def _proxy(address: str, source: str) -> Proxy:
    """Parses an address. It can hold a password, so neither a message nor a frame shows it."""
    proxy = _parsed(address)
    if proxy is None:
        raise ConfigError(
            f"the proxy set by {source} is not a valid address.",
            hint="Use an address such as http://proxy.example.com:3128.",
        )
    if proxy.scheme not in PORTS:
        raise ConfigError(
            f"the proxy set by {source} has the unsupported scheme {proxy.scheme!r}.",
            hint=f"Use one of {', '.join(PORTS)}.",
        )
    if proxy.is_socks and find_spec("socksio") is None:
        raise ConfigError(
            f"the SOCKS proxy set by {source} needs the package socksio.",
            hint="pip install 'httpx[socks]'",
        )
    return proxy
