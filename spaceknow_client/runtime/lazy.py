"""Attributes computed, and modules imported, on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Generic, Self, TypeVar, overload

from ..errors.base import ConfigError

T = TypeVar("T")


@contextmanager
def loading() -> Iterator[None]:
    """Raises ConfigError if a module cannot be imported, as when file descriptors are exhausted."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"cannot load a module of the client: {error}.",
            hint="Close files and connections, or raise the limit (`ulimit -n`).",
        ) from error


class lazy(Generic[T]):  # noqa: N801  # a decorator, named like `property`
    """Decorates a method to make it an attribute computed once.

    As functools.cached_property, but all threads get the same object, which cached_property does not
    guarantee from Python 3.12 on. Two threads can both compute it, so it must have no side effects.
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
    """A module that is imported on first use."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
