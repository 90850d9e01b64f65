"""Settings of a command, in order of precedence: options, environment variables, the profile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..auth.credentials import AnyAuth
    from ..auth.environment import Environment

# Members of a profile that select the service, with the equivalent variables.
SERVICE = {
    "environment": "SPACEKNOW_ENVIRONMENT",
    "base_url": "SPACEKNOW_BASE_URL",
    "auth_url": "SPACEKNOW_AUTH_URL",
    "client_id": "SPACEKNOW_CLIENT_ID",
}


@dataclass
class Settings:
    """The global options; None for those that were not passed."""

    environment: str | None = None
    base_url: str | None = field(default=None, repr=False)  # it may hold a password by mistake
    profile: str | None = None
    timeout: float | None = None
    deadline: float | None = None
    journal: str | None = None

    def given(self) -> dict[str, Any]:
        """The options that were passed, without the profile's name."""
        return {
            name: value
            for name, value in vars(self).items()
            if value is not None and name != "profile"
        }

    def kept(self) -> dict[str, Any]:
        """The profile: the named one, otherwise `default` if it exists."""
        from .profiles import load_profile

        return load_profile(self.profile or os.environ.get("SPACEKNOW_PROFILE") or None)

    def service(self) -> dict[str, str]:
        """SPACEKNOW_ENVIRONMENT and the like, from options, variables and profile.

        An environment overrides any address that is set at a lower level.
        """
        variables = {name: os.environ.get(name) or None for name in SERVICE.values()}
        levels: list[Mapping[str, Any]] = [
            vars(self),
            {name: variables[variable] for name, variable in SERVICE.items()},
            self.kept(),
        ]
        found: dict[str, str] = {}
        for level in levels:
            for name, variable in SERVICE.items():
                if level.get(name) is not None:
                    found.setdefault(variable, level[name])
            if level.get("environment") is not None:
                break
        return found

    def environment_for(self, auth: AnyAuth | None) -> Environment:
        """The service, for a client with these credentials or without any. Raises ConfigError."""
        from ..auth.credentials import has_password
        from ..transport.options import environment_from

        return environment_from(self.service(), logs_in=has_password(auth))

    def auth(self) -> AnyAuth:
        """The credentials: environment variables, otherwise the stored login. Raises ConfigError."""
        from ..auth.credentials import StoredAuth
        from ..runtime.secret import hidden
        from ..transport.options import auth_from
        from .logins import Logins

        names = ("TOKEN", "USERNAME", "PASSWORD", "API_KEY")
        variables = {
            f"SPACEKNOW_{name}": hidden(os.environ.get(f"SPACEKNOW_{name}") or "") for name in names
        }
        username = variables.get("SPACEKNOW_USERNAME") or self.kept().get("username")
        if username and variables.get("SPACEKNOW_PASSWORD"):
            variables["SPACEKNOW_USERNAME"] = username
        found = auth_from(variables)
        if isinstance(found, StoredAuth):
            return StoredAuth(Logins(), username)
        return found

    def options(self) -> dict[str, Any]:
        """The arguments of SpaceKnow(...) other than the service and the credentials."""
        kept = self.kept()
        found = {
            name: getattr(self, name) if getattr(self, name) is not None else kept.get(name)
            for name in ("timeout", "deadline", "journal")
        }
        found["journal"] = self.journal_path()
        found["pipeline_deadline"] = found["deadline"]
        return {name: value for name, value in found.items() if value is not None}

    def journal_path(self) -> str | None:
        """The journal's file, if one is set."""
        found = self.journal or os.environ.get("SPACEKNOW_JOURNAL") or self.kept().get("journal")
        return None if found is None else str(found)
