"""Known map types, providers and datasets, and warnings for others. The service can have more."""

from __future__ import annotations

import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from ..auth.environment import Environment
from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.datasets import DATASETS, Dataset
from ..generated.map_types import MAP_TYPES, MapType

_INDENT = " " * 8  # of the docstring of a method
F = TypeVar("F", bound=Callable[..., Any])

# Variants in spelling: `Solar Panels`, `solar_panels`.
_SPELLING = re.compile(r"[\s_\-\u2010-\u2015]+")


class UnlistedValueWarning(UserWarning):
    """The document does not list this map type, provider or dataset. It is sent unchanged."""


class RetiredValueWarning(UserWarning):
    """This map type or dataset is probably retired. It is sent unchanged."""


def map_types() -> tuple[MapType, ...]:
    """The known map types with their files and classes. The service can have more."""
    return tuple(MAP_TYPES.values())


def datasets() -> tuple[Dataset, ...]:
    """The known datasets with provider, satellites and resolution. The service can have more."""
    return DATASETS


def lists_map_types(method: F) -> F:
    """Adds the known map types to the docstring of a method."""
    told = textwrap.fill(
        f"Known map types (the service can have more): {', '.join(MAP_TYPES)}.",
        100,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_on_hyphens=False,
    )
    method.__doc__ = f"{(method.__doc__ or '').rstrip()}\n\n{told}\n{_INDENT}"
    return method


def check_listed(
    environment: Environment,
    *,
    map_type: str | Iterable[str] | None = None,
    provider: str | None = None,
    dataset: str | None = None,
) -> None:
    """Checks values before they are sent, and warns the caller of the package.

    Raises InvalidArgumentError for a value that differs from a known one only in case, `_`, `-` or
    spaces. Other unlisted values get an UnlistedValueWarning, and values that are retired at the
    service of `environment` a RetiredValueWarning.
    """
    is_service = _is_service(environment)
    told: list[Warning] = []
    for name in [map_type] if isinstance(map_type, str) else map_type or ():
        if _listed("map type", name, MAP_TYPES, "map_types", told) and is_service:
            told += _retired(f"map type {shown(name)}", MAP_TYPES[name].retired, "map_types")
    if provider is not None:
        known = dict.fromkeys(one.provider for one in DATASETS)
        if not _listed("provider", provider, known, "datasets", told):
            _refuse_misspelled("dataset", dataset or "", [one.name for one in DATASETS])
            dataset = None  # no dataset of this provider is known
    if dataset is not None and _listed(
        "dataset", dataset, [one.name for one in DATASETS], "datasets", told
    ):
        told += _of_provider(provider, dataset, is_service)
    for warning in told:
        warnings.warn(warning, stacklevel=_depth_of_caller())


def _of_provider(provider: str | None, dataset: str, is_service: bool) -> Iterator[Warning]:
    """Warns if a known dataset belongs to another provider."""
    found = [one for one in DATASETS if one.name == dataset]
    own = [one for one in found if provider in (None, one.provider)]
    if not own:
        others = ", ".join(one.provider for one in found)
        yield UnlistedValueWarning(
            f"dataset {shown(dataset)} is listed for {others}, not for {shown(provider)}. "
            "It is sent unchanged."
        )
    elif is_service:
        yield from _retired(f"dataset {shown(dataset)}", own[0].retired, "datasets")


def _listed(
    what: str, value: str, known: Iterable[str], function: str, told: list[Warning]
) -> bool:
    """Whether a value is known. Raises InvalidArgumentError if only its spelling is not."""
    names = list(known)
    if value in names:
        return True
    if not _can_be_sent(value):  # the request is refused, with the member's name
        return False
    _refuse_misspelled(what, value, names)
    from difflib import get_close_matches

    similar = get_close_matches(value, names, 1)
    hint = f"Did you mean {similar[0]}? " if similar else ""
    text = f"{what} {shown(value)} is not listed. It is sent unchanged. {hint}"
    told.append(UnlistedValueWarning(f"{text}`sk.{function}()` returns the known ones."))
    return False


def _refuse_misspelled(what: str, value: str, names: Iterable[str]) -> None:
    meant = [name for name in names if _plain(name) == _plain(value) and name != value]
    if meant and value not in names:
        _refuse(what, value, meant[0])


def _refuse(what: str, value: str, meant: str) -> NoReturn:
    raise InvalidArgumentError(f"unknown {what} {shown(value)}. Did you mean {meant}?")


def _retired(what: str, told: str | None, function: str) -> list[Warning]:
    if told is None:
        return []
    hint = f"`sk.{function}()` returns the current ones."
    return [RetiredValueWarning(f"{what} is retired. {told} {hint}")]


def _can_be_sent(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: str) -> str:
    return _SPELLING.sub("", value).casefold()


def _is_service(environment: Environment) -> bool:
    """Whether it is SpaceKnow's own service, not an emulator or a customer's installation."""
    return any(
        environment.base_url == one.base_url or environment.auth_url == one.auth_url
        for one in (Environment.PRODUCTION, Environment.DEVEL)
    )


def _depth_of_caller() -> int:
    """The `stacklevel` with which a warning names the caller's line outside this package."""
    package = __name__.partition(".")[0]
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(package):
        depth, frame = depth + 1, frame.f_back
    return depth
