"""A service: the API's URL, its login service, and the client id."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar
from urllib.parse import urlsplit

from ..errors.base import ConfigError
from ..errors.shown import shown
from ..runtime.secret import hidden
from .servers import FIXED, PRODUCTION_URL, Servers


def is_loopback(host: str | None) -> bool:
    """Whether a host name means this machine."""
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_of_this_machine(url: str) -> bool:
    """Whether a URL is on this machine; False for an invalid URL."""
    try:
        return is_loopback(urlsplit(url).hostname)
    except ValueError:
        return False


@lru_cache(maxsize=64)  # each attempt of a call asks for it
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _auth_domain(value: str) -> str:
    if isinstance(value, str) and "://" not in value:
        value = hidden(f"https://{value.strip()}")
    return _checked(value, "auth_domain")


def _checked(value: str, name: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{name} must be a URL, not {type(value).__name__}.")
    value = hidden(value.strip())
    found = _plain_address(value)
    if found is None:
        # A URL with an @ can contain a password, and is not shown.
        raise ConfigError(
            f"{name} must be a URL such as https://api.spaceknow.com, without user, query or fragment, "
            f"not {'the given value' if '@' in value else repr(str(value))}."
        )
    scheme, host = found
    if scheme == "http" and not is_loopback(host):
        raise ConfigError(
            f"{name} must use https, not {str(value)!r}: plain http shows passwords and tokens to the "
            "network. Only this machine (127.0.0.1, localhost) can be called with http."
        )
    return str(value).rstrip("/")


def _plain_address(value: str) -> tuple[str, str] | None:
    """Scheme and host of a URL without user, query and fragment; None for anything else."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        host.encode("idna")
        has_more = parts.username or parts.password or parts.query or parts.fragment
        usable = parts.scheme in ("http", "https") and host and parts.port != 0
    except ValueError:
        return None
    if not usable or has_more or any(mark.isspace() for mark in value):
        return None
    return parts.scheme, host


@dataclass(frozen=True)
class Environment(Servers):
    """An API, its Auth0 login service and the client id for it.

    Attributes:
        base_url: the URL of the API, such as `https://api.spaceknow.com`. It can have a path.
        auth_url: the URL of the login service. The argument is called `auth_domain` and accepts a
            domain (for https) or a URL. Empty without a login service: use a TokenAuth or an
            ApiKeyAuth then; a password raises ConfigError before anything is sent.
        client_id: Auth0's public id of the application; not a secret. Required with `auth_domain`.

    Plain http is allowed only for loopback addresses. Raises ConfigError otherwise.
    The values of PRODUCTION and DEVEL are those of the API Mechanics page. It names another login
    service for DEVEL, but no other API host; pass `base_url` if yours has one.
    """

    base_url: str
    auth_url: str
    client_id: str

    PRODUCTION: ClassVar[Environment]
    DEVEL: ClassVar[Environment]
    EMULATOR: ClassVar[Environment]

    def __init__(
        self, *, base_url: str, auth_domain: str | None = None, client_id: str | None = None
    ) -> None:
        base_url, auth_domain = hidden(base_url), hidden(auth_domain)
        has_login = auth_domain is not None or client_id is not None
        if has_login and (not isinstance(client_id, str) or not client_id):
            raise ConfigError("client_id must be a non-empty string.")
        if has_login and auth_domain is None:
            raise ConfigError("client_id requires auth_domain, the login service.")
        # The class is frozen, so attributes are set with object.__setattr__.
        object.__setattr__(self, "base_url", _checked(base_url, "base_url"))
        auth_url = "" if auth_domain is None else _auth_domain(auth_domain)
        object.__setattr__(self, "auth_url", auth_url)
        object.__setattr__(self, "client_id", client_id or "")

    @property
    def host(self) -> str:
        """Host name of the API."""
        return _host(self.base_url)

    @property
    def auth_host(self) -> str:
        """Host name of the login service."""
        return _host(self.auth_url)

    @property
    def has_login(self) -> bool:
        """Whether it has a login service, which passwords need."""
        return bool(self.auth_url)

    @property
    def addresses(self) -> list[str]:
        """The host names of the API and of the login service."""
        return [self.base_url, self.auth_url] if self.has_login else [self.base_url]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names for `named`: `production`, `devel`, `emulator`, and those of the document."""
        return ("production", "devel", "emulator", *map(str.lower, FIXED))

    @classmethod
    def named(cls, name: str) -> Environment:
        """One of `names()`. Raises ConfigError for any other name."""
        if name.lower() not in cls.names():
            raise ConfigError(
                f"unknown environment {shown(name)}. Expected one of: {', '.join(cls.names())}."
            )
        found: Environment = getattr(cls, name.upper())
        return found


Environment.PRODUCTION = Environment(
    base_url=PRODUCTION_URL,
    auth_domain="spaceknow.auth0.com",
    client_id="hmWJcfhRouDOaJK2L8asREMlMrv3jFE1",
)
Environment.DEVEL = Environment(
    base_url=PRODUCTION_URL,
    auth_domain="spaceknow-test.auth0.com",
    client_id="UWBUvt919N0sUXjG1CepGhiR0DJuazSY",
)
Environment.EMULATOR = Environment(
    base_url="http://127.0.0.1:8765",
    auth_domain="http://127.0.0.1:8765",
    client_id="emulator",
)
