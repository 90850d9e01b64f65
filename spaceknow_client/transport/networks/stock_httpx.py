"""Detects whether a test or a tool has replaced a part of httpx or httpcore.

VCR.py, pytest-httpx, respx and OpenTelemetry's instrumentation replace methods of httpx or httpcore. The
default client must not bypass them, or a mocked release would be paid for. So if any method of these
classes is not the library's own, httpx sends the request.
"""

from __future__ import annotations

from collections.abc import ValuesView
from itertools import chain
from operator import is_
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import httpcore
import httpx

PACKAGES = {"httpx", "httpcore"}

END = object()


class _Kinds:
    """The classes that handle a request in httpx and httpcore, by name."""

    def __init__(self, *names: tuple[ModuleType, str]) -> None:
        self._names = names
        self._known: _Known | None = None

    def are_stock(self) -> bool:
        """Whether every method is the library's own. Called for each request, so methods that were
        inspected once are only compared."""
        kinds = [getattr(library, name) for library, name in self._names]
        known = self._known  # read once: other threads call this, too
        if known is not None and known.is_the_same(kinds):
            return True
        self._known = _known_if_stock(kinds)
        return self._known is not None


class _Known(NamedTuple):
    """Classes whose methods are their library's own."""

    kinds: list[Any]
    views: list[ValuesView[Any]]  # of the methods as they are now
    values: list[Any]  # as they were

    def is_the_same(self, kinds: list[Any]) -> bool:
        # By identity: a proxy of wrapt equals the method that it wraps.
        now = chain.from_iterable(self.views)
        return all(map(is_, kinds, self.kinds)) and all(map(is_, chain(now, (END,)), self.values))


def _known_if_stock(kinds: list[Any]) -> _Known | None:
    if not all(isinstance(kind, type) and _is_of_a_library(kind) for kind in kinds):
        return None
    parts = {part for kind in kinds for part in kind.__mro__ if _is_of_a_library(part)}
    views = [vars(part).values() for part in parts]
    values = [*chain.from_iterable(views)]
    return _Known(kinds, views, [*values, END]) if all(map(_is_by_a_library, values)) else None


_async_kinds = _Kinds(
    (httpx, "AsyncClient"),
    (httpx, "AsyncHTTPTransport"),
    (httpcore, "AsyncConnectionPool"),
    (httpcore, "AsyncHTTPConnection"),
)
_kinds = _Kinds(
    (httpx, "Client"),
    (httpx, "HTTPTransport"),
    (httpcore, "ConnectionPool"),
    (httpcore, "HTTPConnection"),
)


def async_is_stock() -> bool:
    """Whether the asynchronous classes are unchanged."""
    return _async_kinds.are_stock()


def is_stock() -> bool:
    """Whether the synchronous classes are unchanged."""
    return _kinds.are_stock()


def _is_of_a_library(kind: type[Any]) -> bool:
    return kind.__module__.partition(".")[0] in PACKAGES


def _is_by_a_library(value: Any) -> bool:
    if isinstance(value, (classmethod, staticmethod)):
        value = value.__func__
    elif isinstance(value, property):
        value = value.fget
    if isinstance(value, type) or not callable(value):
        return True
    # type(), not isinstance(): a proxy of wrapt pretends to be the function that it wraps.
    if type(value) is FunctionType and _home(value) == "contextlib":
        value = getattr(value, "__wrapped__", value)
    return type(value) is FunctionType and _home(value) in PACKAGES


def _home(function: FunctionType) -> str:
    """The package that defines a function, whatever its `__module__` says."""
    return str(function.__globals__.get("__name__", "")).partition(".")[0]
