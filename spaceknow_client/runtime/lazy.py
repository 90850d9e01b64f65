"""Attributes that are made, and modules that are read, when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Generic, Self, TypeVar, overload

from ..errors.base import ConfigError

T = TypeVar("T")


@contextmanager
def loading() -> Iterator[None]:
    """Raises ConfigError when a module cannot be read, as when no file descriptor is left."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"a part of the client cannot be loaded: {error}.",
            hint="Close files and connections, or raise the limit (`ulimit -n`).",
        ) from error


class lazy(Generic[T]):  # noqa: N801  # a decorator, named like `property`
    """A method as an attribute that is made once.

    As functools.cached_property, and all threads get one and the same value: that does not hold
    there from Python 3.12 on. Two threads may both make it, so making it has no effect elsewhere.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any]) -> Self | T:
        if instance is None:
            return self
        with loading():
            made: T = instance.__dict__.setdefault(self._name, self._make(instance))
        return made


class LateModule:
    """A module that is imported when something of it is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
