"""Libraries that come with an extra of the package."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors.base import ConfigError


def require(extra: str, *modules: str, purpose: str = "this needs") -> None:
    """Raises ConfigError, which names the extra, when one of the modules is not installed."""
    missing = [name for name in modules if not is_installed(name)]
    if missing:
        raise ConfigError(
            f"{purpose} {' and '.join(missing)}.",
            hint=f"pip install 'spaceknow-client[{extra}]'",
        )


def is_installed(name: str) -> bool:
    """Whether a module can be imported; it is not."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the package that it would be part of
        return False
