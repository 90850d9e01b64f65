"""Checks of settings, each of which raises ConfigError with the name and a fix.

Settings are dataclasses, unlike the models: the HTTP library imports `dataclasses` anyway, and attrs
would account for a tenth of the time to create the first client.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, fields
from operator import index
from sys import float_info
from typing import Any

from ..errors.base import ConfigError
from ..errors.shown import shown

Validator = Callable[[Any, "Field[Any]", Any], None]


def check(validator: Validator) -> dict[str, Any]:
    """The `metadata` of a dataclass field that is checked."""
    return {"check": validator}


class ValidatedSettings:
    """A dataclass that checks its fields on creation."""

    def __post_init__(self) -> None:
        for attribute in fields(self):  # type: ignore[arg-type]  # what inherits this is a dataclass
            if "check" in attribute.metadata:
                attribute.metadata["check"](self, attribute, getattr(self, attribute.name))


def at_least(least: float) -> Validator:
    """A finite number of at least `least`."""

    def check(instance: Any, attribute: Field[Any], value: Any) -> None:
        if not _is_finite(value) or value < least:
            raise ConfigError(
                f"{attribute.name} must be a finite number of at least {least}, not {shown(value)}."
            )

    return check


def positive(instance: Any, attribute: Field[Any], value: Any) -> None:
    """A finite number above 0."""
    if not _is_finite(value) or value <= 0:
        raise ConfigError(f"{attribute.name} must be a finite number above 0, not {shown(value)}.")


def count(instance: Any, attribute: Field[Any], value: Any) -> None:
    """A whole number of at least 1."""
    try:
        is_count = not isinstance(value, bool) and index(value) >= 1
    except TypeError:
        is_count = False
    if not is_count:
        raise ConfigError(
            f"{attribute.name} must be a whole number of at least 1, not {shown(value)}."
        )


def a(kind: type[Any]) -> Validator:
    """An object of a class of this package."""

    def check(instance: Any, attribute: Field[Any], value: Any) -> None:
        if not isinstance(value, kind):
            raise ConfigError(
                f"{attribute.name} must be a {kind.__name__}, not {type(value).__name__}.",
                hint=f"Pass {attribute.name}={kind.__name__}(...).",
            )

    return check


def _is_finite(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and abs(value) <= float_info.max
