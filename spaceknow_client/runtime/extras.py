"""Checks that the libraries of an extra are installed."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors.base import MissingExtraError


def require(extra: str, *modules: str, purpose: str = "this") -> None:
    """Raises MissingExtraError, which names the extra, if one of the modules is not installed."""
    missing = [name for name in modules if not is_installed(name)]
    if missing:
        raise missing_extra(extra, *missing, purpose=purpose)


def missing_extra(extra: str, *modules: str, purpose: str = "this") -> MissingExtraError:
    """The error if `purpose` requires modules of an extra that is not installed."""
    verb = "is" if len(modules) == 1 else "are"
    return MissingExtraError(
        f"{purpose} requires {' and '.join(modules)}, which {verb} not installed.",
        hint=f"Install the extra: pip install 'spaceknow-client[{extra}]'",
    )


def is_installed(name: str) -> bool:
    """Whether a module can be imported, without importing it."""
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):  # its package is missing; it is None in sys.modules
        return False
