"""Libraries that come with an extra of the package."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors.base import MissingExtraError


def require(extra: str, *modules: str, purpose: str = "this") -> None:
    """Raises MissingExtraError, which names the extra, when one of the modules is not installed."""
    missing = [name for name in modules if not is_installed(name)]
    if missing:
        raise missing_extra(extra, *missing, purpose=purpose)


def missing_extra(extra: str, *modules: str, purpose: str = "this") -> MissingExtraError:
    """The error that says that `purpose` needs modules which an extra brings."""
    verb = "is" if len(modules) == 1 else "are"
    return MissingExtraError(
        f"{purpose} needs {' and '.join(modules)}, which {verb} not installed.",
        hint=f"Install the extra: pip install 'spaceknow-client[{extra}]'",
    )


def is_installed(name: str) -> bool:
    """Whether a module can be imported; it is not."""
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):  # no package that it would be part of; None for it
        return False
