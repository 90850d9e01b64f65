"""A server of the document, as an attribute or a function of Environment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ..errors.base import ConfigError
from ..errors.shown import shown

T = TypeVar("T")


class Server:
    """A server without variables: reading the attribute creates the Environment."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __get__(self, instance: object, owner: type[T]) -> T:
        make: Any = owner
        made: T = make(base_url=self._url)
        return made


def filled(template: str, given: Mapping[str, object], known: Mapping[str, Sequence[str]]) -> str:
    """A URL with variables. Raises ConfigError for a value that would change the host.

    `known` has the values that the document lists.
    """
    for name, value in given.items():
        among = known.get(name)
        if among is not None and value not in among:
            raise ConfigError(f"{name} must be one of {', '.join(among)}, not {shown(value)}.")
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9._-]+", value):
            raise ConfigError(
                f"{name} must consist of letters, digits, dots and hyphens, not {shown(value)}."
            )
    return template.format(**given)
