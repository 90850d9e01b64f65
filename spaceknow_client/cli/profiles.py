"""Profiles: settings under a name, in one TOML file. It is written only when that is asked for."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from ..errors.base import ConfigError
from ..generated.types import is_secret
from ..runtime.paths import expanded_path, replacing

MEMBERS: dict[str, type | tuple[type, ...]] = {
    "environment": str,
    "base_url": str,
    "auth_url": str,
    "client_id": str,
    "username": str,
    "timeout": (int, float),
    "deadline": (int, float),
    "journal": str,
}
NAME = re.compile(r"[A-Za-z0-9_-]+")
HEAD = "# Settings of the command `spaceknow`. Passwords and tokens do not belong here.\n"


def config_path() -> Path:
    """The file: `spaceknow/config.toml` in XDG_CONFIG_HOME, by default `~/.config`."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return expanded_path(home) / "spaceknow" / "config.toml"


def all_profiles() -> dict[str, dict[str, Any]]:
    """Every profile of the file; none where there is no file. Raises ConfigError."""
    try:
        path = config_path()
    except ConfigError:  # a user without a home directory has no profiles
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    found = data.get("profiles", {})
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: profiles are tables such as [profiles.work].")
    return {name: _checked(name, members) for name, members in found.items()}


def load_profile(name: str | None) -> dict[str, Any]:
    """A profile by its name; without one, `default`, which need not be there. Raises ConfigError."""
    known = all_profiles()
    if name is None:
        return known.get("default", {})
    if name not in known:
        there = f"There is {', '.join(known)}." if known else "There is none yet."
        raise ConfigError(
            f"there is no profile {name!r}. {there}",
            hint=f"`spaceknow profile save {name}` makes one.",
        )
    return known[name]


def save_profile(name: str, members: dict[str, Any]) -> Path:
    """Writes a profile in place of an older one; the rest of the file stays as it is.

    Gives the file. Raises ConfigError.
    """
    if not NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is no name for a profile: letters, digits, - and _ make one.")
    _checked(name, members)
    all_profiles()  # what cannot be read is not written over
    path = config_path()
    old = path.read_text(encoding="utf-8") if path.exists() else HEAD
    # JSON's strings and numbers are TOML's, too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in members.items()]
    table = "\n".join([f"[profiles.{name}]", *lines])
    kept = re.sub(rf"(?ms)^\[profiles\.\"?{name}\"?\].*?(?=^\[|\Z)", "", old).rstrip()
    new = f"{kept}\n\n{table}\n"
    if tomllib.loads(new).get("profiles", {}).get(name) != members:
        raise ConfigError(f"{path} is written in a way that cannot be changed here; edit it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        draft.write_text(new, encoding="utf-8")
    return path


def _checked(name: str, members: Any) -> dict[str, Any]:
    if not isinstance(members, dict):
        raise ConfigError(f"{config_path()}: profiles.{name} is a table.")
    for key, value in members.items():
        if key not in MEMBERS:
            what = "is a secret, and a profile holds none" if is_secret(key) else "is unknown"
            raise ConfigError(
                f"{config_path()}: {key} of profiles.{name} {what}.",
                hint=f"A profile has {', '.join(MEMBERS)}.",
            )
        if isinstance(value, bool) or not isinstance(value, MEMBERS[key]):
            raise ConfigError(f"{config_path()}: {key} of profiles.{name} has a wrong type.")
    return members
