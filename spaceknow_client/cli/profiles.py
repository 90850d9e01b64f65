"""Profiles: named settings in one TOML file, which only `spaceknow profile save` writes."""

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
    """All profiles of the file; none if there is no file. Raises ConfigError."""
    try:
        path = config_path()
    except ConfigError:  # a user without a home directory has no profiles
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    found = data.get("profiles", {})
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: profiles must be tables such as [profiles.work].")
    return {name: _checked(name, members) for name, members in found.items()}


def load_profile(name: str | None) -> dict[str, Any]:
    """The named profile; without a name `default`, which may be missing. Raises ConfigError."""
    known = all_profiles()
    if name is None:
        return known.get("default", {})
    if name not in known:
        expected = f"Saved profiles: {', '.join(known)}." if known else "No profiles are saved."
        raise ConfigError(
            f"unknown profile {name!r}. {expected}",
            hint=f"Create it with `spaceknow profile save {name}`.",
        )
    return known[name]


def save_profile(name: str, members: dict[str, Any]) -> Path:
    """Writes or replaces a profile; the rest of the file does not change.

    Returns the path of the file. Raises ConfigError.
    """
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"the name of a profile must consist of letters, digits, - and _, not {name!r}."
        )
    _checked(name, members)
    all_profiles()  # an unreadable file is not overwritten
    path = config_path()
    old = path.read_text(encoding="utf-8") if path.exists() else HEAD
    # Strings and numbers are written alike in JSON and TOML.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in members.items()]
    table = "\n".join([f"[profiles.{name}]", *lines])
    kept = re.sub(rf"(?ms)^\[profiles\.\"?{name}\"?\].*?(?=^\[|\Z)", "", old).rstrip()
    new = f"{kept}\n\n{table}\n"
    if tomllib.loads(new).get("profiles", {}).get(name) != members:
        raise ConfigError(
            f"cannot change the profile {name!r} in {path}: its notation is not supported.",
            hint="Edit the file.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        draft.write_text(new, encoding="utf-8")
    return path


def _checked(name: str, members: Any) -> dict[str, Any]:
    if not isinstance(members, dict):
        raise ConfigError(f"{config_path()}: profiles.{name} must be a table.")
    for key, value in members.items():
        if key not in MEMBERS:
            what = "must not hold the secret" if is_secret(key) else "has the unknown setting"
            raise ConfigError(
                f"{config_path()}: profiles.{name} {what} {key!r}.",
                hint=f"Expected one of: {', '.join(MEMBERS)}.",
            )
        if isinstance(value, bool) or not isinstance(value, MEMBERS[key]):
            kind = "a string" if MEMBERS[key] is str else "a number"
            raise ConfigError(
                f"{config_path()}: {key} of profiles.{name} must be {kind}, not {value!r}."
            )
    return members
